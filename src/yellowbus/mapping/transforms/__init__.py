"""Every transformation, each a frozen dataclass of its arguments. Adding one is a class and a line here."""

from yellowbus.mapping.steps import Transform
from yellowbus.mapping.transforms.dates import Date, EnrollSchoolYear, Today
from yellowbus.mapping.transforms.match_codes import MatchCodes
from yellowbus.mapping.transforms.plain import Direct, Lower, Upper, ValueInput

TRANSFORMS: tuple[type[Transform], ...] = (
    Date,
    Today,
    Lower,
    Upper,
    Direct,
    ValueInput,
    EnrollSchoolYear,
    MatchCodes,
)
"""In the order of the article's list."""

__all__ = [
    "TRANSFORMS",
    "Date",
    "Direct",
    "EnrollSchoolYear",
    "Lower",
    "MatchCodes",
    "Today",
    "Upper",
    "ValueInput",
]
