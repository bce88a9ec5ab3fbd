"""The tables of PowerSchool that the connector reads, with their columns (powerschool dossier 3.4).

One definition: the plugin asks for these rights, the check proves them, the contact reader projects them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Table:
    """`key` is the primary key; `written` says that contacts sent to PowerSchool change this table."""

    name: str
    key: str
    columns: tuple[str, ...]
    written: bool = True


def _table(name: str, key: str, columns: str, *, written: bool = True) -> Table:
    return Table(name, key, (key, *columns.split()), written)


PEOPLE: Final = (
    _table("studentcontactassoc", "studentcontactassocid", "studentdcid personid contactpriorityorder"),
    _table(
        "studentcontactdetail",
        "studentcontactdetailid",
        "studentcontactassocid relationshiptypecodesetid relationshipnote isactive iscustodial isemergency"
        " liveswithflg schoolpickupflg receivesmailflg",
    ),
    _table(
        "person",
        "id",
        "firstname middlename lastname prefixcodesetid suffixcodesetid gendercodesetid employer isactive",
    ),
    _table("codeset", "codesetid", "codetype code description", written=False),
)
EMAILS: Final = (
    _table("emailaddress", "emailaddressid", "emailaddress"),
    _table(
        "personemailaddressassoc",
        "personemailaddressassocid",
        "personid emailaddressid emailtypecodesetid isprimaryemailaddress emailaddresspriorityorder",
    ),
)
PHONES: Final = (
    _table("phonenumber", "phonenumberid", "phonenumber phonenumberext"),
    _table(
        "personphonenumberassoc",
        "personphonenumberassocid",
        "personid phonenumberid phonetypecodesetid phonenumberpriorityorder phonenumberasentered ispreferred",
    ),
)
ADDRESSES: Final = (
    _table(
        "personaddress",
        "personaddressid",
        "street linetwo unit city statescodesetid postalcode countrycodesetid",
    ),
    _table(
        "personaddressassoc",
        "personaddressassocid",
        "personid personaddressid addresstypecodesetid addresspriorityorder",
    ),
)
TABLES: Final = PEOPLE + EMAILS + PHONES + ADDRESSES
CODESET: Final = PEOPLE[-1]

FLAGS: Final = frozenset(
    (
        "isactive",
        "iscustodial",
        "isemergency",
        "liveswithflg",
        "schoolpickupflg",
        "receivesmailflg",
        "isprimaryemailaddress",
        "ispreferred",
    )
)

# Part of the contact -> the tables it needs besides PEOPLE, by the beginning of the field's name.
PARTS: Final[Mapping[str, tuple[Table, ...]]] = {
    "contact.email": EMAILS,
    "contact.phone": PHONES,
    "contact.address": ADDRESSES,
}


def needed_for(contact_fields: frozenset[str]) -> tuple[Table, ...]:
    """The tables to read for these contact fields; none where there are none."""
    if not contact_fields:
        return ()
    needed: tuple[Table, ...] = PEOPLE
    for beginning, tables in PARTS.items():
        if any(name.startswith(beginning) for name in contact_fields):
            needed += tables
    return needed
