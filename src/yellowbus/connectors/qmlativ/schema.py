"""What may stand in a profile. Every fault is told, each with the path to it; nothing in a profile is an expression."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from yellowbus.connectors.qmlativ.lines import Path

TYPES: Final = ("id", "int", "text", "bool", "date", "datetime", "decimal")
OFF: Final = "off"
NAMED: Final = ("@school_year", "@next_school_year", "@district", "@entity", "@today")
_PLACES: Final = frozenset(("root", "entity", "module", "object", "page", "size"))
_IDENTIFIER: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_JOIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*\.[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Wrong:
    """`path` leads to the value; `says` completes “must be” or stands alone."""

    path: Path
    says: str


Rule = Callable[[object, Path], Iterator[Wrong]]


def _is(kind: type, words: str, *, fits: Callable[[object], bool] = lambda _: True) -> Rule:
    def rule(value: object, path: Path) -> Iterator[Wrong]:
        if type(value) is not kind or not fits(value):
            yield Wrong(path, f"must be {words}")

    return rule


def _one_of(*words: str) -> Rule:
    return _is(str, "one of " + ", ".join(f"“{word}”" for word in words), fits=lambda value: value in words)


def _whole(least: int, most: int) -> Rule:
    def fits(value: object) -> bool:
        return isinstance(value, int) and least <= value <= most

    return _is(int, f"a whole number from {least} to {most}", fits=fits)


def _list_of(rule: Rule, *, least: int = 0) -> Rule:
    def listed(value: object, path: Path) -> Iterator[Wrong]:
        if not isinstance(value, list) or len(value) < least:
            yield Wrong(path, "must be a list" + (" that is not empty" if least else ""))
            return
        for number, item in enumerate(value):
            yield from rule(item, (*path, number))

    return listed


def _map_of(rule: Rule, named: Rule | None = None) -> Rule:
    def mapped(value: object, path: Path) -> Iterator[Wrong]:
        if not isinstance(value, dict):
            yield Wrong(path, "must be a table")
            return
        for key, item in value.items():
            if named is not None:
                yield from named(key, (*path, key))
            yield from rule(item, (*path, key))

    return mapped


def _table(keys: Mapping[str, Rule], needed: tuple[str, ...] = ()) -> Rule:
    def rule(value: object, path: Path) -> Iterator[Wrong]:
        if not isinstance(value, dict):
            yield Wrong(path, "must be a table")
            return
        for key in needed:
            if key not in value:
                yield Wrong(path, f"lacks the key “{key}”")
        for key, item in value.items():
            known = keys.get(key)
            if known is None:
                yield Wrong((*path, key), f"is not a key here; known are {', '.join(keys)}")
            else:
                yield from known(item, (*path, key))

    return rule


def _pattern(value: object, path: Path) -> Iterator[Wrong]:
    """A path of the API: places in braces are filled in, and there is nothing else to them."""
    if not isinstance(value, str) or not value.startswith("/"):
        yield Wrong(path, "must be a path that begins with /")
        return
    for place in re.findall(r"\{([^}]*)\}", value):
        if place not in _PLACES:
            yield Wrong(path, f"has no place named “{place}”; known are {', '.join(sorted(_PLACES))}")


def _held(value: object, path: Path) -> Iterator[Wrong]:
    if not isinstance(value, str) or (value.startswith("@") and value not in NAMED):
        yield Wrong(path, f"must be a text, or one of {', '.join(NAMED)}")


def _day_format(value: object, path: Path) -> Iterator[Wrong]:
    if not isinstance(value, str) or not value.isascii():
        yield Wrong(path, "must be a date format such as %Y-%m-%d")
        return
    if date(2025, 12, 31).strftime(value) == date(2024, 11, 30).strftime(value):
        yield Wrong(path, "must be a date format such as %Y-%m-%d")


def _field(value: object, path: Path) -> Iterator[Wrong]:
    if isinstance(value, dict):
        yield from _table({"type": _one_of(*TYPES), "as": _name}, needed=("type",))(value, path)
    else:
        yield from _one_of(*TYPES, OFF)(value, path)


_text: Final = _is(str, "a text")
_flag: Final = _is(bool, "true or false")
_name: Final = _is(
    str, "a name of letters and digits", fits=lambda value: bool(_IDENTIFIER.fullmatch(str(value)))
)
_join: Final = _is(
    str, "a join and a field, as in Student.NameID", fits=lambda value: bool(_JOIN.fullmatch(str(value)))
)
_texts: Final = _map_of(_text)

_OBJECT: Final = _table(
    {
        "module": _name,
        "object": _name,
        "key": _name,
        "use": _flag,
        "fields": _map_of(_field, named=_name),
        "required": _list_of(_name),
        "only": _map_of(_held, named=_name),
        "parameters": _map_of(_held, named=_name),
        "in_each_entity": _flag,
    },
    needed=("module", "object", "key", "fields"),
)
_NODE: Final = _table(
    {
        "object": _text,
        "via": _join,
        "on": _name,
        "order": _list_of(_text),
        "where": _map_of(_text, named=_name),
        "most": _whole(1, 9),
        "shown": _flag,
        "use": _flag,
    },
    needed=("object",),
)
_NODES: Final = _map_of(_NODE, named=_name)
PROFILE: Final = _table(
    {
        "format": _whole(1, 1),
        "token": _table(
            {
                "url": _text,
                "styles": _list_of(_one_of("basic_post", "body_post", "basic_get"), least=1),
                "scopes": _text,
                "vendor_value_in": _one_of("form", "header"),
                "vendor_value_name": _text,
                "expired_statuses": _list_of(_whole(400, 599)),
                "expired_texts": _list_of(_text),
                "form": _texts,
                "headers": _texts,
            }
        ),
        "request": _table({"headers": _texts}),
        "paths": _table(
            {"roots": _list_of(_name, least=1), "metadata": _pattern, "fields": _pattern, "list": _pattern}
        ),
        "lists": _table(
            {
                "by": _one_of("search", "get"),
                "search_fields": _one_of("repeated", "indexed"),
                "objects": _text,
                "next": _text,
                "page_size": _whole(1, 10_000),
                "max_pages": _whole(1, 100_000),
                "at_once": _whole(1, 8),
                "lacking_fields": _one_of("stop", "blank"),
                "query": _map_of(_held),
            }
        ),
        "conditions": _table(dict.fromkeys(TYPES, _name)),
        "years": _table({"numeric": _one_of("ending", "starting")}),
        "dates": _table({"read": _list_of(_day_format)}),
        "errors": _table({"texts": _list_of(_text)}),
        "phones": _table(dict.fromkeys(("home", "mobile", "work"), _list_of(_text))),
        "objects": _map_of(_OBJECT),
        "students": _NODES,
        "contacts": _NODES,
        "schools": _NODES,
        "codes": _map_of(_table({"value": _name, "label": _name}, needed=("value", "label"))),
    }
)


def wrong(profile: object) -> list[Wrong]:
    """Everything that is wrong with the form of a whole profile."""
    return list(PROFILE(profile, ()))
