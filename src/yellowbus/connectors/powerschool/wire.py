"""PowerSchool's JSON, which is XML in disguise (powerschool dossier 5.2 and 5.3).

One result is an object, many are a list, none is a missing key; an empty block is ""; text that looks like a
number is a number. Nothing else in the folder needs to know.
"""

from collections.abc import Iterator
from functools import cache
from typing import Final

import msgspec

from yellowbus.connectors.base import text
from yellowbus.records import Value

_BLOCK: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])
# A number stays as it was written: 1.50 must not become 1.5.
_ANY: Final = msgspec.json.Decoder(float_hook=str)

# Blocks, and the two that are not what they look like.
_NESTED: Final = frozenset((dict, list))
_ODD: Final = frozenset(("_extension_data", "races"))

Json = dict[str, object]


def value_of(body: bytes) -> object:
    return _ANY.decode(body)


def block(value: object) -> Json:
    """An object, where PowerSchool writes "" or nothing for an empty one.

    >>> block(""), block({"street": "1 Elm"})
    ({}, {'street': '1 Elm'})
    """
    return value if isinstance(value, dict) else {}


def is_id(key: str) -> bool:
    """Ids and student numbers are digits; anything else would be read as part of a path or a query.

    >>> is_id("204417"), is_id(""), is_id("1;a==b"), is_id("٣")
    (True, False, False, False)
    """
    return key.isascii() and key.isdigit()


def each(value: object) -> list[object]:
    """What PowerSchool writes as an object, a list or not at all.

    >>> each(None), each(""), each({"id": 1}), each([{"id": 1}, {"id": 2}])
    ([], [], [{'id': 1}], [{'id': 1}, {'id': 2}])
    """
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def blocks(value: object, *path: str) -> list[Json]:
    """The objects found at the end of `path`, whatever their number."""
    for key in path:
        value = block(value).get(key)
    return [item for item in each(value) if isinstance(item, dict)]


def raw_items(body: bytes, plural: str, singular: str) -> list[bytes]:
    """The records of a v1 list as the bytes that were sent. Raises msgspec.MsgspecError for another shape."""
    outer = _BLOCK.decode(body)
    if plural not in outer:
        raise msgspec.ValidationError(plural)
    inner = _raw_block(bytes(outer[plural]))
    return _raw_each(bytes(inner.get(singular, b"")))


def _raw_block(raw: bytes) -> dict[str, msgspec.Raw]:
    return {} if raw in {b'""', b"null"} else _BLOCK.decode(raw)


def _raw_each(raw: bytes) -> list[bytes]:
    if raw in {b"", b'""', b"null"}:
        return []
    return [bytes(item) for item in _LIST.decode(raw)] if raw[:1] == b"[" else [raw]


def flat(value: object, path: str = "") -> dict[str, Value]:
    """The leaves of a v1 object by dotted path; blank ones are left out.

    >>> flat({"@expansions": "", "name": {"first_name": "Kit"}, "addresses": "", "id": 812})
    {'name.first_name': 'Kit', 'id': '812'}
    """
    found: dict[str, Value] = {}
    _gather(block(value), path, found)
    return found


class _Names(dict[str, str]):
    """Key of a block -> dotted path, made once and not for each student; "" for what is no field."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def __missing__(self, key: str) -> str:
        self[key] = name = "" if key[:1] == "@" else self._path + key
        return name


@cache
def _names(path: str) -> _Names:
    return _Names(path)


def _gather(value: Json, path: str, found: dict[str, Value]) -> None:
    names = _names(path)
    for key, inner in value.items():
        if type(inner) in _NESTED or key in _ODD:
            _branch(key, inner, path, found)
        elif inner != "" and inner is not None and (name := names[key]):
            found[name] = inner if type(inner) is str else text(inner)


def _branch(key: str, inner: object, path: str, found: dict[str, Value]) -> None:
    if key == "_extension_data":
        found.update(extensions(inner))
    elif key == "races":
        found.update(_races(blocks(inner), path + key))
    elif isinstance(inner, dict):
        _gather(inner, f"{path}{key}.", found)


def extensions(value: object) -> Iterator[tuple[str, Value]]:
    """The fields of schema extension tables, as _extension.<table>.<field>."""
    for table in blocks(value, "_table_extension"):
        for cell in blocks(table, "_field"):
            held = text(cell.get("value"))
            if held is not None:
                yield f"_extension.{table.get('name')}.{cell.get('name')}".lower(), held


_RACE_COLUMNS: Final = {
    "": "district_race_code",
    "_descriptions": "district_race_code_description",
    "_federal": "federal_race_code_category",
}


def _races(races: list[Json], path: str) -> Iterator[tuple[str, Value]]:
    for suffix, column in _RACE_COLUMNS.items():
        codes = [text(race.get(column)) for race in races]
        joined = ",".join(code for code in codes if code)
        if joined:
            yield path + suffix, joined


def count_in(body: bytes) -> int:
    """The number in a count reply, with or without the `resource` wrapper (dossier 5.2)."""
    outer = block(value_of(body))
    held = text(block(outer.get("resource", outer)).get("count"))
    if held is None or not held.isdigit():
        raise msgspec.ValidationError("count")
    return int(held)
