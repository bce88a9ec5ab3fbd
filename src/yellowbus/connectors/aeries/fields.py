"""The fields of fields.toml, and which parts of Aeries a choice of them needs."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from yellowbus.connectors.base import SourceField


@cache
def known(kind: str) -> tuple[SourceField, ...]:
    """The fields of one kind: "students", "contacts" or "schools"."""
    file = resources.files(__package__).joinpath("fields.toml")
    groups = tomllib.loads(file.read_text("utf-8"))[kind]
    return tuple(
        _field(name, told, group, contact=kind == "contacts")
        for group, fields in groups.items()
        for name, told in fields.items()
    )


def _field(name: str, told: str | Mapping[str, str], group: str, *, contact: bool) -> SourceField:
    facts = {"label": told} if isinstance(told, str) else dict(told)
    return SourceField(name=name, group=group, contact=contact, **facts)


@cache
def names(kind: str) -> frozenset[str]:
    return frozenset(field.name for field in known(kind))
