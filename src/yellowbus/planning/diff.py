"""What would change: mapped values against what Enroll holds, field by field."""

from collections.abc import Mapping
from typing import TypeAlias

from yellowbus.records import Value, WriteRule

Changes: TypeAlias = dict[str, tuple[Value, Value]]


def diff(
    values: Mapping[str, Value], current: Mapping[str, Value] | None, rules: Mapping[str, WriteRule]
) -> Changes:
    """The fields that change, as {field: (before, after)} in the order of `values`.

    `values` are mapped: an absent field stays, None clears (the mapping leaves a blank out unless Overwrite
    is set). `current` is what the student holds, blank fields absent; None for a student to be created.
    `rules` names only the fields whose write rule is not ALWAYS. Called once per record of a district: the
    usual answer, that nothing changes, is found without building anything.
    """
    if current is None:
        return _created(values, rules)
    if values.items() <= current.items():
        return {}
    get = current.get
    changes: Changes = {
        field: (before, after) for field, after in values.items() if (before := get(field)) != after
    }
    for field in changes.keys() & rules.keys():
        if not _may_update(rules[field], changes[field][0]):
            del changes[field]
    return changes


def _created(values: Mapping[str, Value], rules: Mapping[str, WriteRule]) -> Changes:
    changes: Changes = {field: (None, after) for field, after in values.items() if after is not None}
    for field in changes.keys() & rules.keys():
        if rules[field] is WriteRule.NEVER:
            del changes[field]
    return changes


def _may_update(rule: WriteRule, before: Value) -> bool:
    return rule is WriteRule.ALWAYS or (rule is WriteRule.IF_BLANK and before is None)


def may_write(rule: WriteRule | None, before: Value, *, creates: bool) -> bool:
    """Whether a rule, None for the usual one, lets a value be written over `before`."""
    if creates:
        return rule is not WriteRule.NEVER
    return rule is None or _may_update(rule, before)
