"""What each source field may be, by its heading and its values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from yellowbus.catalog import Catalog
from yellowbus.mapping.suggest.dates import order_of, read_dates
from yellowbus.mapping.suggest.headings import PEOPLE, Heading, Owner, understand
from yellowbus.mapping.suggest.lexicon import Meaning, lexicon
from yellowbus.mapping.suggest.model import Asked, Source
from yellowbus.mapping.suggest.people import Person, person_of, seats
from yellowbus.mapping.suggest.shapes import Verdict, judge

LAST_FIRST = "last-first"
_SURE, _PER_PREFERENCE, _PER_WORD, _UNSEEN = 0.97, 0.01, 0.02, 0.1
_SHARED = 0.8
_LEAST_PREFERRED = 8
# What of a child's another person could mean as well, where the heading does not say whose it is.
_ANYBODYS = frozenset(("email", "phone"))


@dataclass(frozen=True, slots=True)
class Column:
    """A source field with its values in the samples (blank ones left out) and what its heading says."""

    source: Source
    heading: Heading
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """`field` is the whole name of an Enroll field. `seen`: the values were looked at and fit."""

    field: str
    column: Column
    shape: str
    score: float
    seen: bool


def columns_of(asked: Asked, sources: Sequence[Source]) -> list[Column]:
    return [Column(each, understand(each.label), _values(asked, each)) for each in sources]


def candidates(catalog: Catalog, columns: Sequence[Column]) -> list[Candidate]:
    """Everything that a heading may mean and its values do not deny."""
    if catalog.kind == "schools":
        return [each for column in columns for each in _of(column, "schools", _schools(catalog))]
    names = {field.column: name for name, field in catalog.fields.items()}
    sits = seats([column.heading for column in columns if _says_something(column)])
    found = [each for column in columns for each in _of_column(column, names, sits)]
    return [each for each in found if not _another_persons(each, found, crowded=bool(sits))]


def date_order(columns: Sequence[Column]) -> str:
    """What comes first in the dates of these columns, "M" or "D", where they show it."""
    return order_of([column.values for column in columns])


def _values(asked: Asked, source: Source) -> tuple[str, ...]:
    records = (
        values
        for record in asked.samples
        for values in (record.contacts if source.contact else (record.values,))
    )
    found = (values.get(source.name) for values in records)
    return tuple(value for value in found if value and not value.isspace())


def _says_something(column: Column) -> bool:
    """Whether the heading names a part of a contact, so that its person needs a slot."""
    return any(_match(each, column.heading) is not None for each in lexicon().meanings["contact"])


def _of_column(column: Column, names: Mapping[str, str], sits: Mapping[Person, str]) -> Iterator[Candidate]:
    heading = column.heading
    if heading.owner in (Owner.NOBODY, Owner.STUDENT):
        yield from _of(column, "student", names)
        return
    slot = sits.get(person_of(heading))
    if slot:
        own = {name.removeprefix(f"{slot}_"): whole for name, whole in names.items() if name.startswith(slot)}
        yield from _of(column, "contact", own)


def _of(column: Column, role: str, names: Mapping[str, str]) -> Iterator[Candidate]:
    for meaning in lexicon().meanings[role]:
        fit = _match(meaning, column.heading)
        if fit is None:
            continue
        verdict = _verdict(meaning, column)
        if verdict is Verdict.WRONG:
            continue
        score = fit - (_UNSEEN if verdict is Verdict.NOTHING else 0)
        seen = verdict is Verdict.FITS
        if meaning.shape == LAST_FIRST:
            parts = ("lname", "fname") if seen else ()
            yield from (Candidate(names[part], column, LAST_FIRST, _SHARED, seen=True) for part in parts)
        elif meaning.part in names:
            yield Candidate(names[meaning.part], column, meaning.shape, round(score, 3), seen)


def _match(meaning: Meaning, heading: Heading) -> float | None:
    """How well the heading names the meaning; None where it does not."""
    owned = heading.owner is not Owner.NOBODY
    fits = [
        _SURE - _PER_PREFERENCE * min(phrase.preference, _LEAST_PREFERRED) - _PER_WORD * len(rest)
        for phrase in meaning.phrases
        if phrase.words <= heading.words and (owned or not phrase.owned)
        for rest in [heading.words - phrase.words]
        if rest <= meaning.may
    ]
    return max(fits, default=None)


def _verdict(meaning: Meaning, column: Column) -> Verdict:
    if meaning.shape != "date":
        return Verdict.WRONG if _is_own_id(meaning, column) else judge(meaning.shape, column.values)
    return judge_dates(column.values)


def judge_dates(values: Sequence[str]) -> Verdict:
    """What the values, blanks left out, say of a column of dates."""
    if not values:
        return Verdict.NOTHING
    reading = read_dates(values)
    return Verdict.FITS if reading.format or reading.ambiguous else Verdict.WRONG


def _is_own_id(meaning: Meaning, column: Column) -> bool:
    """Whether a "Student School ID" is the child's and not the school's, which children would share."""
    own = column.heading.owner is Owner.STUDENT and "id" in column.heading.words
    return meaning.shape == "school-code" and own and len(set(column.values)) == len(column.values)


def _schools(catalog: Catalog) -> dict[str, str]:
    return {field.column: name for name, field in catalog.fields.items()}


def _another_persons(candidate: Candidate, found: Sequence[Candidate], *, crowded: bool) -> bool:
    """Whether an address or number may be a parent's: in a file with contacts, the child's must be told as such.

    The heading tells it, or an address that holds the child's first name or id.
    """
    heading, part = candidate.column.heading, candidate.field.rpartition(".")[2]
    if part not in _ANYBODYS or heading.owner in (Owner.STUDENT, *PEOPLE) or "home" in heading.words:
        return False
    if "school" in heading.words:
        return True
    if not crowded or (part == "phone" and "mobile" not in heading.words):
        return False
    return not any(_holds(candidate.column, each.column) for each in found if _names_child(each))


def _names_child(candidate: Candidate) -> bool:
    return candidate.field in ("students.fname", "students.student_district_id")


def _holds(emails: Column, names: Column) -> bool:
    pairs = list(zip(emails.values, names.values, strict=False))
    held = sum(name.casefold() in email.partition("@")[0].casefold() for email, name in pairs)
    return len(emails.values) == len(names.values) and held * 2 > len(pairs)
