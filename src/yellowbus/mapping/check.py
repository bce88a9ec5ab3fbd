"""Whether a mapping is complete and can work, said in words before any run."""

from collections.abc import Iterator

from yellowbus.catalog import Field
from yellowbus.mapping.model import FieldRule, MappingType
from yellowbus.mapping.steps import Fault, faults
from yellowbus.mapping.transforms import MatchCodes


def rule_faults(rule: FieldRule, field: Field) -> Iterator[Fault]:
    """What is wrong with one mapped rule by itself."""
    if rule.source is None and (not rule.steps or rule.steps[0].needs_source):
        yield Fault("source-missing", {})
    if rule.type is MappingType.TRANSFORMATION and not rule.steps:
        yield Fault("transformation-missing", {})
    if rule.type is MappingType.DIRECT and rule.steps:
        yield Fault("direct-with-steps", {})
    if rule.type is MappingType.MATCH_CODES and not (rule.steps and isinstance(rule.steps[-1], MatchCodes)):
        yield Fault("codes-empty", {})
    if rule.overwrite and field.identity:
        yield Fault("overwrite-refused", {})
    yield from faults(rule.steps)
