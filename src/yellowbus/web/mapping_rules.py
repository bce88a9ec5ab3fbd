"""What a person meant by changing one box of a row: the new rule of the field."""

from collections.abc import Mapping
from dataclasses import replace

from yellowbus.catalog import Catalog, Field, FieldType
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.model import FieldRule, MappingType
from yellowbus.mapping.model import Mapping as FieldMapping
from yellowbus.mapping.steps import Transform
from yellowbus.mapping.transforms import Date, EnrollSchoolYear, MatchCodes, PhoneNumber, Today
from yellowbus.records import WriteRule
from yellowbus.web.mapping_editing import Editing
from yellowbus.web.mapping_sight import Sight

# The transformation that a field of this type starts with (enroll-sync 4.6.4).
_FIRST: Mapping[FieldType, Transform] = {
    FieldType.DATE: Date(),
    FieldType.PHONE: PhoneNumber(),
    FieldType.YEAR: EnrollSchoolYear(),
}


def rule_of(editing: Editing, name: str) -> FieldRule:
    """The rule of a field now. Raises NeedsAdmin for a field that neither Enroll nor the mapping has."""
    return rule_in(editing.mapping, editing.catalog, name)


def rule_in(mapping: FieldMapping, catalog: Catalog, name: str) -> FieldRule:
    """The same of a mapping."""
    found = next((rule for rule in mapping.rules if rule.field == name), None)
    field = catalog.fields.get(name)
    if found is None and field is None:
        raise NeedsAdmin("field-unknown", field=name, advice="Choose a field from the list of the page.")
    return found or FieldRule(name, write_rule=field.write_rule if field else WriteRule.ALWAYS)


def edited(now: FieldRule, field: Field | None, given: Mapping[str, str], seen: Sight) -> FieldRule:
    """The rule as the boxes of the row say it; boxes that the row does not have keep what there was."""
    source = seen.find(given.get("source", now.source or "")) or None
    kind = _type(now, given.get("type", now.type.value), source)
    rule = replace(now, type=kind, source=source)
    if kind is not now.type:
        rule = replace(rule, steps=_steps(rule, field))
    if now.mapped and "write" in given:  # the row had the boxes
        overwrite = "overwrite" in given and not (field and field.identity)
        rule = replace(rule, overwrite=overwrite, write_rule=_write_rule(given["write"], now))
    return rule if rule.mapped else replace(rule, overwrite=False)


def _type(now: FieldRule, asked: str, source: str | None) -> MappingType:
    """A source that was chosen for a field nobody mapped maps it; a Direct field without a source is not mapped."""
    kind = next((each for each in MappingType if each.value == asked), now.type)
    if kind is now.type is MappingType.DO_NOT_MAP and source and source != now.source:
        return MappingType.DIRECT
    if kind is now.type is MappingType.DIRECT and not source:
        return MappingType.DO_NOT_MAP
    return kind


def _write_rule(asked: str, now: FieldRule) -> WriteRule:
    return next((each for each in WriteRule if each.value == asked), now.write_rule)


def _steps(rule: FieldRule, field: Field | None) -> tuple[Transform, ...]:
    """What the steps become when the Mapping Type changes: what still fits is kept."""
    if rule.type is MappingType.DO_NOT_MAP:
        return rule.steps
    if rule.type is MappingType.DIRECT:
        return ()
    if rule.type is MappingType.MATCH_CODES:
        return rule.steps if _ends_in_codes(rule) else (*rule.steps, MatchCodes())
    return rule.steps or _first(rule, field)


def _ends_in_codes(rule: FieldRule) -> bool:
    return bool(rule.steps) and isinstance(rule.steps[-1], MatchCodes)


def _first(rule: FieldRule, field: Field | None) -> tuple[Transform, ...]:
    """A transformation to start with, where the kind of field suggests one."""
    if field is not None and field.type is FieldType.DATE and not rule.source:
        return (Today(),)
    step = _FIRST.get(field.type) if field else None
    return (step,) if step else ()
