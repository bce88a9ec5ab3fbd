"""The tables of PowerSchool that the connector reads, with their columns (powerschool dossier 3.4).

One definition, the rows below: the plugin asks for these rights, the check proves them, the readers project them
and decode what comes straight into them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Generic, TypeVar

import msgspec

from yellowbus.connectors.base import text
from yellowbus.connectors.powerschool import wire

# What SQLite can hold; an id beyond is no id.
Id = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


class Row(msgspec.Struct, gc=False):
    """A row of a table: its fields are the columns, the first of them the primary key."""


R = TypeVar("R", bound=Row)


class _Record(msgspec.Struct, Generic[R], gc=False):
    tables: dict[str, R]


class Listed(msgspec.Struct, Generic[R]):
    """A page of a table as PowerSchool sends it; one without rows has no `record` (dossier 5.2)."""

    record: list[_Record[R]] = []


class StudentContactAssoc(Row):
    studentcontactassocid: Id
    studentdcid: Id | None = None
    personid: Id | None = None
    contactpriorityorder: Id | None = None


class StudentContactDetail(Row):
    studentcontactdetailid: Id
    studentcontactassocid: Id | None = None
    relationshiptypecodesetid: Id | None = None
    relationshipnote: str | None = None
    isactive: str | None = None
    iscustodial: str | None = None
    isemergency: str | None = None
    liveswithflg: str | None = None
    schoolpickupflg: str | None = None
    receivesmailflg: str | None = None


class Person(Row):
    id: Id
    firstname: str | None = None
    middlename: str | None = None
    lastname: str | None = None
    prefixcodesetid: Id | None = None
    suffixcodesetid: Id | None = None
    gendercodesetid: Id | None = None
    employer: str | None = None
    isactive: str | None = None


class CodeSet(Row):
    codesetid: Id
    codetype: str | None = None
    code: str | None = None
    description: str | None = None


class EmailAddress(Row):
    emailaddressid: Id
    emailaddress: str | None = None


class PersonEmailAddressAssoc(Row):
    personemailaddressassocid: Id
    personid: Id | None = None
    emailaddressid: Id | None = None
    emailtypecodesetid: Id | None = None
    isprimaryemailaddress: str | None = None
    emailaddresspriorityorder: Id | None = None


class PhoneNumber(Row):
    phonenumberid: Id
    phonenumber: str | None = None
    phonenumberext: str | None = None


class PersonPhoneNumberAssoc(Row):
    personphonenumberassocid: Id
    personid: Id | None = None
    phonenumberid: Id | None = None
    phonetypecodesetid: Id | None = None
    phonenumberpriorityorder: Id | None = None
    phonenumberasentered: str | None = None
    ispreferred: str | None = None


class PersonAddress(Row):
    personaddressid: Id
    street: str | None = None
    linetwo: str | None = None
    unit: str | None = None
    city: str | None = None
    statescodesetid: Id | None = None
    postalcode: str | None = None
    countrycodesetid: Id | None = None


class Students(Row):
    """What v1 cannot be searched by (dossier 7): so that a child whose name is written otherwise is found."""

    dcid: Id
    dob: str | None = None


class PersonAddressAssoc(Row):
    personaddressassocid: Id
    personid: Id | None = None
    personaddressid: Id | None = None
    addresstypecodesetid: Id | None = None
    addresspriorityorder: Id | None = None


@dataclass(frozen=True, slots=True)
class Table(Generic[R]):
    """`written` says that contacts sent to PowerSchool change this table."""

    name: str
    row: type[R]
    pages: msgspec.json.Decoder[Listed[R]]
    written: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        return self.row.__struct_fields__

    @property
    def key(self) -> str:
        return self.columns[0]

    def rows_in(self, body: bytes) -> list[R]:
        """The rows of one page. Raises msgspec.MsgspecError for what is no page of this table."""
        try:
            page = self.pages.decode(body)
        except msgspec.ValidationError:
            return self._rows_in_other_words(body)
        return [row for record in page.record for row in record.tables.values()]

    def _rows_in_other_words(self, body: bytes) -> list[R]:
        """The same from a server that writes numbers, blank texts or capitals where others do not (dossier 5.3)."""
        answer = wire.value_of(body)
        if not isinstance(answer, dict):
            raise msgspec.ValidationError(self.name)
        return [self._row(record) for record in wire.blocks(answer, "record")]

    def _row(self, record: wire.Json) -> R:
        cells = wire.block(wire.block(record.get("tables")).get(self.name))
        held = {name.lower(): text(value) for name, value in cells.items()}
        told = {name: value for name, value in held.items() if value is not None}
        return msgspec.convert(told, self.row, strict=False)


def _table(row: type[R], page: type[Listed[R]], *, written: bool = True) -> Table[R]:
    # Every value of a table is text, ids too (dossier 5.3): strict decoding would refuse them.
    return Table(row.__name__.lower(), row, msgspec.json.Decoder(page, strict=False), written)


CODESET: Final = _table(CodeSet, Listed[CodeSet], written=False)
PEOPLE: Final[tuple[Table[Any], ...]] = (
    _table(StudentContactAssoc, Listed[StudentContactAssoc]),
    _table(StudentContactDetail, Listed[StudentContactDetail]),
    _table(Person, Listed[Person]),
)
EMAILS: Final[tuple[Table[Any], ...]] = (
    _table(EmailAddress, Listed[EmailAddress]),
    _table(PersonEmailAddressAssoc, Listed[PersonEmailAddressAssoc]),
)
PHONES: Final[tuple[Table[Any], ...]] = (
    _table(PhoneNumber, Listed[PhoneNumber]),
    _table(PersonPhoneNumberAssoc, Listed[PersonPhoneNumberAssoc]),
)
ADDRESSES: Final[tuple[Table[Any], ...]] = (
    _table(PersonAddress, Listed[PersonAddress]),
    _table(PersonAddressAssoc, Listed[PersonAddressAssoc]),
)
# Columns that go along where a whole row is written back, because a PUT may replace it (dossier 3.4, 10.1).
WRITTEN_ALONG: Final[Mapping[str, tuple[str, ...]]] = {
    "person": ("excludefromstatereporting", "statecontactid", "statecontactnumber"),
    "studentcontactdetail": ("startdate", "enddate", "excludefromstatereportingflg"),
    "phonenumber": ("issms",),
    "personaddressassoc": ("startdate", "enddate"),
}
STUDENTS: Final = _table(Students, Listed[Students], written=False)
TABLES: Final = (*PEOPLE, CODESET, *EMAILS, *PHONES, *ADDRESSES)
GRANTED: Final = (*TABLES, STUDENTS)

# Part of the contact -> the tables it needs besides the people, by the beginning of the field's name.
PARTS: Final[Mapping[str, tuple[Table[Any], ...]]] = {
    "contact.email": EMAILS,
    "contact.phone": PHONES,
    "contact.address": ADDRESSES,
}


def needed_for(contact_fields: frozenset[str]) -> tuple[Table[Any], ...]:
    """The tables to read for these contact fields, the codes first; none where there are none."""
    if not contact_fields:
        return ()
    needed: tuple[Table[Any], ...] = (CODESET, *PEOPLE)
    for beginning, tables in PARTS.items():
        if any(name.startswith(beginning) for name in contact_fields):
            needed += tables
    return needed
