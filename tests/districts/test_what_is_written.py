"""Children of every kind, written to the simulated PowerSchool and read back by `look`, `contacts`, the reading side,
and from what the simulator itself holds.
"""

from collections.abc import Iterator

import pytest

from districts.written import (
    Written,
    contact_said,
    differences,
    moved,
    registered,
    renamed,
    said,
)
from yellowbus.connectors.powerschool import targets
from yellowbus.connectors.writing import ContactWrite, Held, Standing, StudentWrite
from yellowbus.simulators.district import Student

READS = {name: target.reads for name, target in targets.contacts().items()}


@pytest.fixture
def sis() -> Iterator[Written]:
    started = Written()
    yield started
    started.close()


@pytest.fixture
def family(sis: Written) -> list[tuple[Student, Held]]:
    """Every child of the families, created with its contacts."""
    children = registered()
    made = [(child, sis.create(child)) for child in children]
    for child, held in made:
        sis.give_contacts(child, held)
    return made


def test_the_families_have_children_of_every_kind() -> None:
    children = registered()
    births = [(child.household.surname, child.birth) for child in children]
    shared = [tie.contact.id for child in children for tie in child.ties]
    named = "".join(f"{child.first}{child.last}" for child in children)
    kinds = {
        "active": any(child.status.value == "active" for child in children),
        "pre-registered": any(child.status.value == "pre-registered" for child in children),
        "twins": len(set(births)) < len(births),
        "siblings who share a contact": len(set(shared)) < len(shared),
        "accents": not named.isascii(),
        "an apostrophe or a blank": any(mark in named for mark in "' -"),
        "a blank middle name": any(not child.middle for child in children),
        "no e-mail": any(not child.email for child in children),
        "no phone": any(not child.household.phone for child in children),
        "a mailing address": any(child.household.mailing for child in children),
        "no mailing address": any(not child.household.mailing for child in children),
        "two races": any(len(child.races) == 2 for child in children),
        "no race": any(not child.races for child in children),
        "no contact": any(not child.ties for child in children),
        "a number of its own": any(child.number for child in children),
    }
    assert [kind for kind, found in kinds.items() if not found] == []


def expected(child: Student) -> dict[str, str | None]:
    """What was sent; the number is PowerSchool's own where none was."""
    values = said(child)
    return values if values["local_id"] else {k: v for k, v in values.items() if k != "local_id"}


def test_a_child_that_is_created_is_read_back_in_four_ways(
    sis: Written, family: list[tuple[Student, Held]]
) -> None:
    read = sis.read()
    for child, held in family:
        sent, stored = expected(child), sis.stored(held)
        assert differences(sent, held.values) == {}
        assert differences(sent, read[held.remote].values) == {}
        assert differences(sent, said(stored)) == {}
        enrolled = sis.enrollment(child)
        assert (held.school, held.standing) == (enrolled.school, enrolled.standing)
        assert held.standing in {Standing.ACTIVE, Standing.PRE_REGISTERED}
        assert (stored.entry, stored.exit, stored.school.number) == (
            enrolled.entry_date,
            enrolled.exit_date,
            child.school.number,
        )
    assert [one["inserts"] for one in sis.app.sis.journal.children(sis.app.sis.district)] == [1] * len(family)
    assert len({held.remote for _, held in family}) == len(family)


def test_the_contacts_of_a_child_are_read_back_in_three_ways(
    sis: Written, family: list[tuple[Student, Held]]
) -> None:
    read, number = sis.read(), len(sis.people)
    for child, held in family:
        sent = [contact_said(tie) for tie in child.ties]
        found = sis.connector.contacts(held.remote)
        stored = sorted(sis.stored(held).ties, key=lambda tie: tie.priority)
        by_read = [renamed(contact, READS) for contact in read[held.remote].contacts]
        assert len(found) == len(stored) == len(by_read) == len(sent)
        for one, contact, reading, tie in zip(sent, found, by_read, stored, strict=True):
            assert differences(one, contact.values) == {}
            assert differences(one, reading) == {}
            assert differences(one, contact_said(tie)) == {}
            assert contact.values == reading
    made = sis.app.sis.journal.all(resource="contact", action="INSERT", outcome="VALID")
    assert len(made) == number == len({tie.contact.id for child, _ in family for tie in child.ties})


