"""The header sets of tests/mapping/suggest/headers, as values."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

HEADERS = Path(__file__).parent / "headers"


@dataclass(frozen=True, slots=True)
class Column:
    """`fields` are the columns of the Enroll fields that it should fill; `format` that of its dates, "" for ISO."""

    heading: str
    fields: tuple[str, ...]
    format: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeaderSet:
    name: str
    columns: tuple[Column, ...]


def header_sets(folder: str) -> list[HeaderSet]:
    return [_read(path) for path in sorted((HEADERS / folder).glob("*.toml"))]


def _read(path: Path) -> HeaderSet:
    lines = tomllib.loads(path.read_text("utf-8"))["columns"].strip().splitlines()
    return HeaderSet(path.stem, tuple(map(_column, lines)))


def _column(line: str) -> Column:
    heading, told, *samples = (cell.strip() for cell in line.split("|"))
    fields, _, date_format = told.partition(":")
    return Column(heading, tuple(filter(None, fields.split("+"))), date_format, tuple(samples))
