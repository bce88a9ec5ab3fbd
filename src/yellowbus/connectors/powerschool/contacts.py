"""Contacts of students, from the tables that hold them (powerschool dossier 3.4, 10, 11.1).

PowerSchool has no list of all contacts, and asking per student would be a request for each of them. So the
tables are read page by page into a temporary database on disk, and each page of students picks its contacts
from there: memory does not grow with the district.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Final

import msgspec

from yellowbus.connectors.base import text
from yellowbus.connectors.powerschool import endpoints, wire
from yellowbus.connectors.powerschool.server import Server
from yellowbus.connectors.powerschool.tables import FLAGS, TABLES, Table
from yellowbus.errors import TryLater

Contact = dict[str, str]

_MOST: Final = 3  # phones, e-mail addresses of one contact that have a field of their own
# Districts name their phone types themselves (dossier 10.2); these are the words seen for three uses.
_PHONE_USES: Final = {
    "home": "home",
    "mobile": "mobile",
    "cell": "mobile",
    "cellphone": "mobile",
    "work": "work",
    "daytime": "work",
    "office": "work",
}

_CONTACTS: Final = """
SELECT a.studentdcid, a.studentcontactassocid AS student_contact_id, p.id, a.contactpriorityorder AS priority,
       p.firstname AS first_name, p.middlename AS middle_name, p.lastname AS last_name, prefix.code AS prefix,
       suffix.code AS suffix, gender.code AS gender, p.employer, relation.code AS relationship,
       d.relationshipnote AS relationship_note, d.iscustodial AS custodial, d.liveswithflg AS lives_with,
       d.schoolpickupflg AS school_pickup, d.isemergency AS emergency, d.receivesmailflg AS receives_mail
FROM studentcontactassoc a
JOIN person p ON p.id = a.personid
JOIN studentcontactdetail d ON d.studentcontactassocid = a.studentcontactassocid
LEFT JOIN codeset relation ON relation.codesetid = d.relationshiptypecodesetid
LEFT JOIN codeset prefix ON prefix.codesetid = p.prefixcodesetid
LEFT JOIN codeset suffix ON suffix.codesetid = p.suffixcodesetid
LEFT JOIN codeset gender ON gender.codesetid = p.gendercodesetid
WHERE a.studentdcid IN (SELECT value FROM json_each(?))
  AND d.isactive IS NOT 'false' AND p.isactive IS NOT 'false'
ORDER BY a.studentdcid, CAST(a.contactpriorityorder AS INTEGER), CAST(a.studentcontactassocid AS INTEGER),
         CAST(d.studentcontactdetailid AS INTEGER)
"""
_EMAILS: Final = """
SELECT a.personid, e.emailaddress AS value, type.code AS type
FROM personemailaddressassoc a
JOIN emailaddress e ON e.emailaddressid = a.emailaddressid
LEFT JOIN codeset type ON type.codesetid = a.emailtypecodesetid
WHERE a.personid IN (SELECT value FROM json_each(?))
ORDER BY a.personid, a.isprimaryemailaddress IS NOT 'true', CAST(a.emailaddresspriorityorder AS INTEGER),
         CAST(a.personemailaddressassocid AS INTEGER)
"""
_PHONES: Final = """
SELECT a.personid, coalesce(a.phonenumberasentered, n.phonenumber) AS value, type.code AS type,
       n.phonenumberext AS extension
FROM personphonenumberassoc a
JOIN phonenumber n ON n.phonenumberid = a.phonenumberid
LEFT JOIN codeset type ON type.codesetid = a.phonetypecodesetid
WHERE a.personid IN (SELECT value FROM json_each(?))
ORDER BY a.personid, a.ispreferred IS NOT 'true', CAST(a.phonenumberpriorityorder AS INTEGER),
         CAST(a.personphonenumberassocid AS INTEGER)
"""
_ADDRESSES: Final = """
SELECT a.personid, d.street, d.linetwo AS line_two, d.unit, d.city, state.code AS state,
       d.postalcode AS postal_code, country.code AS country, type.code AS type
