"""What exists on the Enroll side: its fields, its codes and what a value of each field looks like."""

from yellowbus.catalog.codes import Code, CodeSet, code_set, code_sets
from yellowbus.catalog.load import KINDS, SLOTS, catalog, is_custom, resolve
from yellowbus.catalog.model import Catalog, Field, FieldType, Section
from yellowbus.catalog.values import ValueRefused, checker

__all__ = [
    "KINDS",
    "SLOTS",
    "Catalog",
    "Code",
    "CodeSet",
    "Field",
    "FieldType",
    "Section",
    "ValueRefused",
    "catalog",
    "checker",
    "code_set",
    "code_sets",
    "is_custom",
    "resolve",
]
