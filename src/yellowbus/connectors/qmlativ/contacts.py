"""Who belongs to a student: guardians by the families, and emergency contacts (qmlativ dossier 8.3)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from yellowbus.connectors.qmlativ.joins import Held, in_order, joined, values_of
from yellowbus.connectors.qmlativ.spool import Row, Spool
from yellowbus.connectors.qmlativ.wanted import CONTACT, Wanted
from yellowbus.records import Value

Person = dict[str, Value]
People = dict[str, Person]
"""The contacts of one student by their NameID: a person is one contact, guardian and emergency contact or both."""

_FROM_GUARDIAN: Final = {
    "RelationshipID": "RelationshipID",
    "IsCustodialGuardian": "IsCustodialGuardian",
    "AllowStudentPickup": "AllowStudentPickup",
    "AllowFamilyAccess": "AllowFamilyAccess",
    "IsEmergency": "IsEmergencyContact",
}
_FROM_EMERGENCY: Final = {
    "RelationshipID": "RelationshipID",
    "AllowStudentPickup": "AllowPickUp",
    "Comment": "Comment",
}


def contacts_of(spool: Spool, wanted: Wanted, students: Sequence[Row]) -> Mapping[Value, list[Row]]:
    """The contacts of some students by StudentID, in their order."""
    owners, roots = people_of(spool, wanted, students)
    contacts: dict[Value, list[Row]] = {}
    uses = wanted.profile.phone_uses
    for student, held in zip(owners, joined(spool, wanted.contact_nodes, roots), strict=True):
        values = values_of(held, wanted.contact_shown, uses, wanted.contact_uses, prefix=CONTACT)
        contacts.setdefault(student, []).append(values)
    return contacts


def people_of(spool: Spool, wanted: Wanted, students: Sequence[Row]) -> tuple[list[Value], list[Held]]:
    """StudentID and root of each contact, before anything is joined to it."""
    found: dict[Value, People] = {row["StudentID"]: {} for row in students}
    names = {row["NameID"]: row["StudentID"] for row in students if row.get("NameID") is not None}
    _add_families(spool, wanted, found)
    _add_guardians(spool, wanted, found)
    _add_emergency(spool, wanted, found, names)
    people = [(student, person) for student, known in found.items() for person in _ranked(known)]
    return [student for student, _ in people], [{"Contact": person} for _, person in people]


def _rows(spool: Spool, wanted: Wanted, table: str, on: str, values: Iterable[Value]) -> list[Row]:
    if table not in wanted.columns:
        return []
    order = ("Rank", wanted.profile.tables[table].key)
    return in_order(spool.of(table, on, values), order)


def _add_families(spool: Spool, wanted: Wanted, found: Mapping[Value, People]) -> None:
    """Guardians of the student's families, the first family first: it is the primary one (dossier 8.3)."""
    links = _rows(spool, wanted, "student_family", "StudentID", found)
    guardians: dict[Value, list[Row]] = {}
    for row in _rows(spool, wanted, "family_guardian", "FamilyID", {link["FamilyID"] for link in links}):
        guardians.setdefault(row["FamilyID"], []).append(row)
    first: dict[Value, Value] = {}
    for link in links:
        primary = first.setdefault(link["StudentID"], link["FamilyID"]) == link["FamilyID"]
        for row in guardians.get(link["FamilyID"], []):
            person = _person(found[link["StudentID"]], row["NameID"])
            person["IsGuardian"] = "true"
            person.setdefault("FamilyRank", link.get("Rank"))
            person.setdefault("GuardianRank", row.get("Rank"))
            person.setdefault("InPrimaryFamily", str(primary).lower())


def _add_guardians(spool: Spool, wanted: Wanted, found: Mapping[Value, People]) -> None:
    """What is said of a student and a guardian; the row may be missing where Qmlativ has not made it (dossier 8.3)."""
    for row in _rows(spool, wanted, "student_guardian", "StudentID", found):
        person = _person(found[row["StudentID"]], row["NameIDGuardian"])
        person["IsGuardian"] = "true"
        _take(person, row, _FROM_GUARDIAN)


def _add_emergency(
    spool: Spool, wanted: Wanted, found: Mapping[Value, People], names: Mapping[Value, Value]
) -> None:
    for row in _rows(spool, wanted, "emergency_contact", "NameID", names):
        person = _person(found[names[row["NameID"]]], row["NameIDEmergencyContact"])
        person["IsEmergency"] = "true"
        person.setdefault("EmergencyRank", row.get("Rank"))
        _take(person, row, _FROM_EMERGENCY)


def _take(person: Person, row: Row, names: Mapping[str, str]) -> None:
    """What the person does not have yet."""
    for ours, theirs in names.items():
        if row.get(theirs) is not None and person.get(ours) is None:
            person[ours] = row[theirs]


def _person(people: People, name: Value) -> Person:
    return people.setdefault(name or "", {"NameID": name, "ID": name})


def _ranked(people: People) -> list[Person]:
    """Guardians by family and rank, then the others by their rank as emergency contacts, numbered from 1."""
    known = [person for person in people.values() if person["ID"] is not None]
    order = ("IsGuardian", "FamilyRank", "GuardianRank", "EmergencyRank", "ID")
    found = [dict(person) for person in in_order(known, order)]
    for place, person in enumerate(found, 1):
        person["Rank"] = str(place)
    return found
