"""What changed between two documents of a mapping, in the words of the page."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any, Final

from yellowbus.mapping.transforms import TRANSFORMS

_MISSING: Final = object()
_CLASSES: Final = {each.use: each for each in TRANSFORMS}
_WORDS: Final = {
    "type": "Mapping Type",
    "source": "Source",
    "overwrite": "Overwrite",
    "write_rule": "Write Rule",
    "flags": "Flags",
    "relationships": "Relationships",
    "relationship_field": "Relationship field",
    "sort": "Order",
    "id_field": "SIS contact id",
}


def diff_documents(
    before: Mapping[str, Any], after: Mapping[str, Any], *, names: Mapping[str, str] = MappingProxyType({})
) -> list[str]:
    """What changed from one document to the other, a line each. The order of the fields is no change.

    `names` says what fields, contact slots and their parts are called, by their names in the document.
    """
    return list(_differences("", _told_document(before, names), _told_document(after, names)))


def _told_document(document: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    slots = document.get("contact_slots", ())
    told = {names.get(slot["slot"], slot["slot"]): _told_slot(slot, names) for slot in slots}
    return _told_rules(document, names) | told


def _told_rules(part: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    rules = part.get("rules", ())
    return {names.get(rule["field"], rule["field"]): _told_rule(rule) for rule in rules}


def _told_slot(slot: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return _in_words(slot, without=("slot", "rules")) | _told_rules(slot, names)


def _told_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    return _in_words(rule, without=("field", "steps")) | _told_steps(rule.get("steps", ()))


def _in_words(part: Mapping[str, Any], *, without: tuple[str, ...]) -> dict[str, Any]:
    return {_WORDS.get(key, key): value for key, value in part.items() if key not in without}


def _told_steps(steps: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Steps by their title; with their place where there are several, since their order counts."""
    told: dict[str, Any] = {}
    for place, step in enumerate(steps, 1):
        title = _CLASSES[step["use"]].title
        told[title if len(steps) == 1 else f"{place}. {title}"] = _told_arguments(step)
    return told


def _told_arguments(step: Mapping[str, Any]) -> dict[str, Any]:
    labels = {argument.name: argument.metadata["label"] for argument in fields(_CLASSES[step["use"]])}
    table = dict(step.get("table", ()))
    return {labels[key]: table if key == "table" else value for key, value in step.items() if key in labels}


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
        yield f"{name}: added{_details(after)}"
    else:
        yield f"{name}: {_told(before)} became {_told(after)}"


def _details(value: Any) -> str:
    told = _told(value)
    return f", {told}" if told not in ("", "none") else ""


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
