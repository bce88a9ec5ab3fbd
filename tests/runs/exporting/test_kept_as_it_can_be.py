"""What the SIS keeps in its own way is planned in that way: it settles, and nothing counts as lost that is there."""

import random
from collections.abc import Mapping
from typing import Any

import pytest
from export_scene import MARIA, ROSA, direct
from powerschool_walk import Walk

from yellowbus.connectors.writing import TargetField
from yellowbus.records import Value
from yellowbus.runs.exporting.gaps import as_kept
from yellowbus.runs.exporting.targets import Targets

ANNUAL = "students_annual.guardian1_"
BLANK = "students_annual.guardian2_email"


def always(field: str, value: str) -> dict[str, Any]:
    return {"field": field, "type": "transformation", "steps": [{"use": "value-input", "value": value}]}


def cleared(field: str, source: str) -> dict[str, Any]:
    return direct(field, source, overwrite=True)


@pytest.mark.parametrize(
    ("rules", "held"),
    [
        (
            [
                direct("1 - Contacts.Emails2", ANNUAL + "email"),
                always("1 - Contacts.Emails2Type", "Current"),
                direct("1 - Contacts.Emails1", BLANK),
            ],
            {"emails": ["maria@family.example"]},
        ),
        (
            [
                direct("1 - Contacts.Phones3", ANNUAL + "phone_mobile"),
                always("1 - Contacts.Phones3Type", "Mobile"),
            ],
            {"phones": ["(480) 555-0101"]},
        ),
        ([always("1 - Contacts.Emails2Type", "Work"), always("1 - Contacts.Phones2Ext", "12")], {}),
        (
            [always("1 - Contacts.AddressType", "Home"), always("1 - Contacts.AddressState", "AZ")],
            {"addresses": []},
        ),
    ],
    ids=[
        "an e-mail in the second place",
        "a phone in the third",
        "what stands beside nothing",
        "half an address",
    ],
)
def test_a_list_has_no_gaps(walk: Walk, rules: list[dict[str, Any]], held: dict[str, list[str]]) -> None:
    walk.add_rules(*rules)
    walk.register("R-1", ROSA | MARIA)
    run = walk.export()
    assert (walk.codes(run, "R-1"), walk.sync("R-1")) == ([], ("succeeded", ""))
    ((tie,),) = [each.ties for each in walk.students("Núñez")]
    found = {
        "emails": [each.address for each in tie.contact.emails],
        "phones": [each.number for each in tie.contact.phones],
        "addresses": [each.address.state for each in tie.contact.homes],
    }
    assert {kind: found[kind] for kind in held} == held
    walk.register("R-1", ROSA | MARIA | {"students.mname": "Ada"})
    run = walk.export()
    assert (list(walk.changes(run, "R-1")), walk.sync("R-1")) == (["name.middle_name"], ("succeeded", ""))


def test_a_type_and_a_mark_that_are_blank_settle(walk: Walk) -> None:
    walk.add_rules(always("1 - Contacts.Emails1Type", "Current"))
    walk.register("R-1", ROSA | MARIA | {ANNUAL + "legal": "true"})
    assert walk.codes(walk.export(), "R-1") == []
    ((tie,),) = [each.ties for each in walk.students("Núñez")]
    assert (tie.details[0].custodial, tie.contact.emails[0].type) == (True, "Current")
    walk.add_rules(
        cleared("1 - Contacts.Emails1Type", BLANK),
        cleared("1 - Contacts.Custodial", ANNUAL + "legal"),
        cleared("1 - Contacts.Relationship", ANNUAL + "relationship"),
    )
    rest = {name: value for name, value in MARIA.items() if not name.endswith("relationship")}
    walk.register("R-1", ROSA | rest)
    run = walk.export()
    assert (walk.changes(run, "R-1"), walk.sync("R-1")) == (
        {"1 - Contacts.Custodial": ["true", None]},
        ("succeeded", ""),
    )
    ((tie,),) = [each.ties for each in walk.students("Núñez")]
    (detail,) = tie.details
    assert (detail.custodial, detail.relationship, tie.contact.emails[0].type) == (False, "Mother", "Current")
    walk.register("R-1", ROSA | rest | {"students.mname": "Ada"})
    run = walk.export()
    assert (list(walk.changes(run, "R-1")), walk.sync("R-1")) == (["name.middle_name"], ("succeeded", ""))


