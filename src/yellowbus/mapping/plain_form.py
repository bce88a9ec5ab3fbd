"""Frozen dataclasses to plain values (dicts, lists, texts, numbers) and back, by their type hints.

A class that stands among others in one place (a step, an operand) says which it is by its `use`. Reading
refuses what it does not know, with the path to it, so that a slip in a hand-written document is not silently
lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from yellowbus.errors import NeedsAdmin

# Far beyond any mapping a person would make; a deeper document is an attack on the stack.
_DEEPEST = 40

Choices = Mapping[Any, Sequence[type]]
"""For a base class or a union: the classes that may stand there."""


def to_plain(value: Any) -> Any:
    """Plain values in the order of the fields; every field is written, so that a later default changes
    nothing.
    """
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if not is_dataclass(value):
        return value
    use = getattr(value, "use", None)
    named = {"use": use} if use else {}
    return named | {argument.name: to_plain(getattr(value, argument.name)) for argument in fields(value)}


def from_plain(kind: Any, data: Any, path: str, choices: Choices) -> Any:
    """A value of type `kind`. Raises NeedsAdmin with the path of the first thing that does not fit."""
    if path.count(".") > _DEEPEST:
        raise NeedsAdmin("mapping-too-deep", path=path)
    chosen = choices.get(kind)
    if chosen is not None:
        kind, data = _choose(chosen, data, path)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _one_of(kind, data, path)
    if is_dataclass(kind):
        return _instance(kind, data, path, choices)
    if get_origin(kind) is tuple:
        return _items(get_args(kind), data, path, choices)
    return _scalar(kind, data, path)


def _choose(classes: Sequence[type], data: Any, path: str) -> tuple[type, Any]:
    uses: dict[str, type] = {vars(each)["use"]: each for each in classes}
    if not isinstance(data, dict):
        raise _wrong(path, "an object with “use”")
    use = data.get("use")
    if not isinstance(use, str) or use not in uses:
        raise _wrong(f"{path}.use", f"one of {', '.join(uses)}")
    return uses[use], {key: value for key, value in data.items() if key != "use"}


def _instance(kind: Any, data: Any, path: str, choices: Choices) -> Any:
    if not isinstance(data, dict):
        raise _wrong(path, "an object")
    arguments, hints = _arguments(kind)
    for key in data:
        if key not in arguments:
            raise NeedsAdmin(
                "mapping-unknown-key", path=f"{path}.{key}", known=", ".join(arguments) or "none"
            )
    missing = [name for name, argument in arguments.items() if name not in data and _is_needed(argument)]
    if missing:
        raise _wrong(f"{path}.{missing[0]}", "given")
    given = {key: from_plain(hints[key], value, f"{path}.{key}", choices) for key, value in data.items()}
    return kind(**given)


@cache
def _arguments(kind: Any) -> tuple[dict[str, "Field[Any]"], dict[str, Any]]:
    return {argument.name: argument for argument in fields(kind)}, get_type_hints(kind)


def _is_needed(argument: "Field[Any]") -> bool:
    return argument.default is MISSING and argument.default_factory is MISSING


def _items(kinds: tuple[Any, ...], data: Any, path: str, choices: Choices) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise _wrong(path, "a list")
    if kinds[-1] is not Ellipsis and len(kinds) != len(data):
        raise _wrong(path, f"a list of {len(kinds)}")
    each = kinds if kinds[-1] is not Ellipsis else (kinds[0],) * len(data)
    return tuple(
        from_plain(kind, item, f"{path}[{place}]", choices)
        for place, (kind, item) in enumerate(zip(each, data, strict=True))
    )


def _one_of(kind: type[Enum], data: Any, path: str) -> Enum:
    for member in kind:
        if member.value == data and isinstance(data, str):
            return member
    raise _wrong(path, f"one of {', '.join(str(member.value) for member in kind)}")


def _scalar(kind: Any, data: Any, path: str) -> Any:
    allowed = get_args(kind) if isinstance(kind, UnionType) else (kind,)
    if type(data) not in allowed:
        names = {str: "a text", bool: "true or false", int: "a whole number", type(None): "null"}
        raise _wrong(path, " or ".join(names[each] for each in allowed))
    return data


def _wrong(path: str, expected: str) -> NeedsAdmin:
    return NeedsAdmin("mapping-wrong-value", path=path, expected=expected)
