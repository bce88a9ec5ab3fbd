"""A profile's layers for people: what is wrong with them, what they come to, and what they change.

`yellowbus qmlativ profile show / check / diff` print what `show`, `check` and `diff` return.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from yellowbus.connectors.qmlativ.lines import Path, line_of
from yellowbus.connectors.qmlativ.permissions import BadPermissionFile, readable
from yellowbus.connectors.qmlativ.profile import (
    CONTACT_HIDDEN,
    CONTACT_ROOT,
    TREES,
    Data,
    Profile,
    built_in,
    merged,
    profile_of,
)
from yellowbus.connectors.qmlativ.schema import OFF, Wrong, wrong
from yellowbus.errors import NeedsAdmin

OVERRIDE: Final = "override file"
PERMISSIONS: Final = "permission file"
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_LINE: Final = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one layer. `line` is counted from 1."""

    layer: str
    line: int
    says: str

    def __str__(self) -> str:
        return f"{self.layer}, line {self.line}: {self.says}"


def check(override: str = "", permissions: str = "") -> list[Fault]:
    """Everything wrong with the two files, in the order of their lines; nothing where they can be used."""
    faults = sorted(_override_faults(override), key=lambda fault: fault.line)
    try:
        if permissions.strip():
            readable(permissions)
    except BadPermissionFile as error:
        faults.append(Fault(PERMISSIONS, error.line, f"{error.reason}."))
    return faults


def load(override: str = "", permissions: str = "") -> Profile:
    """The profile of the built-in one, the override and the permissions. Raises NeedsAdmin for the first fault."""
    if faults := check(override, permissions):
        first = faults[0]
        raise NeedsAdmin("qmlativ-profile", layer=first.layer, line=first.line, says=first.says)
    return profile_of(_merged(override), permissions)


def show(override: str = "", permissions: str = "") -> str:
    """The profile in force as TOML; what the permission file does not grant is switched off in it."""
    return toml(_with_grants(load(override, permissions)))


def diff(override: str = "", permissions: str = "") -> list[str]:
    """What the layers change of the built-in profile, one line a value."""
    ours = dict(_leaves(built_in()))
    theirs = dict(_leaves(_with_grants(load(override, permissions))))
    changed = [path for path in {**ours, **theirs} if ours.get(path) != theirs.get(path)]
    return [f"{_dotted(path)}: {_or_none(ours, path)} -> {_or_none(theirs, path)}" for path in changed]


def toml(data: Data) -> str:
    r"""Plain values as TOML: values first, then tables, each with its whole name.

    >>> toml({"lists": {"by": "get", "query": {}}})
    '[lists]\nby = "get"\n\n[lists.query]\n\n'
    """
    return "\n".join(_toml(data, ())) + "\n"


def _merged(override: str) -> Data:
    return merged(built_in(), tomllib.loads(override))


def _override_faults(override: str) -> Iterator[Fault]:
    try:
        told = tomllib.loads(override)
    except tomllib.TOMLDecodeError as error:
        yield _syntax(override, str(error))
        return
    whole = merged(built_in(), told)
    found = wrong(whole) or list(_dangling(whole))
    for each in found:
        says = f"{_dotted(each.path)} {each.says}."
        yield Fault(OVERRIDE, line_of(override, each.path) or 1, says)


def _syntax(text: str, said: str) -> Fault:
    told = _LINE.search(said)
    line = int(told[1]) if told and told[1] else max(1, len(text.splitlines()))
    return Fault(OVERRIDE, line, f"this is not TOML ({_LINE.sub('', said).strip().lower()}).")


def _dangling(data: Data) -> Iterator[Wrong]:
    """What is named and not there: objects of joins, fields of objects, joins of joins."""
    for name in data["objects"]:
        yield from _dangling_fields(data["objects"][name], ("objects", name))
    for tree in TREES:
        yield from _dangling_joins(data, tree)
    for name in data["codes"]:
        if name not in data["objects"]:
            yield Wrong(("codes", name), "is no object of the profile")


def _dangling_fields(told: Data, at: Path) -> Iterator[Wrong]:
    named = [(part, field) for part in ("required", "only") for field in told.get(part, ())]
    for part, field in named:
        if field not in {told["key"], *told["fields"]}:
            yield Wrong((*at, part), f"names {field}, which is no field of the object")
        elif told["fields"].get(field) == OFF:
            yield Wrong((*at, "fields", field), "cannot be off, since the object is read by it")


def _dangling_joins(data: Data, tree: str) -> Iterator[Wrong]:
    root = {*CONTACT_ROOT, *CONTACT_HIDDEN} if tree == "contacts" else set()
    known: dict[str, set[str]] = {"Contact": root} if root else {}
    for alias, join in data[tree].items():
        at = (tree, alias)
        table = data["objects"].get(join["object"])
        if table is None:
            yield Wrong((*at, "object"), f"names {join['object']}, which is no object of the profile")
            continue
        fields = {table["key"], *table["fields"]}
        unknown = [(key, field) for key, field in _named(join) if field not in fields]
        yield from (
            Wrong((*at, key), f"names {field}, which is no field of {join['object']}")
            for key, field in unknown
        )
        parent, _, field = join.get("via", "").partition(".")
        if parent and field not in known.get(parent, ()):
            yield Wrong((*at, "via"), f"names {join['via']}, which was not joined before")
        if not parent and known:
            yield Wrong(at, "lacks the key “via”")
        known[alias] = fields


def _named(join: Data) -> Iterator[tuple[str, str]]:
    """The fields that a join names of its own object, each with the key that names it."""
    if "on" in join:
        yield "on", join["on"]
    yield from (("order", each.lstrip("-")) for each in join.get("order", ()))
    yield from (("where", each) for each in join.get("where", {}))


def _with_grants(profile: Profile) -> Data:
    data = merged(profile.data, {})
    for name, told in profile.data["objects"].items():
        table = profile.tables.get(name)
        if table is None:
            data = merged(data, {"objects": {name: {"use": False}}})
            continue
        off = {each: OFF for each in told["fields"] if each in table.columns and not table.may_read(each)}
        data = merged(data, {"objects": {name: {"fields": off}}})
    return data


def _leaves(data: Any, path: Path = ()) -> Iterator[tuple[Path, object]]:
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from _leaves(value, (*path, key))
    else:
        yield path, data


def _or_none(leaves: dict[Path, object], path: Path) -> str:
    return _value(leaves[path]) if path in leaves else "nothing"


def _toml(data: Data, path: tuple[str, ...]) -> Iterator[str]:
    tables = {key: value for key, value in data.items() if isinstance(value, dict)}
    values = {key: value for key, value in data.items() if key not in tables}
    if path and (values or not tables):
        yield f"[{'.'.join(_key(part) for part in path)}]"
    yield from (f"{_key(key)} = {_value(value)}" for key, value in values.items())
    if values or (path and not tables):
        yield ""
    for key, value in tables.items():
        yield from _toml(value, (*path, key))


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)


@lru_cache(maxsize=1024)
def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in plain) + '"'


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    if isinstance(value, dict):
        return "{}"
    return _quoted(value) if isinstance(value, str) else str(value)


def _dotted(path: Path) -> str:
    return ".".join(str(part) for part in path)