def test_a_mark_that_says_no_is_what_nobody_set(walk: Walk) -> None:
    walk.register("R-1", ROSA | MARIA)
    walk.export()
    walk.register("R-1", ROSA | MARIA | {ANNUAL + "legal": "false"})
    run = walk.export()
    assert (walk.changes(run, "R-1"), walk.sync("R-1")) == ({}, ("succeeded", ""))


# --- any list ---

TARGETS = Targets.of(
    each
    for number in (1, 2, 3)
    for each in (
        TargetField(f"Email{number}", f"Email {number}", contact=True, listed="emails"),
        TargetField(
            f"Email{number}Type", f"Type {number}", contact=True, beside=(f"Email{number}",), clears=False
        ),
    )
)


class Mailbox:
    """Keeps addresses, each with its type, in a list that closes up."""

    def __init__(self, *addresses: str) -> None:
        self.kept = [{"": address, "Type": "Old"} for address in addresses]

    @property
    def held(self) -> dict[str, str]:
        return {
            f"Email{place}{ending}": value
            for place, entry in enumerate(self.kept, 1)
            for ending, value in entry.items()
        }

    def write(self, values: Mapping[str, Value]) -> None:
        places: list[dict[str, Any]] = [*self.kept, *({"": None, "Type": "None"} for _ in range(3))]
        for name, value in values.items():
            places[int(name[5]) - 1][name[6:]] = value
        self.kept = [place for place in places if place[""]][:3]


def differing(form: Mapping[str, Value], held: Mapping[str, str]) -> dict[str, Value]:
    return {name: value for name, value in as_kept(form, held, TARGETS).items() if held.get(name) != value}


def test_whatever_a_form_says_of_a_list_is_there_afterwards_and_settles() -> None:
    chance = random.Random(12)
    for _ in range(4000):
        box = Mailbox(*chance.sample("ABCD", chance.randint(0, 3)))
        form: dict[str, Value] = {}
        for place in (1, 2, 3):
            said = chance.choice(["left alone", None, *"ABCX"])
            form |= {} if said == "left alone" else {f"Email{place}": said}
            form |= {f"Email{place}Type": "New"} if chance.random() < 0.5 else {}
        before, sent = box.held, differing(form, box.held)
        box.write(sent)
        found = (before, form, sent, box.held)
        assert [name for name, value in sent.items() if box.held.get(name) != value] == [], found
        assert differing(form, box.held) == {}, found
        said_of = {value for name, value in form.items() if value and len(name) == 6}
        assert said_of <= {entry[""] for entry in box.kept}, found


@pytest.mark.parametrize(
    ("form", "held", "sent"),
    [
        ({"Email2": "Z"}, [], {"Email1": "Z"}),
        ({"Email2": "Z"}, ["Y"], {"Email2": "Z"}),
        ({"Email2": "Z"}, ["Z"], {}),
        ({"Email1": "Z", "Email3": "Z"}, [], {"Email1": "Z"}),
        ({"Email1": None, "Email2": "Z"}, ["A", "B"], {"Email1": "Z", "Email2": None}),
        ({"Email1": None}, ["A", "B"], {}),
        ({"Email1": None}, ["A"], {"Email1": None}),
        ({"Email1Type": "New"}, [], {}),
        ({"Email1Type": "New"}, ["A"], {}),
        ({"Email1": "A", "Email1Type": "New"}, ["A"], {"Email1Type": "New"}),
        ({"Email1Type": None}, ["A"], {}),
    ],
)
def test_what_is_sent_of_a_list(form: dict[str, Value], held: list[str], sent: dict[str, Value]) -> None:
    assert differing(form, Mailbox(*held).held) == sent
