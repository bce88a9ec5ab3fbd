"""Connections: named once, complete, checked for real, archived and never deleted."""

from collections.abc import Callable
from datetime import time

import pytest

from scene import YEAR, Scene
from yellowbus.errors import NeedsAdmin
from yellowbus.setup import assignments, connections
from yellowbus.setup.models import AuditEvent, Connection, Schedule
from yellowbus.setup.permissions import LIMITED_ACCESS, Actor


def add(scene: Scene, name: str = "Second", **credentials: str) -> Connection:
    given = {"students_file": str(scene.students_file), "id_column": "id"} | credentials
    return connections.add(scene.actor, scene.instance.pk, name=name, system="flatfile", credentials=given)


def refused(scene: Scene, act: Callable[[], object]) -> NeedsAdmin:
    with scene.scope(), pytest.raises(NeedsAdmin) as caught:
        act()
    return caught.value


def test_a_name_is_taken_once_until_its_connection_is_archived(scene: Scene) -> None:
    with scene.scope():
        first = add(scene)
    assert refused(scene, lambda: add(scene)).code == "connection-name-taken"
    with scene.scope():
        connections.archive(scene.actor, first)
        assert add(scene).pk != first.pk


def test_two_organizations_may_use_the_same_name(scene: Scene, outsider: Scene) -> None:
    with outsider.scope():
        assert add(outsider, name="Second").name == "Second"
    with scene.scope():
        assert add(scene, name="Second").name == "Second"


def test_what_lacks_is_named_by_its_label(scene: Scene) -> None:
    error = refused(scene, lambda: add(scene, id_column=""))
    assert (error.code, error.facts["names"]) == ("credential-lacking", "Id column")


def test_a_credential_nobody_asks_for_is_refused(scene: Scene) -> None:
    assert refused(scene, lambda: add(scene, password="x")).code == "credential-unknown"


def test_a_default_is_filled_in(scene: Scene) -> None:
    with scene.scope():
        assert add(scene).settings["delimiter"] == "auto"


def test_trying_out_really_opens_the_file(scene: Scene) -> None:
    scene.students_file.unlink()
    given = {"students_file": str(scene.students_file), "id_column": "id"}
    lines = list(connections.try_out("flatfile", given))
    assert [(line.ok, line.code) for line in lines] == [(False, "file-missing")]


def test_a_connection_in_use_is_not_archived(scene: Scene) -> None:
    error = refused(scene, lambda: connections.archive(scene.actor, scene.connection))
    assert (error.code, error.facts["schools"]) == ("connection-in-use", 2)
    with scene.scope():
        assignments.unassign(scene.actor, scene.connection, ["310", "320"])
        schedule = Schedule.objects.create(
            connection=scene.connection, kind="students", year=YEAR, at=time(2), enabled=True
        )
    assert (
        refused(scene, lambda: connections.archive(scene.actor, scene.connection)).code == "connection-in-use"
    )
    with scene.scope():
        Schedule.objects.filter(pk=schedule.pk).update(enabled=False)
        connections.archive(scene.actor, scene.connection)
        assert Connection.objects.filter(pk=scene.connection.pk).exists()
    assert refused(scene, lambda: connections.find("CSV")).code == "connection-unknown"


def test_an_unknown_name_is_answered_with_those_there_are(scene: Scene) -> None:
    with scene.scope():
        add(scene)
    assert refused(scene, lambda: connections.find("CVS")).facts["known"] == "CSV, Second"


@pytest.mark.parametrize("verb", ["add", "archive", "rotate"])
def test_every_verb_asks_for_its_permission(scene: Scene, verb: str) -> None:
    clerk = Actor("clerk", scene.organization.pk, LIMITED_ACCESS)
    acts: dict[str, Callable[[], object]] = {
        "add": lambda: connections.add(clerk, scene.instance.pk, name="x", system="flatfile", credentials={}),
        "archive": lambda: connections.archive(clerk, scene.connection),
        "rotate": lambda: connections.rotate(clerk, scene.connection, {}),
    }
    assert refused(scene, acts[verb]).code == "not-permitted"


def test_what_is_refused_leaves_no_audit_event(scene: Scene) -> None:
    with scene.scope():
        before = AuditEvent.objects.count()
    refused(scene, lambda: add(scene, name="CSV"))
    with scene.scope():
        assert AuditEvent.objects.count() == before


def test_a_school_has_one_connection_at_most(scene: Scene) -> None:
    with scene.scope():
        second = add(scene)
        assignments.assign(scene.actor, second, ["310"])
        assert (assignments.codes(scene.connection), assignments.codes(second)) == (
            frozenset({"320"}),
            frozenset({"310"}),
        )


def test_an_unknown_school_changes_no_assignment(scene: Scene) -> None:
    with scene.scope():
        second = add(scene)
    error = refused(scene, lambda: assignments.assign(scene.actor, second, ["310", "999"]))
    assert (error.code, error.facts) == ("schools-unknown", {"codes": "999"})
    with scene.scope():
        assert assignments.codes(second) == frozenset()


def test_taking_a_school_away_leaves_those_of_others(scene: Scene) -> None:
    with scene.scope():
        second = add(scene)
        assert assignments.unassign(scene.actor, second, ["310"]) == 0
        assert assignments.unassign(scene.actor, scene.connection, ["310"]) == 1
        assert assignments.codes(scene.connection) == frozenset({"320"})
