"""The panels of Match Codes and Contact Mapping, as a browser shows them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from looking import faults, sign_in
from scene import STUDENT_RULES, child, steps
from yellowbus.connectors.base import SourceField
from yellowbus.records import Record
from yellowbus.runs import scanning
from yellowbus.runs.models import Scan
from yellowbus.setup import glimpses, mappings
from yellowbus.setup.examples import Example, Examples, Fields
from yellowbus.setup.options import Options, write_options

GRADES = ["4", "PK3", "4", "5", "PK3", "", "12"]


@pytest.fixture
def mapped(district: Any, page: Any, site: str) -> Any:
    """A district whose grades are matched by a table that knows 4 and 6; the browser is signed in."""
    table = {"use": "match-codes", "table": [["4", "4"], ["6", "6"]]}
    others = [rule for rule in STUDENT_RULES if rule["field"] != "students_annual.grade"]
    district.ready()
    with district.scope():
        district.map(
            "students", [*others, steps("students_annual.grade", "grade", table) | {"type": "match-codes"}]
        )
    district.write_students([child(n, grade=grade) for n, grade in enumerate(GRADES)])
    sign_in(page.context, district.people["full"], site)
    return district


def open_tab(page: Any, district: Any) -> None:
    page.goto(f"/connections/{district.connection.pk}/mapping/students/fields/")


def work(district: Any) -> None:
    """What a worker does meanwhile."""
    with district.scope():
        scanning.scan(str(Scan.objects.get().pk))


def test_the_codes_are_read_matched_and_used(page: Any, mapped: Any) -> None:
    open_tab(page, mapped)
    page.get_by_role("button", name="Configure Grade", exact=False).first.click()
    panel = page.get_by_role("dialog")
    panel.get_by_role("heading", name="Match Codes: Grade").wait_for()
    panel.get_by_role("button", name="Read the codes now").click()
    panel.get_by_role("button", name="Cancel").wait_for()
    work(mapped)
    panel.get_by_text("3 codes, of 4 records, have no match.").wait_for()
    assert faults(page, "match-codes", whole=False) == []
    panel.get_by_label("Enroll value of PK3").select_option("=PK")
    panel.get_by_role("button", name="Use these codes").click()
    panel.get_by_text("2 codes, of 2 records, have no match.").wait_for()
    assert panel.get_by_label("Enroll value of PK3").input_value() == "=PK"
    assert page.locator("#bar").inner_text().startswith("1 unsaved change.")


def test_a_file_is_looked_at_and_used(page: Any, mapped: Any) -> None:
    open_tab(page, mapped)
    page.get_by_role("button", name="Configure Grade", exact=False).first.click()
    panel = page.get_by_role("dialog")
    panel.get_by_text("As a file (CSV)").click()
    file = {
        "name": "c.csv",
        "mimeType": "text/csv",
        "buffer": b"SIS value,Enroll value\n4,5\n4,6\n12,12\nx,77\n",
    }
    panel.get_by_label("File with the columns", exact=False).set_input_files([file])
    panel.get_by_role("button", name="Look at the file").click()
    panel.get_by_text("The file: 2 lines can be used, 2 cannot").wait_for()
    assert faults(page, "match-codes-file", whole=False) == []
    panel.get_by_role("button", name="Use the 2 lines that can be used").click()
    panel.get_by_label("Enroll value of 12").wait_for()
    assert panel.get_by_label("Enroll value of 4").input_value() == "=5"


FIELDS = (
    SourceField("contact.id", "Contact ID", contact=True),
    SourceField("contact.priority", "Contact priority", contact=True),
    SourceField("contact.first_name", "Contact first name", contact=True),
    SourceField("contact.last_name", "Contact last name", contact=True),
    SourceField("contact.relationship", "Relationship", codes="relationship", contact=True),
    SourceField("contact.custodial", "Has custody", type="boolean", contact=True),
    SourceField("contact.lives_with", "Lives with", type="boolean", contact=True),
    SourceField("contact.phone_home", "Phone of the type Home", contact=True),
)
KIN = (("Ana", "Mother", "true"), ("Bo", "Father", "true"), ("Cy", "Uncle", "false"), ("Di", "Aunt", "true"))
CONTACTS = [
    {
        "contact.id": str(70 + number), "contact.priority": str(4 - number), "contact.first_name": name,
        "contact.last_name": "Ruiz", "contact.relationship": kin, "contact.custodial": custody,
    }
    for number, (name, kin, custody) in enumerate(KIN)
]  # fmt: skip
GUARDIAN = {
    "slot": "guardian1", "flags": ["contact.custodial"], "sort": ["contact.priority"], "id_field": "contact.id",
    "relationship_field": "contact.relationship",
    "rules": [
        {"field": "fname", "type": "direct", "source": "contact.first_name"},
        {"field": "lname", "type": "direct", "source": "contact.last_name"},
        {"field": "relationship", "type": "match-codes", "source": "contact.relationship", "steps": [
            {"use": "match-codes", "table": [["Mother", "mother"]]}
        ]},
    ],
}  # fmt: skip


@pytest.fixture
def with_contacts(mapped: Any, page: Any) -> Any:
    """The same district, whose SIS showed four contacts of the example lately."""
    example = Example("000001", Record({"id": "000001", "first": "Given1", "last": "Family1"}, CONTACTS))
    now, lasts = timezone.now(), timedelta(hours=1)
    with mapped.scope():
        document = mappings.current(mapped.connection, "students").document
        mappings.save(mapped.actor, mapped.connection, {**document, "contact_slots": [GUARDIAN]})
        write_options(mapped.connection, Options(examples=("000001",)))
        glimpses.keep(mapped.connection, "fields/students", Fields(FIELDS), now=now, lasts=lasts)
        glimpses.keep(mapped.connection, "examples/students", Examples((example,)), now=now, lasts=lasts)
    open_tab(page, mapped)
    return mapped


def test_contacts_are_seated_with_the_reason_and_a_place_is_added(page: Any, with_contacts: Any) -> None:
    page.locator("#part-guardian > summary").click()
    page.locator("#part-guardian").get_by_role("button", name="Contact Mapping", exact=True).click()
    panel = page.get_by_role("dialog")
    panel.get_by_role("heading", name="The example has 4 contacts").wait_for()
    assert panel.locator(".seats tbody tr").count() == 4
    panel.get_by_role("button", name="Add Guardian 2").click()
    panel.locator("#slot-guardian2").wait_for()
    panel.locator(".seats").get_by_text("Guardian 2").wait_for()
    assert faults(page, "contact-mapping", whole=False) == []
    panel.locator("#slot-guardian1").get_by_role("checkbox", name="Lives with", exact=True).check()
    panel.get_by_role("button", name="Use this", exact=True).last.click()
    panel.locator(".seats").get_by_text("no contact fits").wait_for()
    assert (
        panel.locator("#slot-guardian1").get_by_role("checkbox", name="Lives with", exact=True).is_checked()
    )


def test_the_codes_of_a_contact_are_matched_from_its_place(page: Any, with_contacts: Any) -> None:
    page.locator("#part-guardian > summary").click()
    page.locator("#part-guardian").get_by_role("button", name="Contact Mapping", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Match Codes: 1 code", exact=False).click()
    page.get_by_role("heading", name="Match Codes: Guardian 1 Relationship").wait_for()
