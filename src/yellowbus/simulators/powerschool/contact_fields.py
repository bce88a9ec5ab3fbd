"""What can be written of a contact and its rows (powerschool dossier 10.2): key, column, type, and the place
in the district.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from operator import attrgetter
from typing import Any

from yellowbus.simulators.powerschool.codes import CODES, code_rows
from yellowbus.simulators.powerschool.student_checks import parsed_day
from yellowbus.simulators.powerschool.write_codes import Flaw

BY_ID = {(row.type, str(row.id)): row.code for row in code_rows()}
# 10.2: typed as whole numbers in the reference, yet called codes; both are taken.
ID_SETS = frozenset({"State", "Country"})
NOT_SET = "Not Set"
TRUTH = {True: True, False: False, "true": True, "false": False}


class Kind(Enum):
    TEXT = "text"
    FLAG = "flag"
    DAY = "day"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Key:
    """`at` is the attribute of the district's object, `codes` the code set; `needed` is a key without which
    no row is made, `is_type` one of the types that a switch can make dispensable.
    """

    name: str
    column: str
    at: str
    kind: Kind = Kind.TEXT
    codes: str = ""
    needed: bool = False
    is_type: bool = False
    default: Any = ""

    def get(self, row: Any) -> Any:
        return attrgetter(self.at)(row)

    def put(self, row: Any, value: Any) -> None:
        outer, _, inner = self.at.partition(".")
        setattr(row, outer, replace(getattr(row, outer), **{inner: value}) if inner else value)


def _flag(name: str, column: str, at: str, *, default: bool = False) -> Key:
    return Key(name, column, at, Kind.FLAG, default=default)


def _code(name: str, column: str, at: str, codes: str) -> Key:
    return Key(name, column, at, Kind.CODE, codes)


def _type(name: str, column: str, codes: str) -> Key:
    return Key(name, column, "type", Kind.CODE, codes, needed=True, is_type=True)


def _day(name: str, column: str, at: str) -> Key:
    return Key(name, column, at, Kind.DAY, default=None)


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of row: its name in errors, and its keys."""

    name: str
    keys: tuple[Key, ...]


PERSON = Shape(
    "contact",
    (
        Key("firstName", "person.firstname", "first"),
        Key("middleName", "person.middlename", "middle"),
        Key("lastName", "person.lastname", "last", needed=True),
        _code("prefix", "person.prefixcodesetid", "prefix", "Prefix"),
        _code("suffix", "person.suffixcodesetid", "suffix", "Suffix"),
        _code("gender", "person.gendercodesetid", "gender", "Gender"),
        Key("employer", "person.employer", "employer"),
        Key("stateContactNumber", "person.statecontactnumber", "state_number"),
        Key("contactNumber", "person.statecontactid", "number"),
        _flag("stateExcludeFromReporting", "person.excludefromstatereporting", "unreported"),
        _flag("active", "person.isactive", "active", default=True),
    ),
)
EMAIL = Shape(
    "emails",
    (
        _type("type", "personemailaddressassoc.emailtypecodesetid", "Email"),
        Key("address", "emailaddress.emailaddress", "address", needed=True),
        _flag("primary", "personemailaddressassoc.isprimaryemailaddress", "primary"),
    ),
)
PHONE = Shape(
    "phones",
    (
        _type("phoneType", "personphonenumberassoc.phonetypecodesetid", "Phone"),
        Key("phoneNumber", "phonenumber.phonenumber", "number", needed=True),
        Key("extension", "phonenumber.phonenumberext", "extension"),
        _flag("sms", "phonenumber.issms", "sms"),
        _flag("preferred", "personphonenumberassoc.ispreferred", "preferred"),
    ),
)
ADDRESS = Shape(
    "addresses",
    (
        _type("addressType", "personaddressassoc.addresstypecodesetid", "Address"),
        Key("street", "personaddress.street", "address.street"),
        Key("linetwo", "personaddress.linetwo", "line_two"),
        Key("unit", "personaddress.unit", "address.unit"),
        Key("city", "personaddress.city", "address.city"),
        _code("state", "personaddress.statescodesetid", "address.state", "State"),
        Key("postalcode", "personaddress.postalcode", "address.postal_code"),
        _code("country", "personaddress.countrycodesetid", "country", "Country"),
        _day("startDate", "personaddressassoc.startdate", "start"),
        _day("endDate", "personaddressassoc.enddate", "end"),
    ),
)
DETAIL = Shape(
    "studentDetails",
    (
        Key(
            "relationship",
            "studentcontactdetail.relationshiptypecodesetid",
            "relationship",
            Kind.CODE,
            "Relationship",
            needed=True,
        ),
        Key("relationshipNote", "studentcontactdetail.relationshipnote", "note"),
        _flag("custodial", "studentcontactdetail.iscustodial", "custodial"),
        _flag("livesWith", "studentcontactdetail.liveswithflg", "lives_with"),
        _flag("schoolPickup", "studentcontactdetail.schoolpickupflg", "pickup"),
        _flag("emergency", "studentcontactdetail.isemergency", "emergency"),
        _flag("receivesMail", "studentcontactdetail.receivesmailflg", "mail"),
        _flag("excludeFromStateReporting", "studentcontactdetail.excludefromstatereportingflg", "unreported"),
        _flag("active", "studentcontactdetail.isactive", "active", default=True),
        _day("startDate", "studentcontactdetail.startdate", "start"),
        _day("endDate", "studentcontactdetail.enddate", "end"),
    ),
)
# Key of a tie to the column that its right hangs on; the tie's values have rules of their own.
TIE_STUDENT = "studentcontactassoc.studentdcid"
TIE_SEQUENCE = "studentcontactassoc.contactpriorityorder"
TIE_LEGACY = "originalcontactmap.originalcontacttype"
LEGACY_SLOTS = ("mother", "father", "guardian", "emergency1", "emergency2", "emergency3")


