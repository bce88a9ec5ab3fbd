"""The rule that brings a source field into an Enroll field: its Mapping Type, steps, date format and codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from yellowbus.catalog import Field, FieldType, code_sets
from yellowbus.mapping.date_formats import ISO_DATE
from yellowbus.mapping.match_codes import Table
from yellowbus.mapping.model import FieldRule, MappingType
from yellowbus.mapping.steps import Transform
from yellowbus.mapping.suggest.candidates import LAST_FIRST, Candidate
from yellowbus.mapping.suggest.codes import folded, pairs_of_codes, pairs_of_values, usual_pairs, writings
from yellowbus.mapping.suggest.dates import PIVOT, read_dates
from yellowbus.mapping.transforms import Date, MatchCodes, PhoneNumber, Split


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the rest of the file tells: `order` of day and month, `format` that every other date has, and the codes
    of the SIS.
    """

    order: str = ""
    format: str = ""
    codes: Mapping[str, Sequence[tuple[str, str]]] | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A rule, and what is to be said of how it reads the values."""

    rule: FieldRule
    says: str = ""


def make(field: Field, candidate: Candidate, around: Surroundings) -> Made | None:
    """None where the values cannot be read without a guess."""
    rule = FieldRule(field.name, source=candidate.column.source.name, write_rule=field.write_rule)
    if candidate.shape == LAST_FIRST:
        return _split_name(rule)
    ways = {
        FieldType.DATE: _date,
        FieldType.YEAR: _year,
        FieldType.PHONE: _phone,
        FieldType.CODE: _code,
    }
    if way := ways.get(field.type):
        return way(field, rule, candidate, around)
    return Made(replace(rule, type=MappingType.DIRECT))


def pairs(set_name: str, values: Sequence[str], codes: Sequence[tuple[str, str]]) -> Table:
    """The table of a code set: by the labels of the SIS's codes, else by the values and the usual writings."""
    seen = pairs_of_values(set_name, values)
    if not codes:
        return usual_pairs(set_name, seen) if seen or not values else ()
    told = pairs_of_codes(set_name, codes)
    known = {folded(source) for source, _ in told}
    return (*told, *(pair for pair in seen if folded(pair[0]) not in known))


def _through(rule: FieldRule, *steps: Transform, says: str = "") -> Made:
    return Made(replace(rule, type=MappingType.TRANSFORMATION, steps=steps), says)


def _split_name(rule: FieldRule) -> Made:
    fragment = 1 if rule.field.endswith("lname") else 2
    return _through(rule, Split(delimiter=",", fragment=fragment), says="It is cut at the comma.")


def _date(_: Field, rule: FieldRule, candidate: Candidate, around: Surroundings) -> Made | None:
    column = candidate.column
    told = column.heading.format
    reading = read_dates(column.values, told[:1] or around.order)
    text = reading.format
    if not column.values:
        text = told or around.format or (ISO_DATE if column.source.type == "date" else "")
    if not text:
        return None
    drop = reading.drop_time or column.source.type == "date"
    step = Date(source_formats=(text,), drop_time=drop, pivot=PIVOT)
    return _through(rule, step, says=f"Dates are read as {text}.")


def _year(_: Field, rule: FieldRule, candidate: Candidate, _around: Surroundings) -> Made | None:
    """A single year could be the one it starts or ends in, so only a pair is taken."""
    values = candidate.column.values
    mark = next((each for each in "-/–" if values and all(each in value for value in values)), "")  # noqa: RUF001
    return (
        _through(rule, Split(delimiter=mark), says="The first of the two years is taken.") if mark else None
    )


def _phone(_: Field, rule: FieldRule, _candidate: Candidate, _around: Surroundings) -> Made:
    return _through(rule, PhoneNumber())


def _code(field: Field, rule: FieldRule, candidate: Candidate, around: Surroundings) -> Made | None:
    values, source = candidate.column.values, candidate.column.source
    if field.codes not in code_sets():
        return None
    if field.codes == "state" and not _are_labels("state", values):
        return Made(replace(rule, type=MappingType.DIRECT))
    table = pairs(field.codes, values, (around.codes or {}).get(source.codes, ()))
    if not table:
        return None
    distinct = {folded(value) for value in values}
    known = distinct & {folded(written) for written, _ in table}
    says = f"{len(known)} of the {len(distinct)} values seen have their code." if distinct else ""
    rule = replace(rule, type=MappingType.MATCH_CODES, steps=(MatchCodes(table=table),))
    return Made(rule, says)


def _are_labels(name: str, values: Sequence[str]) -> bool:
    return any(writings(name).get(folded(value), value).casefold() != folded(value) for value in values)
