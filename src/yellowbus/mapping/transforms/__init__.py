"""Every transformation, each a frozen dataclass of its arguments. Adding one is a class and a line here."""

from yellowbus.mapping.steps import Transform
from yellowbus.mapping.transforms.dates import Date, EnrollSchoolYear, Today, YearFormat
from yellowbus.mapping.transforms.if_then_else import IfThenElse
from yellowbus.mapping.transforms.match_codes import MatchCodes, OnBlank, OnUnmatched
from yellowbus.mapping.transforms.parts import Join, Pick, Split
from yellowbus.mapping.transforms.phone import Extension, OnOddNumber, PhoneFormat, PhoneNumber
from yellowbus.mapping.transforms.plain import Direct, Lower, Upper, ValueInput
from yellowbus.mapping.transforms.words import Substitute, Transliterate

TRANSFORMS: tuple[type[Transform], ...] = (
    Date,
    Today,
    Lower,
    Upper,
    Direct,
    ValueInput,
    Join,
    Pick,
    Split,
    Substitute,
    IfThenElse,
    PhoneNumber,
    EnrollSchoolYear,
    MatchCodes,
    Transliterate,
)
"""In the order in which they are offered."""

__all__ = [
    "TRANSFORMS",
    "Date",
    "Direct",
    "EnrollSchoolYear",
    "Extension",
    "IfThenElse",
    "Join",
    "Lower",
    "MatchCodes",
    "OnBlank",
    "OnOddNumber",
    "OnUnmatched",
    "PhoneFormat",
    "PhoneNumber",
    "Pick",
    "Split",
    "Substitute",
    "Today",
    "Transform",
    "Transliterate",
    "Upper",
    "ValueInput",
    "YearFormat",
]
