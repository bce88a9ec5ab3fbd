"""Who the child is in the SIS: never guessed, never made twice, and once said not asked again."""

from typing import Any

import pytest
from export_scene import ROSA, ExportScene

from yellowbus.errors import NeedsAdmin
from yellowbus.planning.enrolling import Returning
from yellowbus.runs.exporting import decide
from yellowbus.runs.models import Run

HELD = {"first_name": "Rosa", "last_name": "Núñez", "birth_date": "2015-03-04"}


def review(scene: ExportScene, run: Run, key: str = "R-1") -> str:
    change = scene.change(run, key)
    return change.reason if change.outcome == "review" else f"not in review: {change.outcome}"


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({}, "export-candidate"),
        ({"first_name": "ROSA", "last_name": "nunez"}, "export-candidate"),
        ({"first_name": "Rosalía"}, "export-near"),
        ({"last_name": "Nuñes"}, "export-near"),
        ({"first_name": "Benito"}, "export-twin"),
        ({"birth_date": "2015-04-03"}, "export-namesake"),
    ],
)
def test_a_student_who_may_be_the_child_is_shown_to_a_person(
    scene: ExportScene, other: dict[str, str], reason: str
) -> None:
    scene.sis.enroll("77", **(HELD | other))
    scene.register("R-1")
    run = scene.export()
    assert (review(scene, run), len(scene.sis.students), scene.sync("R-1")) == (reason, 1, ("review", reason))


def test_a_child_of_the_same_day_with_other_names_is_another_child(scene: ExportScene) -> None:
    scene.sis.enroll("77", first_name="Ivo", last_name="Marek", birth_date="2015-03-04")
    scene.register("R-1")
    assert scene.export().counts == {"310": {"created": 1}}


def test_one_exact_match_is_taken_where_an_administrator_turned_that_on(scene: ExportScene) -> None:
    remote = scene.sis.enroll("77", **HELD)
    scene.allow(accept_exact=True)
    scene.register("R-1")
    run = scene.export()
    assert (run.counts, scene.change(run, "R-1").basis) == ({"310": {"updated": 1}}, "name and birth date")
    assert (scene.form("R-1").sis_id, scene.form("R-1").sis_key) == (remote, "77")


def test_two_exact_matches_are_a_persons_whatever_is_turned_on(scene: ExportScene) -> None:
    scene.sis.enroll("77", **HELD)
    scene.sis.enroll("78", **HELD)
    scene.allow(accept_exact=True)
    scene.register("R-1")
    assert review(scene, scene.export()) == "export-several"


def test_new_twins_do_not_wait_for_each_other(scene: ExportScene) -> None:
    scene.register("R-1")
    scene.register("R-2", ROSA | {"students.fname": "Benito"})
    assert scene.export().counts == {"310": {"created": 2}}
    scene.register("R-3", ROSA | {"students.fname": "Carmela"})
    assert scene.export().counts["310"] == {"created": 1, "unchanged": 2}


@pytest.mark.parametrize(
    ("first", "reason"), [("Rosa", "export-same-child-twice"), ("Rosita", "export-near-in-run")]
)
def test_two_registrations_of_one_new_child_make_one_student(
    scene: ExportScene, first: str, reason: str
) -> None:
    scene.register("R-1", ROSA | {"students.fname": "Rosa" if first == "Rosa" else "Ros"})
    scene.register("R-2", ROSA | {"students.fname": first})
    run = scene.export()
    assert (run.counts, review(scene, run, "R-2")) == ({"310": {"created": 1, "review": 1}}, reason)
    assert review(scene, scene.export(), "R-2") == {"Rosa": "export-of-another"}.get(first, "export-near")
    assert len(scene.sis.students) == 1


def test_the_same_child_registered_again_is_shown_as_the_one_that_went(scene: ExportScene) -> None:
    scene.register("R-1")
    scene.export()
    scene.register("R-2")
    assert (review(scene, scene.export(), "R-2"), len(scene.sis.students)) == ("export-of-another", 1)


def test_an_id_decides_even_where_a_name_was_changed(scene: ExportScene) -> None:
    scene.sis.enroll("77", **(HELD | {"last_name": "Vega"}))
    scene.student("77", fname="Rosa", lname="Vega", dob="2015-03-04")
    scene.register("R-1", student="77")
    run = scene.export()
    assert scene.change(run, "R-1").changes == {"last_name": ["Vega", "Núñez"], "gender": [None, "F"]}


@pytest.mark.parametrize(
    ("held", "reason"),
    [
        ({"last_name": "Vega", "birth_date": "2011-01-01"}, "export-id-of-another"),
        (None, "export-id-gone"),
    ],
)
def test_an_id_that_cannot_be_the_childs_is_a_persons(
    scene: ExportScene, held: dict[str, str] | None, reason: str
) -> None:
    if held is not None:
        scene.sis.enroll("77", **(HELD | held))
    scene.student("77", fname="Rosa", lname="Núñez", dob="2015-03-04")
    scene.register("R-1", student="77")
    assert review(scene, scene.export()) == reason