@dataclass(frozen=True, slots=True)
class Read:
    value: Any
    flaw: Flaw | None = None


def read(shape: Shape, key: Key, value: Any, *, types_required: bool) -> Read:
    """One value as it would be stored; null and blank are the key's default."""
    if value is None or value == "":
        return _absent(shape, key, types_required=types_required)
    if key.kind is Kind.FLAG:
        known = isinstance(value, bool | int | str) and value in TRUTH
        return Read(TRUTH[value]) if known else _bad(shape, key, "FIELD_VALIDATION_ERROR")
    if isinstance(value, dict | list | bool):
        return _bad(shape, key, "FIELD_VALIDATION_ERROR")
    if key.kind is Kind.DAY:
        day = parsed_day(str(value), slashed=False)
        return Read(day) if day else _bad(shape, key, "INVALID_DATE_VALUE")
    return _read_code(shape, key, str(value)) if key.kind is Kind.CODE else Read(str(value))


def _absent(shape: Shape, key: Key, *, types_required: bool) -> Read:
    if key.is_type and not types_required:
        codes = CODES[key.codes]
        return Read(NOT_SET if NOT_SET in codes else codes[0])
    return _bad(shape, key, "REQUIRED") if key.needed else Read(key.default)


def _read_code(shape: Shape, key: Key, text: str) -> Read:
    code = BY_ID.get((key.codes, text), text) if key.codes in ID_SETS else text
    if code in CODES[key.codes]:
        return Read(code)
    return _bad(shape, key, "INVALID_RELATIONSHIP" if key.codes == "Relationship" else "INVALID_CODE")


SAYS = {
    "REQUIRED": "The value is required",
    "INVALID_CODE": "The value is not a code of its set",
    "INVALID_RELATIONSHIP": "The relationship is not a code of its set",
    "INVALID_DATE_VALUE": "The value is not a date",
    "FIELD_VALIDATION_ERROR": "The value has the wrong type",
}


def _bad(shape: Shape, key: Key, code: str) -> Read:
    return Read(None, Flaw(f"{shape.name}/{key.name}", code, SAYS[code]))


def columns(shapes: Sequence[Shape]) -> tuple[str, ...]:
    return tuple(key.column for shape in shapes for key in shape.keys)
