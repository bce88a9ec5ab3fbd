"""A mapping as a plain document, for storage, for JSON out and in, and for its history."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from yellowbus.catalog import resolve
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.model import Mapping
from yellowbus.mapping.plain_form import Choices, from_plain, to_plain
from yellowbus.mapping.steps import Transform
from yellowbus.mapping.transforms import TRANSFORMS
from yellowbus.mapping.transforms.conditions import Condition, Group, Test
from yellowbus.mapping.transforms.operands import BRANCHES, OPERANDS, Branch, Operand

FORMAT: Final = 1
"""Raised when an older Yellowbus could misread what a newer one writes."""

_CHOICES: Choices = {Transform: TRANSFORMS, Operand: OPERANDS, Branch: BRANCHES, Test: (Condition, Group)}
_MISSING: Final = object()


def to_document(mapping: Mapping) -> dict[str, Any]:
    """The mapping as values that JSON can hold, always in the same order."""
    return {"format": FORMAT, **to_plain(mapping)}


def from_document(document: Any) -> Mapping:
    """The mapping of a document; names of Enroll fields may be aliases of any case.

    Raises NeedsAdmin: "mapping-newer" for a later format, else with the path to what is not understood.
    """
    if not isinstance(document, dict):
        raise NeedsAdmin("mapping-wrong-value", path="document", expected="an object")
    form = document.get("format")
    if type(form) is not int or form < 1:
        raise NeedsAdmin("mapping-wrong-value", path="document.format", expected="a whole number, 1 or more")
    if form > FORMAT:
        raise NeedsAdmin("mapping-newer", format=form, known=FORMAT)
    body = {key: value for key, value in document.items() if key != "format"}
    return _canonical(from_plain(Mapping, body, "document", _CHOICES))


def _canonical(mapping: Mapping) -> Mapping:
    if mapping.kind not in ("students", "schools"):
        raise NeedsAdmin("mapping-wrong-value", path="document.kind", expected="students or schools")
    rules = tuple(replace(rule, field=resolve(rule.field)) for rule in mapping.rules)
    return replace(mapping, rules=rules)


def diff_documents(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What changed from one document to the other, a line each, for the history of a mapping."""
    return list(_differences("", _by_name(before), _by_name(after)))


def _by_name(document: dict[str, Any]) -> dict[str, Any]:
    """Rules and slots under their names, so that a moved line is no change."""
    rules = {rule["field"]: rule for rule in document.get("rules", ())}
    slots = {
        slot["slot"]: slot | {"rules": {rule["field"]: rule for rule in slot.get("rules", ())}}
        for slot in document.get("contact_slots", ())
    }
    return rules | slots


def _differences(name: str, before: Any, after: Any) -> Iterator[str]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            inner = f"{name}: {key}" if name else key
            yield from _differences(inner, before.get(key, _MISSING), after.get(key, _MISSING))
    elif after is _MISSING:
        yield f"{name}: removed"
    elif before is _MISSING:
        yield f"{name}: added, {_told(after)}"
    else:
        yield f"{name}: {_told(before)} became {_told(after)}"


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(
            f"{key} {_told(item)}" for key, item in value.items() if item not in (None, "", [], False)
        )
    if isinstance(value, list):
        return " then ".join(_told(item) for item in value) or "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return "none" if value in (None, "") else f"“{value}”"
