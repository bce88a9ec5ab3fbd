"""What the Student Examples are called, by the mapping that is saved."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from yellowbus.catalog import Catalog
from yellowbus.enroll import students
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping import live
from yellowbus.mapping.model import Mapping
from yellowbus.mapping.steps import Context
from yellowbus.setup import mappings
from yellowbus.setup.examples import Example
from yellowbus.setup.models import Connection

_NAMES = ("students.fname", "students.lname")
_ANY_DAY = Context(date(2000, 1, 1), 2000)  # no name depends on the day


def names_of(connection: Connection, found: Sequence[Example]) -> dict[str, str]:
    """The name of each example by its id; "" where the mapping does not say, or where the SIS has no such student."""
    if not found:
        return {}
    try:
        mapping = mappings.mapping_of(mappings.current(connection, "students"))
    except NeedsAdmin:
        return dict.fromkeys((each.key for each in found), "")
    rules = tuple(rule for rule in mapping.rules if rule.field in _NAMES)
    only = replace(mapping, rules=rules, contact_slots=())
    catalog = students.catalog_of("students", connection.instance_id)
    return {each.key: _name(catalog, only, each) for each in found}


def _name(catalog: Catalog, mapping: Mapping, example: Example) -> str:
    if example.record is None:
        return ""
    traces = live.traces(mapping, catalog, _ANY_DAY, example.record, kept={})
    told = (traces[name].result for name in _NAMES if name in traces)
    return " ".join(value for value in told if isinstance(value, str))
