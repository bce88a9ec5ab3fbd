"""How right the suggestions for a header set are."""

from collections.abc import Iterator
from dataclasses import dataclass

from reading_headings import Column, HeaderSet

from yellowbus.catalog import catalog
from yellowbus.mapping.date_formats import parser, without_time
from yellowbus.mapping.model import Mapping
from yellowbus.mapping.suggest import Asked, Source, Suggestion, suggest
from yellowbus.mapping.transforms import Date
from yellowbus.records import Record

STUDENTS = catalog("students")
NAMES = {field.column: name for name, field in STUDENTS.fields.items()}


@dataclass(frozen=True, slots=True)
class Score:
    """`with_source` fields have a column, of which `right` are suggested right; `offered` suggestions name a column, of
    which `offered_right` name the right one; of `without_source` fields `invented` got a column.
    """

    with_source: int = 0
    right: int = 0
    offered: int = 0
    offered_right: int = 0
    without_source: int = 0
    invented: int = 0
    faults: tuple[str, ...] = ()

    def __add__(self, other: "Score") -> "Score":
        return Score(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def found(self) -> float:
        return self.right / self.with_source

    @property
    def precise(self) -> float:
        return self.offered_right / self.offered

    @property
    def false(self) -> float:
        return self.invented / self.without_source

    def __str__(self) -> str:
        return (
            f"{self.right}/{self.with_source} found ({self.found:.3f}), "
            f"{self.offered_right}/{self.offered} of the offered right ({self.precise:.3f}), "
            f"{self.invented}/{self.without_source} without a source got one ({self.false:.3f})"
        )


def suggestions(headers: HeaderSet) -> list[Suggestion]:
    sources = [Source(column.heading, column.heading) for column in headers.columns]
    rows = range(max(len(column.samples) for column in headers.columns))
    samples = [Record({each.heading: _sample(each, row) for each in headers.columns}) for row in rows]
    return suggest(Asked(STUDENTS, sources, Mapping("students"), samples))


def score(headers: HeaderSet) -> Score:
    expected = {NAMES[field]: column for column in headers.columns for field in column.fields}
    offered = {each.field: each for each in suggestions(headers) if each.sources}
    right = {name for name, each in offered.items() if name in expected and _is_right(each, expected[name])}
    invented = offered.keys() - expected.keys()
    return Score(
        len(expected), len(right), len(offered), len(right), len(NAMES) - len(expected), len(invented),
        tuple(_faults(headers.name, expected, offered, right)),
    )  # fmt: skip


def _sample(column: Column, row: int) -> str | None:
    return (column.samples[row] or None) if row < len(column.samples) else None


def _is_right(suggestion: Suggestion, column: Column) -> bool:
    if suggestion.sources != (column.heading,):
        return False
    return not column.format or _reads_alike(suggestion, column)


def _reads_alike(suggestion: Suggestion, column: Column) -> bool:
    """Whether the format that was found gives the same days as the one that the column has."""
    (step,) = suggestion.rule.steps
    assert isinstance(step, Date)
    (found,) = step.source_formats
    values = [without_time(value) if step.drop_time else value for value in column.samples if value]
    wanted = [without_time(value) for value in column.samples if value]
    return list(map(parser(found, step.pivot), values)) == list(map(parser(column.format, 30), wanted))


def _faults(
    name: str, expected: dict[str, Column], offered: dict[str, Suggestion], right: set[str]
) -> Iterator[str]:
    for field, column in expected.items():
        if field not in offered:
            yield f"{name}: {field} missing, it is “{column.heading}”"
    for field, each in offered.items():
        if field not in right:
            yield f"{name}: {field} wrong, suggested {each.sources}"
