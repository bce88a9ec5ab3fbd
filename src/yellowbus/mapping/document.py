"""A mapping as a plain document, for storage, for JSON out and in, and for its history."""

import json
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final, cast

from yellowbus.catalog import resolve
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.history import diff_documents
from yellowbus.mapping.model import EXPORT, FieldRule, Mapping
from yellowbus.mapping.plain_form import Choices, from_plain, to_plain
from yellowbus.mapping.steps import Transform
from yellowbus.mapping.transforms import TRANSFORMS
from yellowbus.mapping.transforms.conditions import Condition, Group, Test
from yellowbus.mapping.transforms.operands import BRANCHES, OPERANDS, Branch, Operand

__all__ = ["FORMAT", "diff_documents", "from_document", "to_document"]

FORMAT: Final = 1
"""Raised when an older Yellowbus could misread what a newer one writes."""

_CHOICES: Choices = {Transform: TRANSFORMS, Operand: OPERANDS, Branch: BRANCHES, Test: (Condition, Group)}


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
    return _canonical(_read(body))


def _read(body: dict[str, Any]) -> Mapping:
    """Rule by rule: a page that changes one of three hundred has the others in memory."""
    try:
        given = body["rules"] if isinstance(body["rules"], list) else [None]
        rules = tuple(_rule(json.dumps(rule)) for rule in given)
        rest = from_plain(Mapping, body | {"rules": []}, "document", _CHOICES)
    except (
        NeedsAdmin,
        KeyError,
        TypeError,
        ValueError,
        RecursionError,
    ):  # said with the place where it does not fit
        return cast("Mapping", from_plain(Mapping, body, "document", _CHOICES))
    return replace(cast("Mapping", rest), rules=rules)


@lru_cache(maxsize=8192)
def _rule(text: str) -> FieldRule:
    return cast("FieldRule", from_plain(FieldRule, json.loads(text), "document.rules", _CHOICES))


def _canonical(mapping: Mapping) -> Mapping:
    if mapping.kind == EXPORT:
        return replace(mapping, rules=tuple(map(_from_enroll, mapping.rules)))
    if mapping.kind not in ("students", "schools"):
        raise NeedsAdmin("mapping-wrong-value", path="document.kind", expected="students, schools or export")
    return replace(mapping, rules=tuple(map(_to_enroll, mapping.rules)))


def _to_enroll(rule: FieldRule) -> FieldRule:
    name = resolve(rule.field)
    return rule if name == rule.field else replace(rule, field=name)


def _from_enroll(rule: FieldRule) -> FieldRule:
    """A rule whose source is Enroll's. What Enroll does not know is found by the check, with the field it is for."""
    if rule.source is None:
        return rule
    try:
        return replace(rule, source=resolve(rule.source))
    except NeedsAdmin:
        return replace(rule, source=rule.source.strip())
