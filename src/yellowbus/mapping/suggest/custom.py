"""Custom fields: a column of the same name, since nothing else is known of what they mean."""

from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz, process

from yellowbus.catalog import Catalog, Field, FieldType, Section
from yellowbus.mapping.suggest.candidates import Candidate, Column, judge_dates
from yellowbus.mapping.suggest.shapes import Verdict, judge
from yellowbus.mapping.suggest.words import words_of

_SAME, _LIKE = 0.96, 0.8
_LIKENESS = 93
_SHAPES = {FieldType.EMAIL: "email", FieldType.PHONE: "phone", FieldType.BOOLEAN: "boolean"}


def custom_candidates(catalog: Catalog, columns: Sequence[Column]) -> Iterator[Candidate]:
    """Columns whose heading has the words of the field's label, or nearly."""
    written = [" ".join(words_of(column.source.label)) for column in columns]
    for field in catalog.fields.values():
        if field.section is not Section.CUSTOM:
            continue
        label = " ".join(words_of(field.label))
        for _, likeness, place in process.extract(
            label, written, scorer=fuzz.ratio, score_cutoff=_LIKENESS, limit=3
        ):
            yield from _candidate(field, columns[place], same=likeness == 100)


def _candidate(field: Field, column: Column, *, same: bool) -> Iterator[Candidate]:
    shape = "date" if field.type is FieldType.DATE else _SHAPES.get(field.type, "text")
    verdict = judge_dates(column.values) if shape == "date" else judge(shape, column.values)
    if verdict is not Verdict.WRONG:
        yield Candidate(field.name, column, shape, _SAME if same else _LIKE, seen=bool(column.values))
