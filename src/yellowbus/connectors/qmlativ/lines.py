"""On which line of a TOML text a value stands, so that a person finds what an error speaks of."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from typing import Final

Path = tuple[str | int, ...]

_HEADER: Final = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?")
_KEY: Final = re.compile(
    r"\s*((?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'))*)\s*="
)
_PART: Final = re.compile(r"[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'")


def line_of(text: str, path: Path) -> int:
    r"""The line, counted from 1, of the value at `path`, or of the nearest table above it; 0 where there is none.

    >>> line_of('[lists]\npage_size = 0', ("lists", "page_size"))
    2
    """
    lines = text.splitlines()
    places = dict(_places(lines))
    for length in range(len(path), 0, -1):
        names = tuple(part for part in path[:length] if isinstance(part, str))
        if names in places:
            return _element(lines, places[names], path[length - 1])
    return 0


def _places(lines: Sequence[str]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Every table header and key with its line. A table that only has sub-tables gets the first of them."""
    table: tuple[str, ...] = ()
    known: set[tuple[str, ...]] = set()
    for number, line in enumerate(lines, 1):
        if header := _HEADER.fullmatch(line):
            table = _parts(header[1])
            found = table
        elif key := _KEY.match(line):
            found = table + _parts(key[1])
        else:
            continue
        for length in range(1, len(found) + 1):
            if found[:length] not in known:
                known.add(found[:length])
                yield found[:length], number


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _element(lines: Sequence[str], number: int, last: str | int) -> int:
    """The line of one element of a list that stands on several lines."""
    if isinstance(last, str):
        return number
    begun = lines[number - 1].partition("=")[2]
    for line in range(number, len(lines) + 1):
        if len(_so_far(begun)) > last:
            return line
        begun += "\n" + lines[min(line, len(lines) - 1)]
    return number


def _so_far(begun: str) -> list[object]:
    for ending in ("", "\n]"):
        try:
            return list(tomllib.loads(f"list = {begun}{ending}")["list"])
        except (tomllib.TOMLDecodeError, TypeError):
            continue
    return []
