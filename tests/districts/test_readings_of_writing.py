"""Where the documents on writing can be read in two ways, the connector depends on neither: it writes all the same, or
says what was refused, or shows by reading back what was left out.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from districts.written import Written, contact_said, differences, registered, said
from yellowbus.connectors.writing import ContactWrite, Held, Sought, StudentWrite
from yellowbus.errors import NeedsAdmin, RecordError, YellowbusError
from yellowbus.simulators.district import Status, Student
from yellowbus.simulators.powerschool import Fault, FaultKind
from yellowbus.simulators.powerschool.options import ContactErrors, Options, TooLong

DOCS = Path(__file__).parents[2] / "docs" / "simulators.md"
PREVIOUS = "_extension.studentcorefields.prevschool"
ETHNICITY = frozenset({"ethnicity_race.federal_ethnicity", "ethnicity_race.races"})


@dataclass(frozen=True)
class Reading:
    """One switch turned. `lost` are the fields of a new child that are then seen not to have been kept, `error` is what
    the connector says instead of writing one.
    """

    value: Any
    lost: frozenset[str] = frozenset()
    error: str = ""


# What only changes the answer to a flaw has its own test below, and stands here as harmless to sound children.
READINGS = {
    "read_level_status": Reading(403),
    "wrong_content_status": Reading(500),
    "plural_date_prefix": Reading(value=False),
    "whole_triple": Reading(value=False),
    "slashed_dates": Reading(value=False),
    "null_clears": Reading(value=True),
    "too_long": Reading(TooLong.CUT),
    "terms_checked": Reading(value=False),
    "grades_checked": Reading(value=False),
    "next_school_each_time": Reading(value=False),
    "ethnicity_writable": Reading(value=False, lost=ETHNICITY),
    "extensions_needed": Reading(value=False),
    "extensions_on_insert": Reading(value=False, lost=frozenset({PREVIOUS})),
    "grants_gate_v1": Reading(value=True, lost=frozenset({"demographics.birth_date"})),
    "refused_actions": Reading(frozenset({"INSERT"}), error="write-refused"),
    "fees_warning": Reading(value=True),
    "largest_batch": Reading(1),
    "numeric_student_numbers": Reading(value=True, lost=frozenset({"local_id"})),
    "contact_errors": Reading(ContactErrors.UNDERSCORED),
    "contact_success_underscored": Reading(value=False),
    "saved_object": Reading(value=False),
    "contact_put_merges": Reading(value=True),
    "second_active_detail_refused": Reading(value=True),
    "types_required": Reading(value=False),
    "ungranted_refused": Reading(value=True),
    "contact_state_as_code": Reading(value=False),
}


@contextmanager
def opened(*, writes: bool = True, **switches: Any) -> Iterator[Written]:
    sis = Written(Options(**switches), writes=writes, students=12)
    try:
        yield sis
    finally:
        sis.close()


def siblings() -> list[Student]:
    """Two children of one home with a number that begins with a zero, a mailing address, extensions, contacts."""
    children = registered(students=25)
    first = next(child for child in children if child.ties and child.ties[0].contact.homes)
    first.number, first.status = "07654321", Status.PRE_REGISTERED
    first.more["prevschool"] = "Elm Day"
    first.hispanic, first.races = True, ("WH", "5")
    first.household.mailing = replace(first.household.address, street="PO Box 12", postal_code="01854")
    second = replace(first, dcid=first.dcid + 1000, first="Chloë", number="", more=dict(first.more))
    return [first, second]


def refusal(action: Callable[[], object]) -> YellowbusError:
    with pytest.raises(YellowbusError) as caught:
        action()
    return caught.value


@pytest.mark.parametrize("switch", READINGS)
def test_in_the_other_reading_a_child_is_written_or_the_connector_says_why_not(switch: str) -> None:
    reading, children = READINGS[switch], siblings()
    assert getattr(Options(), switch) != reading.value
    with opened(**{switch: reading.value}) as sis:
        if reading.error:
            refused = [refusal(lambda child=child: sis.create(child)) for child in children]
            assert [(type(error), error.code) for error in refused] == [(RecordError, reading.error)] * 2
            assert len(sis.app.sis.district.students) == 12
            return
        made = [sis.create(child) for child in children]
        written_and_read(sis, children, made, reading.lost)
        updated_and_read(sis, children, made)


def written_and_read(sis: Written, children: list[Student], made: list[Held], lost: frozenset[str]) -> None:
    for child, held in zip(children, made, strict=True):
        sent = {name: value for name, value in said(child).items() if value is not None}
        assert set(differences(sent, held.values)) == lost & set(sent)
        assert sis.connector.look(Sought(key=child.number or held.key)) == [held]
        sis.give_contacts(child, held)
    read = sis.read()
    for child, held in zip(children, made, strict=True):
        assert set(differences(held.values, read[held.remote].values)) == set()
        found = sis.connector.contacts(held.remote)
        sent_of = [contact_said(tie) for tie in child.ties]
        assert [differences(one, each.values) for one, each in zip(sent_of, found, strict=True)] == [
            {}
        ] * len(found)
        assert [each.children for each in found] == [2] * len(found)
    assert [one["inserts"] for one in sis.app.sis.journal.children(sis.app.sis.district)] == [1, 1]


def updated_and_read(sis: Written, children: list[Student], made: list[Held]) -> None:
    """An update of each kind, then the same once more, which writes no contact again."""
    for child, held in zip(children, made, strict=True):
        change = {PREVIOUS: "Oak Day", "contact.guardian_email": None, "phones.main.number": "4805550111"}
        sis.connector.write(StudentWrite("up", change, remote=held.remote))
        (after,) = sis.connector.look(Sought(remote=held.remote))
        assert differences(change, after.values) == {}
        contact = sis.connector.contacts(held.remote)[0]
        sent = {"Contacts.RelationshipNote": child.first, "Contacts.AddressCity": "Cedar Bend"}
        write = ContactWrite(
            "up", held.remote, held.key, 1, {**contact.values, **sent}, contact.remote, contact.link
        )
        sis.connector.write_contact(write)
        assert sis.connector.contacts(held.remote)[0].values == {**contact.values, **sent}
        before = len(sis.app.sis.journal.all())
        sis.connector.write_contact(write)
        assert len(sis.app.sis.journal.all()) == before


def test_every_switch_of_writing_in_the_docs_is_turned_here() -> None:
    part = DOCS.read_text("utf-8").partition("## Switches of writing")[2].partition("\n## ")[0]
    named = re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)
    assert sorted(READINGS) == sorted(set(named) - {"subscriptions"})


@pytest.mark.parametrize("numeric", [True, False])
def test_the_receipt_tells_no_number_that_may_be_kept_otherwise(numeric: bool) -> None:
    with opened(numeric_student_numbers=numeric) as sis:
        child = siblings()[0]
        told = []
        for number in ("08654321", "8654322"):
            values = {name: value for name, value in said(child).items() if value is not None}
            write = StudentWrite("t", values | {"local_id": number}, enrollment=sis.enrollment(child))
            told.append(sis.connector.write(write).key)
        assert told == ["", "8654322"]


@pytest.mark.parametrize("status", [401, 403])
def test_a_plugin_that_may_only_read_needs_an_administrator(status: int) -> None:
    with opened(writes=False, read_level_status=status) as sis:
        error = refusal(lambda: sis.create(siblings()[0]))
        assert (type(error), error.code) == (NeedsAdmin, "powerschool-write-level")


@pytest.mark.parametrize("plural", [True, False])
def test_a_bad_date_names_its_field(plural: bool) -> None:
    with opened(plural_date_prefix=plural) as sis:
        error = refused_update(sis, {"demographics.birth_date": "2015-02-31"})
        assert error.refused == (("demographics.birth_date", "INVALID_DATE_VALUE"),)


@pytest.mark.parametrize("triple", [True, False])
def test_a_bad_number_names_its_field_once(triple: bool) -> None:
    with opened(whole_triple=triple) as sis:
        error = refused_update(sis, {"demographics.projected_graduation_year": "soon"})
        assert error.refused == (("demographics.projected_graduation_year", "FIELD_VALIDATION_ERROR"),)


def test_a_text_that_is_too_long_is_refused_or_seen_to_be_cut() -> None:
    long = "Anna-Lena " * 4
    with opened() as sis:
        assert refused_update(sis, {"name.middle_name": long}).refused == (
            ("name.middle_name", "FIELD_VALIDATION_ERROR"),
        )
    with opened(too_long=TooLong.CUT) as sis:
        student = sis.app.sis.district.students[0]
        sis.connector.write(StudentWrite("t", {"name.middle_name": long}, remote=str(student.dcid)))
        (held,) = sis.connector.look(Sought(remote=str(student.dcid)))
        assert held.values["name.middle_name"] == long[:30]


def refused_update(sis: Written, values: dict[str, str]) -> RecordError:
    remote = str(sis.app.sis.district.students[0].dcid)
    error = refusal(lambda: sis.connector.write(StudentWrite("t", values, remote=remote)))
    assert (type(error), error.code) == (RecordError, "write-refused")
    return error  # type: ignore[return-value]


@pytest.mark.parametrize("shape", ContactErrors)
def test_a_contact_that_fails_names_what_and_leaves_the_student(shape: ContactErrors) -> None:
    with opened(contact_errors=shape) as sis:
        child = siblings()[0]
        held = sis.create(child)
        sis.app.sis.faults.add(Fault(FaultKind.CONTACT_FAILED))
        error = refusal(lambda: sis.give_contacts(child, held))
        assert (type(error), error.refused) == (RecordError, (("contact", "CONTACT_NOT_SAVED"),))
        assert (sis.connector.look(Sought(remote=held.remote)), sis.connector.contacts(held.remote)) == (
            [held],
            [],
        )


@pytest.mark.parametrize("needed", [True, False])
def test_an_e_mail_without_a_type_is_refused_by_name_or_gets_one(needed: bool) -> None:
    with opened(types_required=needed) as sis:
        held = sis.create(siblings()[0])
        values = {
            "Contacts.LastName": "Moss",
            "Contacts.Relationship": "Aunt",
            "Contacts.Emails1": "a@example.org",
        }
        write = ContactWrite("c", held.remote, held.key, 1, values)
        if needed:
            error = refusal(lambda: sis.connector.write_contact(write))
            assert error.refused == (("Contacts.Emails1Type", "REQUIRED"),)
            return
        sis.connector.write_contact(write)
        (found,) = sis.connector.contacts(held.remote)
        assert differences(values, found.values) == {}


def test_a_contact_of_whom_nothing_is_said_but_a_name_is_tied() -> None:
    with opened() as sis:
        held = sis.create(siblings()[0])
        values = {"Contacts.FirstName": "Ada", "Contacts.LastName": "Moss"}
        sis.connector.write_contact(ContactWrite("c", held.remote, held.key, 1, values))
        (found,) = sis.connector.contacts(held.remote)
        assert (differences(values, found.values), found.children) == ({}, 1)


@pytest.mark.parametrize("checked", [True, False])
def test_a_school_without_terms_is_told_before_and_refused_or_written(checked: bool) -> None:
    child = siblings()[0]
    with opened(terms_checked=checked) as sis:
        enrollment = sis.enrollment(child)
        school = next(each for each in sis.app.sis.district.schools if each.number == child.school.number)
        school.terms.clear()
        (place,) = [each for each in sis.connector.places(2026) if each.school == str(school.number)]
        assert (place.ready, place.code) == (False, "powerschool-school-terms")
        values = {name: value for name, value in said(child).items() if value is not None}
        write = StudentWrite("t", values, enrollment=enrollment)
        if checked:
            error = refusal(lambda: sis.connector.write(write))
            assert error.refused == (("school_enrollment.school_number", "SCHOOL_WITHOUT_TERMS"),)
        else:
            assert (
                sis.connector.look(Sought(remote=sis.connector.write(write).remote))[0].school
                == enrollment.school
            )


@pytest.mark.parametrize("checked", [True, False])
def test_a_grade_that_is_not_offered_is_told_before_and_refused_or_written(checked: bool) -> None:
    child = siblings()[0]
    child.grade = 12 if child.school.high_grade < 12 else 1
    with opened(grades_checked=checked) as sis:
        (place,) = [each for each in sis.connector.places(2026) if each.school == str(child.school.number)]
        assert str(child.grade) not in place.grades
        if checked:
            error = refusal(lambda: sis.create(child))
            assert error.refused == (("school_enrollment.grade_level", "INVALID_GRADE_LEVEL"),)
        else:
            assert sis.create(child).values["school_enrollment.grade_level"] == str(child.grade)


def test_a_second_e_mail_address_without_a_first_is_not_added_twice() -> None:
    with opened() as sis:
        held = sis.create(siblings()[0])
        values = {
            "Contacts.LastName": "Moss",
            "Contacts.Relationship": "Aunt",
            "Contacts.Emails2": "a@example.org",
            "Contacts.Emails2Type": "Work",
        }
        write = ContactWrite("c", held.remote, held.key, 1, values)
        sis.connector.write_contact(write)
        (found,) = sis.connector.contacts(held.remote)
        sis.connector.write_contact(replace(write, contact=found.remote, link=found.link))
        assert sis.connector.contacts(held.remote) == [found]
        assert (found.values["Contacts.Emails1"], found.values["Contacts.Emails2"]) == ("a@example.org", None)
