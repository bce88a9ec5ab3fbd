"""A form made from the arguments of a transformation, however deep they are nested, and read back from what was sent.

Whoever adds a transformation adds a dataclass; its boxes, labels and help come from there. Names are paths, as in
`steps.0.source_formats`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, replace
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

from django.http import QueryDict

from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.plain_form import to_plain
from yellowbus.mapping.steps import Transform
from yellowbus.mapping.transforms import TRANSFORMS
from yellowbus.mapping.transforms.conditions import Condition, Group, Test
from yellowbus.mapping.transforms.operands import BRANCHES, OPERANDS, Branch, Operand

CHOICES: Mapping[Any, Sequence[Any]] = {
    Transform: TRANSFORMS,
    Operand: OPERANDS,
    Branch: BRANCHES,
    Test: (Condition, Group),
}
STEPS: Any = tuple[Transform, ...]
_PAIRS = tuple[tuple[str, str], ...]
_LINES = tuple[str, ...]
_TITLES = {
    "field": "Source field",
    "text": "Text",
    "value-so-far": "The value so far",
    "transformation": "Transformations",
    "leave-unmapped": "Leave unmapped",
    "condition": "Condition",
    "group": "Group of conditions",
}


@dataclass(frozen=True, slots=True)
class Box:
    """One argument as the form shows it. `kind` names its template part; `boxes` are those inside it."""

    kind: str
    name: str
    label: str = ""
    help: str = ""
    value: Any = ""
    choices: tuple[tuple[str, str], ...] = ()
    boxes: tuple["Box", ...] = ()

    @property
    def place(self) -> str:
        """The place of an item of a list, from 1."""
        return str(int(self.name.rpartition(".")[2]) + 1)


def box(hint: Any, value: Any, name: str, *, label: str = "", help_text: str = "") -> Box:
    """The box for a value of type `hint`, with all that is inside it."""
    made = Box("text", name, label, help_text, value)
    if hint in CHOICES:
        return _choice(made, CHOICES[hint])
    if hint == _LINES:
        return replace(made, kind="lines", value="\n".join(value))
    if hint == _PAIRS:
        return replace(made, kind="pairs", value=(*value, ("", "")))
    if get_origin(hint) is tuple:
        return _list(made, get_args(hint)[0])
    if isinstance(hint, type) and issubclass(hint, Enum):
        words = tuple((each.value, in_words(each.value)) for each in hint)
        return replace(made, kind="options", value=value.value, choices=words)
    if name.endswith(".source_field"):
        return replace(made, kind="source", value=value or "")
    return replace(made, kind={bool: "check", int: "number"}.get(hint, "text"))


def _choice(made: Box, classes: Sequence[Any]) -> Box:
    chosen: Any = type(made.value)
    words = tuple((each.use, title(each)) for each in classes)
    return replace(
        made, kind="choice", value=chosen.use, choices=words, boxes=tuple(_boxes(made.value, made.name))
    )


def _list(made: Box, item: Any) -> Box:
    inside = tuple(box(item, each, f"{made.name}.{n}") for n, each in enumerate(made.value))
    words = tuple((each.use, title(each)) for each in CHOICES[item])
    return replace(made, kind="list", value=len(inside), choices=words, boxes=inside)


def _boxes(value: Any, name: str) -> Iterator[Box]:
    hints = get_type_hints(type(value))
    for each in fields(value):
        told = each.metadata
        inside = f"{name}.{each.name}"
        yield box(
            hints[each.name], getattr(value, each.name), inside, label=told["label"], help_text=told["help"]
        )


def title(kind: Any) -> str:
    """What a class is called where it is chosen."""
    return getattr(kind, "title", "") or _TITLES[kind.use]


def in_words(text: str) -> str:
    """A choice as a person reads it: pass-through is “Pass through”; a format stays as it is."""
    return text.replace("-", " ").capitalize() if text.replace("-", "").isalpha() else text


def read(hint: Any, given: QueryDict, name: str, *, label: str = "") -> Any:
    """What was sent for a value of type `hint`, as plain values. Raises NeedsAdmin for a number that is none."""
    if hint in CHOICES:
        return _read_choice(CHOICES[hint], given, name)
    if hint == _LINES:
        return [line.strip() for line in storable(given.get(name, "")).splitlines() if line.strip()]
    if hint == _PAIRS:
        pairs = zip(given.getlist(f"{name}.from"), given.getlist(f"{name}.to"), strict=False)
        return [[storable(one), storable(other)] for one, other in pairs if storable(one)]
    if get_origin(hint) is tuple:
        items = range(min(_whole(given.get(f"{name}.n") or "0", label), _MOST))
        return [read(get_args(hint)[0], given, f"{name}.{n}") for n in items]
    return _read_one(hint, given, name, label=label)


def storable(text: str) -> str:
    """The text without the one character that PostgreSQL keeps in no document."""
    return text.replace("\0", "")


def _read_one(hint: Any, given: QueryDict, name: str, *, label: str) -> Any:
    if hint is bool:
        return name in given
    text = storable(given.get(name, ""))
    if hint is int:
        return _whole(text, label)
    return None if hint == (str | None) and not text else text


def _read_choice(classes: Sequence[Any], given: QueryDict, name: str) -> dict[str, Any]:
    """What the boxes of the chosen class say; of one chosen just now, the boxes of the same name, else its defaults."""
    chosen = next((each for each in classes if each.use == given.get(f"{name}.use")), classes[0])
    hints, same = get_type_hints(chosen), given.get(f"{name}.was") == chosen.use
    found: dict[str, Any] = {"use": chosen.use}
    for each in fields(chosen):
        inside = f"{name}.{each.name}"
        if same or inside in given or f"{inside}.use" in given or f"{inside}.n" in given:
            found[each.name] = read(hints[each.name], given, inside, label=each.metadata["label"])
        else:
            found[each.name] = _default(each)
    return found


def _default(argument: "Field[Any]") -> Any:
    return "" if argument.default is MISSING else to_plain(argument.default)


def _whole(text: str, label: str) -> int:
    if not text.strip().lstrip("-").isdecimal() or len(text) > 9:
        raise NeedsAdmin("mapping-wrong-value", path=f"“{label}”", expected="a whole number")
    return int(text)


_MOST = 200  # items of one list: more than any person makes, few enough to read


def do(plain: list[Any], asked: str, given: QueryDict) -> None:
    """One press of a button in the form: `add:…`, `remove:…`, `up:…` or `down:…` with the path of a list or an item.

    Raises NeedsAdmin for a path that the form does not have.
    """
    verb, _, name = asked.partition(":")
    path, _, place = name.rpartition(".")
    try:
        if verb == "add":
            _at(plain, name).append(_new(given.get(f"{name}.new", "")))
        else:
            _VERBS[verb](_at(plain, path), int(place))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise NeedsAdmin("page-unknown") from None


def _new(use: str) -> dict[str, Any]:
    classes = [each for known in CHOICES.values() for each in known]
    chosen: Any = next((each for each in classes if vars(each).get("use") == use), classes[0])
    return {"use": use, **{each.name: _default(each) for each in fields(chosen)}}


def _at(plain: list[Any], name: str) -> Any:
    """The list at a path such as `steps.0.when.conditions`."""
    found: Any = {"steps": plain}
    for part in name.split("."):
        found = found[int(part)] if isinstance(found, list) else found[part]
    return found


def _swap(items: list[Any], one: int, other: int) -> None:
    if 0 <= one < len(items) and 0 <= other < len(items):
        items[one], items[other] = items[other], items[one]


_VERBS: Mapping[str, Callable[[list[Any], int], object]] = {
    "remove": lambda items, number: items.pop(number),
    "up": lambda items, number: _swap(items, number - 1, number),
    "down": lambda items, number: _swap(items, number, number + 1),
}
