"""Contacts: each place alone, matched before anything is made new, shared by siblings, never by their place in a list."""

import pytest
from export_scene import MARIA, ROSA, RULES, ExportScene, contact
from yellowbus.connectors.littlesis.sis import Fault, unknown

from yellowbus.runs import log, outstanding
from yellowbus.runs.models import KeptContact, State

BEN = ROSA | {"students.fname": "Benito", "students.dob": "2013-01-09"}
HELD = {"first_name": "Rosa", "last_name": "Núñez", "birth_date": "2015-03-04", "gender": "F", "grade": "4"}
LUIS = {
    "students_annual.guardian2_fname": "Luis",
    "students_annual.guardian2_lname": "Núñez",
    "students_annual.guardian2_phone_mobile": "(480) 555-0101",  # the family's one phone
}
IN_SIS = {
    "FirstName": "María",
    "LastName": "Núñez",
    "Emails1": "maria@family.example",
    "Phones1": "(480) 555-0101",
}


def named(scene: ExportScene) -> list[tuple[str, int]]:
    """Contacts by first name, each with how many students share it."""
    found = [
        (each["values"]["Contacts.FirstName"], len(each["ties"])) for each in scene.sis.contacts.values()
    ]
    return sorted(found)


def known_rosa(scene: ExportScene) -> str:
    remote = scene.sis.enroll("77", **HELD)
    scene.student("77", fname="Rosa", lname="Núñez", dob="2015-03-04")
    return remote


def test_one_bad_contact_leaves_the_student_written_and_is_named(scene: ExportScene) -> None:
    lacking = {name: value for name, value in MARIA.items() if not name.endswith("lname")}
    scene.register("R-1", ROSA | lacking)
    run = scene.export()
    assert (run.counts, scene.sis.named(), scene.sis.contacts) == (
        {"310": {"created": 1}},
        ["Rosa Núñez"],
        {},
    )
    (problem,) = scene.change(run, "R-1").problems
    assert (problem["code"], problem["facts"]) == (
        "export-contact-lacks",
        {"slot": 1, "fields": "1 - Contacts.LastName"},
    )
    assert (log.status(run), scene.sync("R-1")) == ("Partial Sync", ("partial", "export-contact-lacks"))
    scene.register("R-1", ROSA | MARIA)
    again = scene.go_on(outstanding.retry(scene.actor, run))
    assert (again.counts, named(scene), scene.sync("R-1")) == (
        {"310": {"updated": 1}},
        [("María", 1)],
        ("succeeded", ""),
    )


def test_a_contact_that_the_sis_refuses_takes_no_other_with_it(scene: ExportScene) -> None:
    scene.sis.change(refused=["Bad"])
    scene.register("R-1", ROSA | MARIA | {"students_annual.guardian1_lname": "Bad"} | LUIS)
    run = scene.export()
    assert (named(scene), scene.codes(run, "R-1")) == (
        [("Luis", 1)],
        ["export-contact-refused", "export-field-refused"],
    )
    assert scene.change(run, "R-1").problems[1]["facts"] == {"field": "1 - Contacts.LastName", "code": "BAD"}
    scene.sis.change(refused=[])
    scene.go_on(outstanding.retry(scene.actor, run))
    assert (named(scene), scene.sync("R-1"), scene.sis.named()) == (
        [("Luis", 1), ("María", 1)],
        ("succeeded", ""),
        ["Rosa Núñez"],
    )


def test_parents_with_one_phone_are_two_people(scene: ExportScene) -> None:
    scene.register("R-1", ROSA | MARIA | LUIS)
    run = scene.export()
    assert (named(scene), scene.sync("R-1"), scene.codes(run, "R-1")) == (
        [("Luis", 1), ("María", 1)],
        ("succeeded", ""),
        [],
    )


def test_no_more_is_asked_than_a_child_with_two_contacts_needs(scene: ExportScene) -> None:
    scene.register("R-1", ROSA | MARIA | LUIS)
    run = scene.export(yes=False)
    scene.sis.calls.clear()
    scene.approve(run)
    contact_made = ["contacts", "contacts_like", "write_contact"]
    assert scene.sis.calls == ["look", "write", "look", *contact_made, *contact_made, "contacts"]


