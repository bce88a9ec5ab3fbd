"""Phone Number: between (999) 999-9999 and 9999999999."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar, Final, TypeAlias

from yellowbus.catalog import FieldType
from yellowbus.mapping.steps import Context, Noted, Refused, TextStep, TextTransform, about
from yellowbus.records import Value

_PUNCTUATION: Final = dict.fromkeys(map(ord, " \t\u00a0()[]-./‐‑‒–—"))  # noqa: RUF001 (what is meant)
_EXTENSION: Final = re.compile(
    r"(.*?)[\s,;]*(?:extension|ext|x|#)[\s.:]*([0-9]{1,8})\s*", re.IGNORECASE | re.DOTALL
)

# The usual ways to write ten digits, with or without a leading 1; everything else is looked at more slowly.
_USUAL: Final = re.compile(r"(?:\+?1[-. ]?)?\(?([0-9]{3})\)?[-. ]?([0-9]{3})[-. ]?([0-9]{4})")
_Write: TypeAlias = Callable[[str, str, str], str]


class PhoneFormat(Enum):
    """How ten digits are written; the third is the default of the older product (enroll-sync 8.6)."""

    PARENTHESES = "(999) 999-9999"
    DIGITS = "9999999999"
    DASHES = "999-999-9999"


class Extension(Enum):
    """What becomes of an extension."""

    DROP = "drop"
    KEEP = "keep"
    ONLY = "only"


class OnOddNumber(Enum):
    """What becomes of a number that is not one of ten digits."""

    AS_IS = "pass-through"
    BLANK = "blank"
    FAIL = "fail"


_WRITE: Final[dict[PhoneFormat, _Write]] = {
    PhoneFormat.PARENTHESES: "({}) {}-{}".format,
    PhoneFormat.DIGITS: "{}{}{}".format,
    PhoneFormat.DASHES: "{}-{}-{}".format,
}


@dataclass(frozen=True, slots=True)
class PhoneNumber(TextTransform):
    """A leading 1 or +1 before ten digits is dropped (enroll-sync 7.12)."""

    use: ClassVar[str] = "phone-number"
    title: ClassVar[str] = "Phone Number"
    says: ClassVar[str] = "Writes a phone number of ten digits in one form."

    format: PhoneFormat = field(default=PhoneFormat.PARENTHESES, metadata=about("Format"))
    extension: Extension = field(
        default=Extension.DROP,
        metadata=about(
            "Extension", "Drop it, keep it as in (555) 555-0100 x12, or give only it for a field of its own."
        ),
    )
    on_odd_number: OnOddNumber = field(
        default=OnOddNumber.AS_IS, metadata=about("When a number is not one of ten digits")
    )

    def function(self, _context: Context, /) -> TextStep:
        write, usual = _WRITE[self.format], _USUAL.fullmatch
        other = self._other(write)
        if self.extension is Extension.ONLY:
            return lambda value: _split_extension(value)[1]

        def function(value: str) -> Value:
            match = usual(value)
            return write(*match.groups()) if match else other(value)

        return function

    def gives(self) -> FieldType | None:
        return None if self.extension is Extension.ONLY else FieldType.PHONE

    def _other(self, write: _Write) -> TextStep:
        """For what is not plainly ten digits: an extension, a leading 1, or an odd number."""
        keep, on_odd_number = self.extension is Extension.KEEP, self.on_odd_number

        def other(value: str) -> Value:
            if value.isspace():
                return None
            number, extension = _split_extension(value)
            digits = _ten_digits(number)
            if digits is not None:
                written = write(digits[:3], digits[3:6], digits[6:])
                return f"{written} x{extension}" if keep and extension else written
            if on_odd_number is OnOddNumber.FAIL:
                raise Refused("phone-not-ten-digits", value)
            if on_odd_number is OnOddNumber.BLANK:
                return None
            raise Noted("phone-not-ten-digits", value, value)

        return other


def _split_extension(value: str) -> tuple[str, Value]:
    match = _EXTENSION.fullmatch(value)
    return (match[1], match[2]) if match else (value, None)


def _ten_digits(number: str) -> str | None:
    """A plus announces a country code, so that +47 12 34 56 78 is not a number of ten digits."""
    signs = number.translate(_PUNCTUATION)
    digits = signs.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return None
    if len(digits) == 11 and digits[0] == "1":
        return digits[1:]
    return digits if len(digits) == 10 and digits == signs else None
