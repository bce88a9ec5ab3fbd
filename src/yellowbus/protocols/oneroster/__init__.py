"""OneRoster 1.1 and 1.2 over REST, read only (oneroster dossier 1)."""

from yellowbus.protocols.oneroster.client import Client, Query
from yellowbus.protocols.oneroster.filters import both, changed_since, either, equals
from yellowbus.protocols.oneroster.versions import V1_1, V1_2, VERSIONS, Version, split_root

__all__ = [
    "V1_1",
    "V1_2",
    "VERSIONS",
    "Client",
    "Query",
    "Version",
    "both",
    "changed_since",
    "either",
    "equals",
    "split_root",
]