def test_siblings_of_one_export_share_a_contact(scene: ExportScene) -> None:
    scene.register("R-1", ROSA | MARIA)
    scene.register("R-2", BEN | MARIA, school="320")
    run = scene.export()
    assert (named(scene), scene.codes(run, "R-2"), scene.sync("R-2")) == (
        [("María", 2)],
        ["export-contact-shared"],
        ("succeeded", ""),
    )
    assert log.status(run) == "Succeeded"


def test_a_sibling_of_a_later_export_shares_it_too_and_the_plan_names_the_others(scene: ExportScene) -> None:
    scene.register("R-1", ROSA | MARIA)
    scene.export()
    scene.register("R-2", BEN | MARIA | {"students_annual.guardian1_email": "new@family.example"})
    run = scene.export(yes=False)
    (note,) = scene.change(run, "R-2").problems
    assert (note["code"], note["facts"]["count"], note["note"]) == ("export-contact-of-others", 1, True)
    assert scene.change(run, "R-2").changes["1 - Contacts.Emails1"] == [
        "maria@family.example",
        "new@family.example",
    ]
    scene.approve(run)
    ((_, maria),) = scene.sis.contacts.items()
    assert (maria["values"]["Contacts.Emails1"], len(maria["ties"])) == ("new@family.example", 2)


def test_a_contact_that_is_tied_is_written_under_the_write_rules(scene: ExportScene) -> None:
    rules = [
        rule | ({"write_rule": "if-blank"} if "Emails1" in rule["field"] else {"overwrite": True})
        for rule in contact(1, "guardian1")
    ]
    scene.map([*(rule for rule in RULES if "Contacts" not in rule["field"]), *rules])
    scene.register("R-1", ROSA | MARIA)
    scene.export()
    without = {name: value for name, value in MARIA.items() if not name.endswith("phone_mobile")}
    scene.register(
        "R-2", BEN | without | {"students_annual.guardian1_sis_contact_id": next(iter(scene.sis.contacts))}
    )
    assert scene.codes(scene.export(), "R-2") == ["export-contact-of-others"]
    ((_, maria),) = scene.sis.contacts.items()
    assert (maria["values"]["Contacts.Emails1"], maria["values"]["Contacts.Phones1"], len(maria["ties"])) == (
        "maria@family.example",
        None,
        2,
    )


def test_the_same_person_in_two_places_is_one_contact(scene: ExportScene) -> None:
    scene.map([*RULES, *contact(3, "emergency1")])
    same = {
        "students_annual.emergency1_fname": "María",
        "students_annual.emergency1_lname": "Núñez",
        "students_annual.emergency1_phone": "480 555 0101",
    }
    scene.register("R-1", ROSA | MARIA | same)
    run = scene.export()
    assert (named(scene), scene.sync("R-1")) == ([("María", 1)], ("succeeded", "")), scene.codes(run, "R-1")


def test_a_contact_whom_the_sis_has_is_updated_and_not_copied(scene: ExportScene) -> None:
    rosa = known_rosa(scene)
    scene.sis.add_contact(rosa, **(IN_SIS | {"Phones1": "(480) 555-0999"}))
    scene.register("R-1", ROSA | MARIA, student="77")
    run = scene.export()
    assert scene.change(run, "R-1").changes == {
        "1 - Contacts.Phones1": ["(480) 555-0999", "(480) 555-0101"],
        "1 - Contacts.Relationship": [None, "mother"],
    }
    assert named(scene) == [("María", 1)]


@pytest.mark.parametrize(
    ("held", "code"),
    [
        ({"FirstName": "Carmen"}, "export-contact-shares"),
        ({"Emails1": "other@family.example", "Phones1": ""}, "export-contact-name"),
    ],
)
def test_a_phone_alone_or_a_name_alone_is_a_persons(
    scene: ExportScene, held: dict[str, str], code: str
) -> None:
    rosa = known_rosa(scene)
    scene.sis.add_contact(rosa, **(IN_SIS | held))
    scene.register("R-1", ROSA | MARIA, student="77")
    run = scene.export()
    assert (scene.codes(run, "R-1"), len(scene.sis.contacts), scene.sync("R-1")) == (
        [code],
        1,
        ("partial", code),
    )


def test_two_like_it_are_a_persons(scene: ExportScene) -> None:
    rosa = known_rosa(scene)
    scene.sis.add_contact(rosa, **IN_SIS)
    scene.sis.add_contact(rosa, **IN_SIS)
    scene.register("R-1", ROSA | MARIA, student="77")
    assert scene.codes(scene.export(), "R-1") == ["export-contact-several"]


