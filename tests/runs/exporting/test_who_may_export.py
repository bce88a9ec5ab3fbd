"""Full Access configures; View and Edit Registrations perform; View alone looks on. The verbs ask, not the buttons."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from export_scene import RULES, YEAR, ExportScene

from yellowbus.errors import NeedsAdmin
from yellowbus.runs import outstanding
from yellowbus.runs.exporting import decide, sending
from yellowbus.runs.exporting.order import order_export
from yellowbus.runs.exporting.preview import preview
from yellowbus.runs.importing import order
from yellowbus.setup import mappings
from yellowbus.setup import registrations as intake
from yellowbus.setup.export_options import ExportOptions, set_export_options
from yellowbus.setup.permissions import FULL_ACCESS, LIMITED_ACCESS, Actor, Permission

DOCUMENT = {"format": 1, "kind": "export", "rules": [dict(rule) for rule in RULES]}
ROLES = {
    "full": FULL_ACCESS,
    "view and edit": frozenset({Permission.VIEW_REGISTRATIONS, Permission.EDIT_REGISTRATIONS}),
    "view": frozenset({Permission.VIEW_REGISTRATIONS}),
    "edit": frozenset({Permission.EDIT_REGISTRATIONS}),
    "limited": LIMITED_ACCESS,
}
CONFIGURES, PERFORMS, LOOKS = ("full",), ("full", "view and edit"), ("full", "view and edit", "view")


def waiting(scene: ExportScene) -> Any:
    return scene.export(yes=False).pk


def failed(scene: ExportScene) -> Any:
    scene.sis.set_place("310", ready=False)
    return scene.export()


def doubtful(scene: ExportScene) -> Any:
    scene.sis.enroll("77", first_name="Rosa", last_name="Núñez", birth_date="2015-03-04")
    return scene.export()


def nothing(_: ExportScene) -> Any:
    return None


Verb = tuple[Callable[[ExportScene], Any], Callable[[Actor, ExportScene, Any], object], tuple[str, ...]]
VERBS: Mapping[str, Verb] = {
    "order": (nothing, lambda who, scene, _: order_export(who, scene.connection, year=YEAR), PERFORMS),
    "send a selection": (nothing, lambda who, scene, _: sending.send(who, scene.instance.pk, ["R-1"]), PERFORMS),
    "apply": (waiting, lambda who, _, run: order.approve(who, run), PERFORMS),
    "cancel": (waiting, lambda who, _, run: order.cancel(who, run), PERFORMS),
    "take up again": (failed, lambda who, _, run: outstanding.retry(who, run), PERFORMS),
    "decide": (doubtful, lambda who, scene, _: decide.decide(who, scene.connection, "R-1", student="77"), PERFORMS),
    "preview": (
        nothing,
        lambda who, scene, _: list(
            preview(who, scene.connection, mappings.current(scene.connection, "export"), ["R-1"], year=YEAR)
        ),
        LOOKS,
    ),
    "map": (nothing, lambda who, scene, _: mappings.save(who, scene.connection, DOCUMENT), CONFIGURES),
    "set options": (
        nothing, lambda who, scene, _: set_export_options(who, scene.connection, ExportOptions(accept_exact=True)),
        CONFIGURES,
    ),
    "let a Sandbox into production": (
        nothing, lambda who, scene, _: set_export_options(who, scene.connection, ExportOptions(allow_sandbox=True)),
        CONFIGURES,
    ),
    "bring registrations in": (
        nothing, lambda who, scene, _: intake.take_in(who, scene.instance.pk, []), ("full", "view and edit", "edit"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", ROLES)
def test_who_may_do_it_does_and_nobody_else(scene: ExportScene, role: str, verb: str) -> None:
    before, do, may = VERBS[verb]
    scene.register("R-1")
    made, actor = before(scene), Actor("Robin", scene.organization.pk, ROLES[role])
    held = scene.sis.read()
    if role in may:
        do(actor, scene, made)
    else:
        with pytest.raises(NeedsAdmin) as refused:
            do(actor, scene, made)
        assert (refused.value.code, scene.sis.read()) == ("not-permitted", held)


def test_who_may_map_but_not_manage_connections_lets_no_sandbox_into_production(scene: ExportScene) -> None:
    mapper = Actor("Robin", scene.organization.pk, frozenset({Permission.MANAGE_MAPPINGS}))
    with pytest.raises(NeedsAdmin, match=r"connection\.manage"):
        set_export_options(mapper, scene.connection, ExportOptions(allow_sandbox=True))
