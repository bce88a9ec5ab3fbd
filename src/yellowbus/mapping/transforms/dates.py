"""Date, Today and Enroll School Year."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import ClassVar

from yellowbus.mapping import date_formats
from yellowbus.mapping.steps import Context, Fault, Refused, Step, TextStep, TextTransform, Transform, about
from yellowbus.records import Value

_ZERO_DATE = frozenset("0-/.: T")


@dataclass(frozen=True, slots=True)
class Date(TextTransform):
    """Enroll wants YYYY-MM-DD (enroll-sync 7.1)."""

    use: ClassVar[str] = "date"
    title: ClassVar[str] = "Date"
    says: ClassVar[str] = "Writes a date in another form, as Enroll wants YYYY-MM-DD."
    repeats: ClassVar[bool] = True

    source_formats: tuple[str, ...] = field(
        default=(date_formats.ISO_DATE,),
        metadata=about(
            "Source Data Format", "Tried in this order; each is read exactly, as in MM/DD/YYYY or M/D/YYYY."
        ),
    )
    destination_format: str = field(
        default=date_formats.ISO_DATE, metadata=about("Destination Date Format", "Enroll wants YYYY-MM-DD.")
    )
    drop_time: bool = field(
        default=False, metadata=about("Drop the time", "Takes 2007-09-01 00:00:00 as 2007-09-01.")
    )
    pivot: int = field(
        default=30, metadata=about("Two-digit years up to", "With 30, year 30 is 2030 and year 31 is 1931.")
    )

    def function(self, _context: Context, /) -> TextStep:
        parsers = tuple(date_formats.parser(text, self.pivot) for text in self.source_formats)
        render, formats, drop_time = self._render(), " or ".join(self.source_formats), self.drop_time

        def function(value: str) -> Value:
            if value.isspace() or (_ZERO_DATE.issuperset(value) and "0" in value):
                return None
            text = date_formats.without_time(value) if drop_time else value
            for parse in parsers:
                day = parse(text)
                if day is not None:
                    return render(day)
            raise Refused("bad-date", value, formats=formats)

        return function

    def _render(self) -> date_formats.Render:
        return date_formats.renderer(self.destination_format)

    def faults(self) -> Iterator[Fault]:
        if not self.source_formats:
            yield Fault("argument-missing", {"title": self.title, "argument": "Source Data Format"})
        for text in self.source_formats:
            if not date_formats.is_format(text):
                yield Fault("date-format-unknown", {"format": text})
        yield from _destination_faults(self.destination_format)
        if not 0 <= self.pivot <= 99:
            yield Fault(
                "argument-range",
                {"title": self.title, "argument": "Two-digit years up to", "range": "0 to 99"},
            )


@dataclass(frozen=True, slots=True)
class Today(Transform):
    """The day of the run in the organization's time zone, the same for all its records (enroll-sync 7.2)."""

    use: ClassVar[str] = "today"
    title: ClassVar[str] = "Today"
    says: ClassVar[str] = "Gives the current date, fixed once per run in the time zone of the organization."
    needs_source: ClassVar[bool] = False
    daily: ClassVar[bool] = True

    destination_format: str = field(
        default=date_formats.ISO_DATE, metadata=about("Destination Date Format", "Enroll wants YYYY-MM-DD.")
    )

    def step(self, context: Context, /) -> Step:
        today = date_formats.renderer(self.destination_format)(context.today)
        return lambda _value, _values: today

    def faults(self) -> Iterator[Fault]:
        yield from _destination_faults(self.destination_format)


class YearFormat(Enum):
    """How a school year is written."""

    START = "2025"
    END = "2026"
    LONG = "2025-2026"
    SHORT = "25-26"


@dataclass(frozen=True, slots=True)
class EnrollSchoolYear(Transform):
    """The year set in Enroll when the run began, not that of the clock (enroll-sync 7.13)."""

    use: ClassVar[str] = "enroll-school-year"
    title: ClassVar[str] = "Enroll School Year"
    says: ClassVar[str] = "Gives the school year now set in Enroll."
    needs_source: ClassVar[bool] = False

    format: YearFormat = field(
        default=YearFormat.START, metadata=about("Format", "How the year 2025-2026 is written.")
    )

    def step(self, context: Context, /) -> Step:
        text = _school_year(context.school_year, self.format)
        return lambda _value, _values: text


@lru_cache(maxsize=16)
def _school_year(start: int, form: YearFormat) -> str:
    end = start + 1
    return {
        YearFormat.START: f"{start}",
        YearFormat.END: f"{end}",
        YearFormat.LONG: f"{start}-{end}",
        YearFormat.SHORT: f"{start % 100:02d}-{end % 100:02d}",
    }[form]


def _destination_faults(text: str) -> Iterator[Fault]:
    if not date_formats.can_render(text):
        yield Fault("date-format-unknown", {"format": text})
