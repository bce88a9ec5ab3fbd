"""The contestants of the benchmark do the same work, or a ratio between them means nothing."""

import csv
import json
import sys
from datetime import date
from pathlib import Path

import pytest

from yellowbus.catalog import catalog
from yellowbus.mapping.compile import compile_mapping
from yellowbus.mapping.document import from_document
from yellowbus.mapping.steps import Context
from yellowbus.records import Record

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
STUDENTS = 1_500


@pytest.fixture(scope="module", autouse=True)
def on_the_path():
    sys.path.insert(0, str(BENCHMARKS))
    yield
    sys.path.remove(str(BENCHMARKS))


@pytest.fixture(scope="module")
def nights(on_the_path, tmp_path_factory):
    from data import write_nights

    return write_nights(tmp_path_factory.mktemp("nights"), STUDENTS, 7)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_hand(row: dict[str, str]) -> dict[str, str] | None:
    """What plain.py makes of a row without its blanks, or None where it refuses it."""
    from plain import mapped
    from targets import FIELDS

    try:
        values = mapped(row)
    except (ValueError, KeyError):
        return None
    return {field: value for field, value in zip(FIELDS, values, strict=True) if value is not None}


def test_the_mapping_fills_the_same_40_fields_in_the_same_order(on_the_path):
    from targets import FIELDS

    mapping = from_document(json.loads((BENCHMARKS / "mapping.json").read_text()))
    assert tuple(rule.field for rule in mapping.rules) == FIELDS
    assert len(FIELDS) == 40
    assert not set(catalog("students").required) - set(FIELDS)


@pytest.mark.parametrize("night", [0, 1])
def test_the_mapping_of_the_product_gives_what_plain_python_gives(nights, night):
    mapping = from_document(json.loads((BENCHMARKS / "mapping.json").read_text()))
    compiled = compile_mapping(mapping, catalog("students"), Context(date(2026, 1, 15), 2025))
    refused = 0
    for row in rows(nights[night]):
        values, made = (
            by_hand(row),
            compiled.apply(Record({name: cell or None for name, cell in row.items()})),
        )
        refused += values is None
        assert bool(made.problems) == (values is None)
        assert values is None or made.values == values
    assert refused > 0


@pytest.mark.parametrize("night", [0, 1])
def test_the_polars_floor_gives_what_plain_python_gives(nights, night):
    from floor import mapped
    from targets import COLUMNS, FIELDS

    accepted, read = mapped(nights[night])
    made = [
        {field: row[column] for field, column in zip(FIELDS, COLUMNS, strict=True) if row[column] is not None}
        for row in accepted.to_dicts()
    ]
    source = rows(nights[night])
    assert made == [values for values in map(by_hand, source) if values is not None]
    assert read == len(source)


def test_the_nights_are_the_same_for_the_same_seed_and_not_for_another(nights, tmp_path):
    from data import write_nights

    (tmp_path / "same").mkdir()
    (tmp_path / "other").mkdir()
    same = write_nights(tmp_path / "same", STUDENTS, 7)
    other = write_nights(tmp_path / "other", STUDENTS, 8)
    assert [path.read_bytes() for path in same] == [path.read_bytes() for path in nights]
    assert other[0].read_bytes() != nights[0].read_bytes()


def test_about_three_in_a_hundred_students_differ_on_the_second_night(nights):
    first, second = ({row["Student_Number"]: row for row in rows(path)} for path in nights)
    changed = sum(first[number] != row for number, row in second.items() if number in first)
    gone, new = len(first.keys() - second.keys()), len(second.keys() - first.keys())
    assert len(next(iter(first.values()))) == 43
    assert (0.012 < changed / STUDENTS < 0.028, gone < 20, new) == (True, True, 8)
