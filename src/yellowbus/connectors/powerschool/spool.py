"""The contact tables of a district in a temporary database on disk, so that memory does not grow with it.

A row is kept as what a join needs of it (ids, an order) and what it tells of a contact. What it tells is ready
JSON, `,"contact.first_name":"Kit"`, with the words of its codes: a contact is its pieces one after the other.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import msgspec

from yellowbus.connectors.powerschool.reach import Contact, add_email, add_phone
from yellowbus.connectors.powerschool.tables import (
    CODESET,
    CodeSet,
    EmailAddress,
    Person,
    PersonAddress,
    PersonAddressAssoc,
    PersonEmailAddressAssoc,
    PersonPhoneNumberAssoc,
    PhoneNumber,
    Row,
    StudentContactAssoc,
    StudentContactDetail,
    Table,
)

Codes = Mapping[int | None, str | None]
Cells = tuple[int | str | bytes | None, ...]

_ON: Final = frozenset(("1", "true", "y"))
_AT_ONCE: Final = 100  # rows of one statement
_MEMORY: Final = 4_096  # KiB of pages that SQLite keeps at hand


def _flag(value: str | None) -> str | None:
    if not value:
        return None
    return "true" if value.lower() in _ON else "false"


def _told(held: Mapping[str, str | None]) -> bytes:
    filled = {name: value for name, value in held.items() if value}
    return b"," + msgspec.json.encode(filled)[1:-1] if filled else b""


def _link(row: StudentContactAssoc, _: Codes) -> Cells:
    return row.studentcontactassocid, row.studentdcid, row.contactpriorityorder, row.personid


def _detail(row: StudentContactDetail, codes: Codes) -> Cells:
    if _flag(row.isactive) == "false":
        return row.studentcontactdetailid, row.studentcontactassocid, None
    told = {
        "contact.relationship": codes.get(row.relationshiptypecodesetid),
        "contact.relationship_note": row.relationshipnote,
        "contact.custodial": _flag(row.iscustodial),
        "contact.lives_with": _flag(row.liveswithflg),
        "contact.school_pickup": _flag(row.schoolpickupflg),
        "contact.emergency": _flag(row.isemergency),
        "contact.receives_mail": _flag(row.receivesmailflg),
    }
    return row.studentcontactdetailid, row.studentcontactassocid, _told(told)


def _person(row: Person, codes: Codes) -> Cells:
    if _flag(row.isactive) == "false":
        return row.id, None
    told = {
        "contact.first_name": row.firstname,
        "contact.middle_name": row.middlename,
        "contact.last_name": row.lastname,
        "contact.prefix": codes.get(row.prefixcodesetid),
        "contact.suffix": codes.get(row.suffixcodesetid),
        "contact.gender": codes.get(row.gendercodesetid),
        "contact.employer": row.employer,
    }
    return row.id, _told(told)


def _email(row: EmailAddress, _: Codes) -> Cells:
    return row.emailaddressid, row.emailaddress


def _email_link(row: PersonEmailAddressAssoc, codes: Codes) -> Cells:
    later = _flag(row.isprimaryemailaddress) != "true"
    kind = codes.get(row.emailtypecodesetid)
    order = row.emailaddresspriorityorder
    return row.personemailaddressassocid, row.personid, later, order, row.emailaddressid, kind


def _phone(row: PhoneNumber, _: Codes) -> Cells:
    return row.phonenumberid, row.phonenumber, row.phonenumberext


def _phone_link(row: PersonPhoneNumberAssoc, codes: Codes) -> Cells:
    later = _flag(row.ispreferred) != "true"
    kind, order = codes.get(row.phonetypecodesetid), row.phonenumberpriorityorder
    typed = row.phonenumberasentered or None
    return row.personphonenumberassocid, row.personid, later, order, row.phonenumberid, kind, typed


def _address(row: PersonAddress, codes: Codes) -> Cells:
    told = {
        "contact.address_street": row.street,
        "contact.address_line_two": row.linetwo,
        "contact.address_unit": row.unit,
        "contact.address_city": row.city,
        "contact.address_state": codes.get(row.statescodesetid),
        "contact.address_postal_code": row.postalcode,
        "contact.address_country": codes.get(row.countrycodesetid),
    }
    return row.personaddressid, _told(told)


def _address_link(row: PersonAddressAssoc, codes: Codes) -> Cells:
    told = _told({"contact.address_type": codes.get(row.addresstypecodesetid)})
    return row.personaddressassocid, row.personid, row.addresspriorityorder, row.personaddressid, told


@dataclass(frozen=True, slots=True)
class _Shelf:
    """How a table is kept: its columns after the key `id`, the cells of a row, what it is looked up by."""

    columns: str
    cells: Callable[[Any, Codes], Cells]
    index: str = ""


_SHELVES: Final[Mapping[str, _Shelf]] = {
    "studentcontactassoc": _Shelf(
        "student INTEGER, priority INTEGER, person INTEGER", _link, "student, priority, id, person"
    ),
    "studentcontactdetail": _Shelf("link INTEGER, told", _detail, "link"),
    "person": _Shelf("told", _person),
    "emailaddress": _Shelf("value", _email),
    "personemailaddressassoc": _Shelf(
        "person INTEGER, later, priority INTEGER, thing INTEGER, type",
        _email_link,
        "person, later, priority, id, thing, type",
    ),
    "phonenumber": _Shelf("value, extension", _phone),
    "personphonenumberassoc": _Shelf(
        "person INTEGER, later, priority INTEGER, thing INTEGER, type, typed",
        _phone_link,
        "person, later, priority, id, thing, type, typed",
    ),
    "personaddress": _Shelf("told", _address),
    "personaddressassoc": _Shelf(
        "person INTEGER, priority INTEGER, thing INTEGER, told",
        _address_link,
        "person, priority, id, thing, told",
    ),
}
# CROSS JOIN: SQLite has no statistics of these tables, so the order of look-ups is told.
_CONTACTS: Final = """
SELECT a.student, a.id, a.priority, p.id, p.told, d.told
FROM json_each(?) wanted
CROSS JOIN studentcontactassoc a ON a.student = wanted.value
CROSS JOIN person p ON p.id = a.person
CROSS JOIN studentcontactdetail d ON d.link = a.id
WHERE d.told NOTNULL AND p.told NOTNULL
ORDER BY a.student, a.priority, a.id, d.id
"""
_EMAILS: Final = """
SELECT a.person, e.value, a.type
FROM json_each(?) wanted
CROSS JOIN personemailaddressassoc a ON a.person = wanted.value
CROSS JOIN emailaddress e ON e.id = a.thing
ORDER BY a.person, a.later, a.priority, a.id
"""
_PHONES: Final = """
SELECT a.person, coalesce(a.typed, n.value), a.type, n.extension
FROM json_each(?) wanted
CROSS JOIN personphonenumberassoc a ON a.person = wanted.value
CROSS JOIN phonenumber n ON n.id = a.thing
ORDER BY a.person, a.later, a.priority, a.id
"""
_ADDRESSES: Final = """
SELECT a.person, d.told, a.told
FROM json_each(?) wanted
CROSS JOIN personaddressassoc a ON a.person = wanted.value
CROSS JOIN personaddress d ON d.id = a.thing
ORDER BY a.person, a.priority, a.id
"""


class Spool:
    """`put` rows, call `ready` when all are there, then ask for the contacts of some students."""

    def __init__(self) -> None:
        # An unnamed database is a file without a name: nobody else can open it, and it ends with the process.
        self._disk = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._codes: dict[int | None, str | None] = {}
        for setting in ("temp_store=FILE", "journal_mode=OFF", "synchronous=OFF", f"cache_size=-{_MEMORY}"):
            self._disk.execute(f"PRAGMA {setting}")
        for name, shelf in _SHELVES.items():
            self._disk.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, {shelf.columns})")
        self._disk.execute("BEGIN")

    def put(self, table: Table[Any], rows: Iterable[Row]) -> None:
        """Keep these rows; one that came before is replaced. The codes must come before what names them."""
        if table is CODESET:
            self._codes.update(_word(row) for row in rows if isinstance(row, CodeSet))
            return
        cells = _SHELVES[table.name].cells
        kept = [cells(row, self._codes) for row in rows]
        for begin in range(0, len(kept), _AT_ONCE):
            self._insert(table.name, kept[begin : begin + _AT_ONCE])

    def ready(self) -> None:
        # An index made of all rows at once costs a fraction of one kept up to date with each.
        for name, shelf in _SHELVES.items():
            if shelf.index:
                self._disk.execute(f"CREATE INDEX by_{name} ON {name} ({shelf.index})")
        self._disk.execute("COMMIT")

    def count(self, table: Table[Any]) -> int:
        """How many different rows of the table there are."""
        if table is CODESET:
            return len(self._codes)
        (found,) = self._disk.execute(f"SELECT count(*) FROM {table.name}").fetchone()  # noqa: S608
        return int(found)

    def contacts(self, students: Sequence[int]) -> Mapping[int, bytes]:
        """The contacts of each student that has any, as a JSON list: the same bytes for the same contacts."""
        rows = self._disk.execute(_CONTACTS, (msgspec.json.encode(students),)).fetchall()
        reached = self._reached(sorted({row[3] for row in rows}))
        found: dict[int, list[bytes]] = {}
        seen: int | None = None
        for student, link, priority, person, told, detail in rows:
            # A contact with two active details is one contact: the older detail counts.
            if link != seen:
                seen = link
                order = b"" if priority is None else b',"contact.priority":"%d"' % priority
                begin = b'{"contact.student_contact_id":"%d","contact.id":"%d"' % (link, person)
                whole = b"".join((begin, order, told, detail, reached.get(person, b""), b"}"))
                found.setdefault(student, []).append(whole)
        return {student: b"[" + b",".join(contacts) + b"]" for student, contacts in found.items()}

    def close(self) -> None:
        self._disk.close()

    def _insert(self, table: str, kept: Sequence[Cells]) -> None:
        # One statement for many rows: SQLite gives up the interpreter at each, and the fetching threads take it.
        row = "(?" + ", ?" * (len(kept[0]) - 1) + ")"
        rows = ", ".join([row] * len(kept))
        self._disk.execute(f"INSERT OR REPLACE INTO {table} VALUES {rows}", [*chain.from_iterable(kept)])  # noqa: S608

    def _reached(self, people: Sequence[int]) -> Mapping[int, bytes]:
        listed = (msgspec.json.encode(people),)
        named: dict[int, Contact] = {}
        for person, value, kind in self._disk.execute(_EMAILS, listed):
            add_email(named.setdefault(person, {}), value, kind)
        for person, value, kind, extension in self._disk.execute(_PHONES, listed):
            add_phone(named.setdefault(person, {}), value, kind, extension)
        told = {person: _told(contact) for person, contact in named.items()}
        lived: dict[int, bytes] = {}
        for person, address, kind in self._disk.execute(_ADDRESSES, listed):
            lived[person] = lived.get(person) or address + kind
        return {person: told.get(person, b"") + lived.get(person, b"") for person in {*told, *lived}}


def _word(row: CodeSet) -> tuple[int, str | None]:
    return row.codesetid, row.code