FROM personaddressassoc a
JOIN personaddress d ON d.personaddressid = a.personaddressid
LEFT JOIN codeset type ON type.codesetid = a.addresstypecodesetid
LEFT JOIN codeset state ON state.codesetid = d.statescodesetid
LEFT JOIN codeset country ON country.codesetid = d.countrycodesetid
WHERE a.personid IN (SELECT value FROM json_each(?))
ORDER BY a.personid, CAST(a.addresspriorityorder AS INTEGER), CAST(a.personaddressassocid AS INTEGER)
"""
# What the join looks rows up by, besides the primary keys.
_INDEXES: Final = {
    "studentcontactassoc": "studentdcid",
    "studentcontactdetail": "studentcontactassocid",
    "personemailaddressassoc": "personid",
    "personphonenumberassoc": "personid",
    "personaddressassoc": "personid",
}

Rows = list[dict[str, str]]


class NoContacts:
    """Where nobody asked for contacts."""

    def of(self, _students: Sequence[str]) -> Mapping[str, list[Contact]]:
        return {}

    def close(self) -> None:
        pass


class TableContacts:
    """The contacts of a district on disk. `load` reads `tables`; `of` gives the contacts of some students."""

    def __init__(self, server: Server, tables: Sequence[Table]) -> None:
        self._server = server
        self._tables = tables
        # An unnamed database is a file without a name: nobody else can open it, and it ends with the process.
        self._disk = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._disk.row_factory = sqlite3.Row
        for setting in ("temp_store=FILE", "journal_mode=OFF", "synchronous=OFF"):
            self._disk.execute(f"PRAGMA {setting}")
        for table in TABLES:
            self._create(table)

    def load(self) -> None:
        """Read the tables. Raises TryLater where fewer rows came than PowerSchool counts."""
        counts = {table.name: self._server.table_count(table.name) for table in self._tables}
        with closing(self._server.door.ahead(self._calls(counts))) as pages:
            for table, rows in pages:
                self._insert(table, rows)
        for table in self._tables:
            self._compare(table)

    def of(self, students: Sequence[str]) -> Mapping[str, list[Contact]]:
        rows = self._disk.execute(_CONTACTS, (_listed(students),)).fetchall()
        people = sorted({row["id"] for row in rows})
        parts = self._parts(people)
        found: dict[str, list[Contact]] = {student: [] for student in students}
        seen: set[str] = set()
        for row in rows:
            # A contact with two active details is one contact: the older detail counts.
            if row["student_contact_id"] not in seen:
                seen.add(row["student_contact_id"])
                found[row["studentdcid"]].append(_contact(row) | parts.get(row["id"], {}))
        return found

    def close(self) -> None:
        self._disk.close()

    def _create(self, table: Table) -> None:
        columns = ", ".join(f"{column} TEXT" for column in table.columns if column != table.key)
        self._disk.execute(
            f"CREATE TABLE {table.name} ({table.key} TEXT PRIMARY KEY, {columns}) WITHOUT ROWID"
        )
        if table.name in _INDEXES:
            self._disk.execute(f"CREATE INDEX by_{table.name} ON {table.name} ({_INDEXES[table.name]})")

    def _calls(self, counts: Mapping[str, int]) -> Iterator["partial[tuple[Table, Rows]]"]:
        size = self._server.metadata.page_size("schema_table_query")
        for table in self._tables:
            for page in range(1, -(-counts[table.name] // size) + 1):
                yield partial(self._fetch, table, page, size)

    def _fetch(self, table: Table, page: int, size: int) -> tuple[Table, Rows]:
        return table, self._server.rows(table, page=page, size=size)

    def _insert(self, table: Table, rows: Rows) -> None:
        marks = ", ".join("?" * len(table.columns))
        values = [[_cell(column, row.get(column)) for column in table.columns] for row in rows]
        self._disk.execute("BEGIN")
        self._disk.executemany(f"INSERT OR REPLACE INTO {table.name} VALUES ({marks})", values)  # noqa: S608
        self._disk.execute("COMMIT")

    def _compare(self, table: Table) -> None:
        (read,) = self._disk.execute(f"SELECT count(*) FROM {table.name}").fetchone()  # noqa: S608
        counted = self._server.table_count(table.name)
        if read < counted:
            raise TryLater("list-changed", what=table.name, read=read, count=counted)

    def _parts(self, people: Sequence[str]) -> Mapping[str, Contact]:
        parts: dict[str, Contact] = {person: {} for person in people}
        listed = (_listed(people),)
        for query, add in ((_EMAILS, _add_email), (_PHONES, _add_phone), (_ADDRESSES, _add_address)):
            for row in self._disk.execute(query, listed):
                add(parts[row["personid"]], {key: row[key] for key in row.keys() if row[key]})  # noqa: SIM118
        return parts


def _listed(ids: Sequence[str]) -> bytes:
    return msgspec.json.encode(ids)


def _cell(column: str, value: str | None) -> str | None:
    if column not in FLAGS or value is None:
        return value
    return "true" if value.lower() in {"1", "true", "y"} else "false"


def _contact(row: sqlite3.Row) -> Contact:
    return {f"contact.{key}": row[key] for key in row.keys() if row[key] and key != "studentdcid"}  # noqa: SIM118


def _add_email(contact: Contact, found: Mapping[str, str]) -> None:
    _add_numbered(contact, "contact.email", found)


def _add_phone(contact: Contact, found: Mapping[str, str]) -> None:
    _add_numbered(contact, "contact.phone", found)
    use = _PHONE_USES.get(found.get("type", "").lower())
    if use and "value" in found:
        contact.setdefault(f"contact.phone_{use}", found["value"])


def _add_numbered(contact: Contact, name: str, found: Mapping[str, str]) -> None:
    """The first free one of contact.phone1, contact.phone2 …, with its type and extension."""
    free = next((n for n in range(1, _MOST + 1) if f"{name}{n}" not in contact), None)
    if free is None or "value" not in found:
        return
    contact[f"{name}{free}"] = found["value"]
    for detail in ("type", "extension"):
        if detail in found:
            contact[f"{name}{free}_{detail}"] = found[detail]


def _add_address(contact: Contact, found: Mapping[str, str]) -> None:
    if not any(name.startswith("contact.address") for name in contact):
        contact.update({f"contact.address_{key}": value for key, value in found.items() if key != "personid"})


def of_student(server: Server, student: str) -> list[Contact]:
    """The contacts of one student by the contacts API, named as those of the tables. Never for a run."""
    reply = server.answered(endpoints.CONTACTS_OF.format(student=student))
    if reply.status == 204:  # no contacts (dossier 10.1)
        return []
    found = [_from_api(item, student) for item in wire.blocks(wire.value_of(reply.body))]
    return [contact for contact in sorted(found, key=_order) if contact]


def _order(contact: Contact) -> tuple[int, int]:
    return _number(contact.get("contact.priority")), _number(contact.get("contact.student_contact_id"))


def _number(value: str | None) -> int:
    return int(value) if value and value.isdigit() else 0


_API_PERSON: Final = {
    "id": "contactId",
    "first_name": "firstName",
    "middle_name": "middleName",
    "last_name": "lastName",
    "prefix": "prefix",
    "suffix": "suffix",
    "gender": "gender",
    "employer": "employer",
}
_API_LINK: Final = {"student_contact_id": "studentContactId", "priority": "sequence"}
_API_DETAIL: Final = {
    "relationship": "relationship",
    "relationship_note": "relationshipNote",
    "custodial": "custodial",
    "lives_with": "livesWith",
    "school_pickup": "schoolPickup",
    "emergency": "emergency",
    "receives_mail": "receivesMail",
}
_API_EMAIL: Final = {"value": "address", "type": "type"}
_API_PHONE: Final = {"value": "phoneNumber", "type": "phoneType", "extension": "extension"}
_API_ADDRESS: Final = {
    "street": "street",
    "line_two": "linetwo",
    "unit": "unit",
    "city": "city",
    "state": "state",
    "postal_code": "postalcode",
    "country": "country",
    "type": "addressType",
}


def _from_api(item: wire.Json, student: str) -> Contact:
    links = [link for link in wire.blocks(item, "contactStudents") if text(link.get("dcid")) == student]
    details = [
        detail
        for link in links[:1]
        for detail in wire.blocks(link, "studentDetails")
        if detail.get("active") is not False
    ]
    if item.get("active") is False or not details:
        return {}
    named = _named(item, _API_PERSON) | _named(links[0], _API_LINK) | _named(details[0], _API_DETAIL)
    contact = {f"contact.{key}": value for key, value in named.items()}
    for email in sorted(wire.blocks(item, "emails"), key=lambda email: email.get("primary") is not True):
        _add_email(contact, _named(email, _API_EMAIL))
    for phone in sorted(wire.blocks(item, "phones"), key=_phone_order):
        _add_phone(contact, _named(phone, _API_PHONE))
    for address in sorted(wire.blocks(item, "addresses"), key=_sequence):
        _add_address(contact, _named(address, _API_ADDRESS))
    return contact


def _named(item: wire.Json, names: Mapping[str, str]) -> Contact:
    held = {key: text(item.get(name)) for key, name in names.items()}
    return {key: value for key, value in held.items() if value is not None}


def _phone_order(phone: wire.Json) -> tuple[bool, int]:
    return phone.get("preferred") is not True, _sequence(phone)


def _sequence(item: wire.Json) -> int:
    return _number(text(item.get("sequence")))