def test_a_contact_that_siblings_share_says_so(sis: Written, family: list[tuple[Student, Held]]) -> None:
    shares: dict[int, int] = {}
    for child, _ in family:
        for tie in child.ties:
            shares[tie.contact.id] = shares.get(tie.contact.id, 0) + 1
    for child, held in family:
        told = [contact.children for contact in sis.connector.contacts(held.remote)]
        assert told == [shares[tie.contact.id] for tie in child.ties]


def test_a_child_that_is_updated_holds_what_was_sent_and_nobody_else_changes(
    sis: Written, family: list[tuple[Student, Held]]
) -> None:
    before = {held.remote: said(sis.stored(held)) for _, held in family}
    own = {student.dcid: said(student) for student in sis.app.sis.district.students}
    for place, (child, held) in enumerate(family[::2]):
        wanted = moved(child, family[(2 * place + 7) % len(family)][0])
        sent = updatable(said(wanted))
        changed = {name: value for name, value in sent.items() if held.values.get(name) != value}
        receipt = sis.connector.write(
            StudentWrite(f"up-{place}", with_groups(changed, sent), remote=held.remote)
        )
        assert receipt.remote == held.remote
        before[held.remote] |= sent
    read = sis.read()
    for _, held in family:
        assert said(sis.stored(held)) == before[held.remote]
        assert differences(updatable(before[held.remote]), read[held.remote].values) == {}
    others = {dcid: values for dcid, values in own.items() if str(dcid) not in before}
    assert {dcid: said(s) for dcid in others if (s := sis.app.sis.district.student_by_dcid(dcid))} == others


def updatable(values: dict[str, str | None]) -> dict[str, str | None]:
    """What PowerSchool takes of a student who is there (powerschool dossier 9.3); an address cannot be taken away."""
    known = targets.students()
    return {
        name: value
        for name, value in values.items()
        if name not in known or (known[name].field.on_update and (value is not None or not known[name].whole))
    }


def with_groups(changed: dict[str, str | None], sent: dict[str, str | None]) -> dict[str, str | None]:
    """A group of which something changes goes whole."""
    touched = [names for names in targets.groups().values() if any(name in changed for name in names)]
    return changed | {name: sent[name] for names in touched for name in names if name in sent}


def test_a_contact_that_is_updated_holds_what_was_sent(
    sis: Written, family: list[tuple[Student, Held]]
) -> None:
    for _, held in family:
        for place, contact in enumerate(sis.connector.contacts(held.remote)):
            sent = {
                "Contacts.Employer": f"Employer {place}",
                "Contacts.MiddleName": None,
                "Contacts.RelationshipNote": "Señora",
                "Contacts.Custodial": "false",
                "Contacts.AddressStreet": "1 Elm St",
                "Contacts.AddressCity": "Cedar Bend",
                "Contacts.AddressType": "Mailing",
                "Contacts.Phones1": "(602) 555-0188",
                "Contacts.Phones1Type": "Home",
                "Contacts.Phones1Ext": None,
                "Contacts.Emails1": f"née{place}@example.org",
                "Contacts.Emails1Type": "Work",
            }
            write = ContactWrite("up", held.remote, held.key, place + 1, sent, contact.remote, contact.link)
            sis.connector.write_contact(write)
            after = sis.connector.contacts(held.remote)[place]
            assert (after.remote, after.link) == (contact.remote, contact.link)
            rest = {
                name: value
                for name, value in contact.values.items()
                if name not in sent and "Phones" not in name
            }
            assert differences({**rest, **sent}, after.values) == {}
            assert differences(sent, contact_said(sis.stored(held).ties[place])) == {}
