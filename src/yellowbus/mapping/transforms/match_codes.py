"""Match Codes: a value of the SIS becomes a value of Enroll by a table."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

from yellowbus.mapping.steps import Context, Fault, Refused, TextStep, TextTransform, about
from yellowbus.records import Value


class OnUnmatched(Enum):
    """What a value that the table does not list becomes."""

    FAIL = "fail"
    AS_IS = "pass-through"
    DEFAULT = "default"
    BLANK = "blank"


class OnBlank(Enum):
    """What a blank value becomes."""

    BLANK = "blank"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class MatchCodes(TextTransform):
    """Compares trimmed and without regard to case; leading zeros count unless told otherwise (enroll-sync
    8.3).
    """

    use: ClassVar[str] = "match-codes"
    title: ClassVar[str] = "Match Codes"
    says: ClassVar[str] = "Turns each value of the SIS into the value of Enroll that a table names."
    repeats: ClassVar[bool] = True

    table: tuple[tuple[str, str], ...] = field(
        default=(), metadata=about("Codes", "Each SIS value once; several may become the same Enroll value.")
    )
    on_unmatched: OnUnmatched = field(
        default=OnUnmatched.FAIL, metadata=about("When a value is not in the table")
    )
    on_blank: OnBlank = field(default=OnBlank.BLANK, metadata=about("When the value is blank"))
    default: str = field(default="", metadata=about("Default value"))
    ignore_leading_zeros: bool = field(
        default=False, metadata=about("Ignore leading zeros", "Takes 01, 1 and 001 as the same value.")
    )
    separator: str = field(
        default="",
        metadata=about(
            "Separator", "For a field with several values, as in 1;5: each is matched on its own."
        ),
    )

    def function(self, _context: Context, /) -> TextStep:
        one = self._one()
        separator, blank = self.separator, self.blank()
        if not separator:
            return lambda value: one(value) if not value.isspace() else blank

        def several(value: str) -> Value:
            parts = [part for part in value.split(separator) if part and not part.isspace()]
            if not parts:
                return blank
            return separator.join(code for code in map(one, parts) if code) or None

        return several

    def _one(self) -> TextStep:
        key = self.key
        table = {key(source): target or None for source, target in self.table}
        on_unmatched, default = self.on_unmatched, self.default or None

        def one(value: str) -> Value:
            found = key(value)
            if found in table:
                return table[found]
            if on_unmatched is OnUnmatched.FAIL:
                raise Refused("unmatched-code", value)
            if on_unmatched is OnUnmatched.AS_IS:
                return value
            return default if on_unmatched is OnUnmatched.DEFAULT else None

        return one

    def key(self, value: str) -> str:
        """What two values have in common when the table takes them as the same."""
        folded = value.strip().casefold()
        return (folded.lstrip("0") or "0") if self.ignore_leading_zeros and folded else folded

    def blank(self) -> Value:
        return (self.default or None) if self.on_blank is OnBlank.DEFAULT else None

    def faults(self) -> Iterator[Fault]:
        if not self.table:
            yield Fault("codes-empty", {})
        twice = [
            source
            for source, times in Counter(self.key(source) for source, _ in self.table).items()
            if times > 1
        ]
        if twice:
            yield Fault("codes-twice", {"codes": ", ".join(twice)})
        needs_default = OnUnmatched.DEFAULT is self.on_unmatched or self.on_blank is OnBlank.DEFAULT
        if needs_default and not self.default:
            yield Fault("argument-missing", {"title": self.title, "argument": "Default value"})