def test_an_id_that_the_sis_answers_with_never_replaces_one(scene: ExportScene) -> None:
    scene.sis.enroll("77", **HELD)
    other = scene.sis.enroll("78", first_name="Ida", last_name="Holm", birth_date="2015-03-04")
    scene.student("77", sis_internal_id=other, fname="Rosa")
    scene.register("R-1", student="77")
    run = scene.export()
    assert (review(scene, run), scene.form("R-1").sis_id) == ("export-ids-disagree", other)


# --- what a person says ---


def test_once_said_it_is_that_student(scene: ExportScene) -> None:
    remote = scene.sis.enroll("77", **(HELD | {"first_name": "Rosalía"}))
    scene.register("R-1")
    scene.export()
    found = decide.waiting(scene.connection, "R-1")
    assert [(each.remote, each.key, each.standing) for each in found.candidates] == [(remote, "77", "active")]
    decide.decide(scene.actor, scene.connection, "R-1", student="77")
    run = scene.export()
    assert (run.counts, scene.change(run, "R-1").basis, scene.form("R-1").sis_id) == (
        {"310": {"updated": 1}},
        "decision",
        remote,
    )


def test_once_said_it_is_none_of_them_a_new_one_is_made(scene: ExportScene) -> None:
    scene.sis.enroll("77", **HELD)
    scene.register("R-1")
    scene.export()
    decide.decide(scene.actor, scene.connection, "R-1", student="")
    assert (scene.export().counts, len(scene.sis.students)) == ({"310": {"created": 1}}, 2)


def test_who_appears_after_the_decision_is_shown_again(scene: ExportScene) -> None:
    scene.sis.enroll("77", **HELD)
    scene.register("R-1")
    scene.export()
    decide.decide(scene.actor, scene.connection, "R-1", student="")
    scene.sis.enroll("78", **HELD)
    assert review(scene, scene.export()) == "export-candidate"


def test_only_who_was_shown_can_be_chosen(scene: ExportScene) -> None:
    scene.sis.enroll("77", **HELD)
    scene.register("R-1")
    scene.export()
    with pytest.raises(NeedsAdmin, match="Shown are: 77"):
        decide.decide(scene.actor, scene.connection, "R-1", student="99")
    with pytest.raises(NeedsAdmin, match="waits"):
        decide.decide(scene.actor, scene.connection, "R-2", student="77")


# --- who comes back ---


@pytest.mark.parametrize("standing", ["inactive", "transferred", "graduated", "historical"])
def test_what_becomes_of_one_who_is_back_is_never_guessed(scene: ExportScene, standing: str) -> None:
    scene.sis.enroll("77", standing=standing, **HELD)
    scene.student("77")
    scene.register("R-1", student="77", type="returning")
    before = scene.sis.read()
    run = scene.export()
    assert (review(scene, run), scene.sis.read()) == ("export-returning", before)


def test_update_data_only_leaves_the_enrollment_as_it_is(scene: ExportScene) -> None:
    scene.sis.enroll("77", standing="transferred", **HELD)
    scene.student("77")
    scene.register("R-1", student="77", type="returning")
    scene.export()
    decide.decide(scene.actor, scene.connection, "R-1", returning=Returning.UPDATE)
    run = scene.export()
    ((_, student),) = scene.sis.students.items()
    assert (run.counts, student["standing"], student["values"]["gender"]) == (
        {"310": {"updated": 1}},
        "transferred",
        "F",
    )


def test_enroll_again_needs_a_hand_where_the_sis_cannot(scene: ExportScene) -> None:
    scene.sis.enroll("77", standing="transferred", **HELD)
    scene.student("77")
    scene.register("R-1", student="77", type="returning")
    scene.allow(returning=Returning.RE_ENROLL)
    run = scene.export()
    assert review(scene, run) == "export-manual-enrollment"
    (told,) = scene.change(run, "R-1").problems
    facts: dict[str, Any] = told["facts"]
    assert (facts["key"], facts["standing"]) == ("77", "transferred")


def test_enroll_again_where_the_sis_can(scene: ExportScene, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from yellowbus.connectors import registry

    able = replace(registry.manifest("littlesis"), capabilities=frozenset({"write", "re-enroll"}))
    monkeypatch.setattr("yellowbus.runs.exporting.terms.manifest", lambda _: able)
    scene.sis.enroll("77", standing="transferred", **HELD)
    scene.student("77")
    scene.allow(returning=Returning.RE_ENROLL)
    scene.register("R-1", student="77", type="returning")
    run = scene.export()
    ((_, student),) = scene.sis.students.items()
    assert (run.counts, student["standing"], student["key"]) == ({"310": {"updated": 1}}, "active", "77")
