"""What changed in a mapping as the pages say it: fields by their labels, not by the names of the document."""

from collections.abc import Mapping
from typing import Any

from yellowbus.catalog import SLOTS, Catalog
from yellowbus.mapping.history import diff_documents

GROUPS = {"guardian": "Guardian", "emergency": "Emergency Contact"}


def differences(catalog: Catalog, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """A line for each change, with the label of what changed."""
    return diff_documents(before, after, names=names_of(catalog))


def names_of(catalog: Catalog) -> dict[str, str]:
    """The labels of fields, of contact slots ("guardian1") and of what fills one ("fname"), by name."""
    fields = {name: field.label for name, field in catalog.fields.items()}
    slots = {f"{group}{n}": f"{label} {n}" for group, label in GROUPS.items() for n in SLOTS}
    parts: dict[str, str] = {}
    for name, label in fields.items():
        slot, _, part = name.rpartition(".")[2].partition("_")
        if slot in slots:
            parts[part] = label.removeprefix(slots[slot]).strip()
    return parts | slots | fields