def test_a_contact_keeps_its_tie_when_name_phone_and_email_change(scene: ExportScene) -> None:
    scene.register("R-1", ROSA | MARIA)
    scene.export()
    moved = {
        "students_annual.guardian1_lname": "Vega",
        "students_annual.guardian1_email": "mv@family.example",
        "students_annual.guardian1_phone_mobile": "(480) 555-0777",
    }
    scene.register("R-1", ROSA | MARIA | moved)
    run = scene.export()
    ((_, maria),) = scene.sis.contacts.items()
    assert (maria["values"]["Contacts.LastName"], run.counts) == ("Vega", {"310": {"updated": 1}})


def test_another_person_in_the_place_never_takes_over_the_contact(scene: ExportScene) -> None:
    scene.register("R-1", ROSA | MARIA)
    scene.export()
    other = {
        "students_annual.guardian1_fname": "Tomás",
        "students_annual.guardian1_lname": "Ruiz",
        "students_annual.guardian1_email": "tomas@family.example",
        "students_annual.guardian1_phone_mobile": "(480) 555-0333",
        "students_annual.guardian1_relationship": "uncle",
    }
    scene.register("R-1", ROSA | other)
    scene.export()
    assert named(scene) == [("María", 1), ("Tomás", 1)]


def test_the_contact_id_that_an_import_kept_decides(scene: ExportScene) -> None:
    rosa = known_rosa(scene)
    kept = scene.sis.add_contact(
        rosa, FirstName="Maria", LastName="Old", Phones1="1", Emails1="old@family.example"
    )
    scene.register("R-1", ROSA | MARIA | {"students_annual.guardian1_sis_contact_id": kept}, student="77")
    scene.export()
    ((_, maria),) = scene.sis.contacts.items()
    assert maria["values"]["Contacts.LastName"] == "Núñez"
    assert list(KeptContact.objects.values_list("student", "slot", "contact")) == [(rosa, 1, kept)]


@pytest.mark.parametrize("after", [False, True], ids=["before-it-committed", "after-it-committed"])
def test_a_contact_without_an_answer_is_not_made_twice(scene: ExportScene, after: bool) -> None:
    scene.register("R-1", ROSA | MARIA)
    scene.sis.faults.append(Fault("write_contact", unknown, after=after))
    run = scene.export()
    while run.state != State.DONE:
        run = scene.go_on(run)
    assert (named(scene), scene.sync("R-1")) == ([("María", 1)], ("succeeded", ""))


def test_a_contact_that_never_answers_makes_the_record_partial(scene: ExportScene) -> None:
    scene.register("R-1", ROSA | MARIA)
    scene.sis.faults.append(Fault("write_contact", unknown, times=9))
    run = scene.export()
    for _ in range(4):
        run = scene.go_on(run)
    assert (run.state, scene.sync("R-1"), scene.sis.named()) == (
        State.DONE,
        ("partial", "export-contact-unknown"),
        ["Rosa Núñez"],
    )


def test_what_was_changed_in_the_sis_since_the_plan_is_left_alone(scene: ExportScene) -> None:
    rosa = known_rosa(scene)
    held = scene.sis.add_contact(rosa, **(IN_SIS | {"Phones1": "(480) 555-0999"}))
    scene.register("R-1", ROSA | MARIA, student="77")
    run = scene.export(yes=False)
    state = scene.sis.read()
    state["contacts"][held]["values"]["Contacts.Phones1"] = "(480) 555-0888"
    scene.sis.save(state)
    run = scene.approve(run)
    assert (scene.codes(run, "R-1"), scene.sync("R-1")[0]) == (["export-contact-changed"], "partial")
    assert scene.sis.contacts[held]["values"]["Contacts.Phones1"] == "(480) 555-0888"


def test_what_the_mapping_says_of_everybody_makes_no_contact(scene: ExportScene) -> None:
    always = {
        "field": "2 - Contacts.Relationship",
        "type": "transformation",
        "steps": [{"use": "value-input", "value": "father"}],
    }
    scene.map([rule for rule in RULES if rule["field"] != always["field"]] + [always])
    scene.register("R-1", ROSA | MARIA)
    assert (scene.codes(scene.export(), "R-1"), named(scene)) == ([], [("María", 1)])
