"""Suggestions by the likeness of names and a look at the values; one source for one field."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yellowbus.catalog import Field, FieldType
from yellowbus.mapping.suggest.candidates import (
    LAST_FIRST,
    Candidate,
    Column,
    candidates,
    columns_of,
    date_order,
)
from yellowbus.mapping.suggest.custom import custom_candidates
from yellowbus.mapping.suggest.dates import read_dates
from yellowbus.mapping.suggest.making import Made, Surroundings, make
from yellowbus.mapping.suggest.model import Asked, Source, Suggestion

_LEAST = 0.75
# Two columns this close for one field are a choice for a person.
_TOO_CLOSE = 0.015


@dataclass(frozen=True, slots=True)
class Found:
    """`considered` are the fields that some column may be, suggested or not."""

    suggestions: tuple[Suggestion, ...]
    considered: frozenset[str]


def by_heading(asked: Asked, sources: Sequence[Source], open_fields: frozenset[str]) -> Found:
    """Suggestions for `open_fields` from `sources`."""
    columns = columns_of(asked, sources)
    found = [*candidates(asked.catalog, columns), *custom_candidates(asked.catalog, columns)]
    possible = [each for each in found if each.field in open_fields and each.score >= _LEAST]
    around = _surroundings(asked, columns, possible)
    made = (_suggestion(asked.catalog.fields[each.field], each, around) for each in _assigned(possible))
    return Found(tuple(filter(None, made)), frozenset(each.field for each in possible))


def _assigned(possible: Sequence[Candidate]) -> Iterator[Candidate]:
    """The best first, each source and each field once; only a whole name goes to two fields."""
    fields: set[str] = set()
    sources: set[str] = set()
    rest = sorted(possible, key=lambda each: -each.score)
    for place, best in enumerate(rest):
        name = best.column.source.name
        if best.field in fields or (name in sources and not _shares(best, fields)):
            continue
        left = rest[place + 1 :]
        if any(_means_both(best, other, fields) for other in left):
            sources.add(name)
            continue
        fields.add(best.field)
        if any(_rivals(best, other, sources) for other in left):
            continue
        sources.add(name)
        yield best


def _shares(candidate: Candidate, fields: set[str]) -> bool:
    return candidate.shape == LAST_FIRST and "students.lname" in fields


def _rivals(best: Candidate, other: Candidate, sources: set[str]) -> bool:
    """Whether another column is as good for the field, and not the same values once more."""
    return (
        other.field == best.field
        and other.score > best.score - _TOO_CLOSE
        and other.column.source.name not in sources
        and (not best.column.values or other.column.values != best.column.values)
    )


def _means_both(best: Candidate, other: Candidate, fields: set[str]) -> bool:
    """Whether the same column could as well be another field, as Ethnicity could be race."""
    return (
        other.column is best.column
        and other.field not in fields
        and other.score > best.score - _TOO_CLOSE
        and best.shape != LAST_FIRST
    )


def _surroundings(asked: Asked, columns: Sequence[Column], possible: Sequence[Candidate]) -> Surroundings:
    order = date_order(columns)
    dates = [each.column for each in possible if _is_date(asked.catalog.fields[each.field])]
    formats = {read_dates(each.values, order).format for each in dates if each.values}
    common = formats.pop() if len(formats) == 1 else ""
    return Surroundings(order, common, asked.codes)


def _is_date(field: Field) -> bool:
    return field.type is FieldType.DATE


def _suggestion(field: Field, candidate: Candidate, around: Surroundings) -> Suggestion | None:
    made = make(field, candidate, around)
    if made is None:
        return None
    return Suggestion(field.name, made.rule, candidate.score, _reason(candidate, made))


def _reason(candidate: Candidate, made: Made) -> str:
    fits = "Heading and values fit." if candidate.seen else "The heading fits; no example has a value."
    return " ".join(filter(None, (fits, made.says)))
