"""A Skyward Qmlativ instance as the dossier describes it: written from documents, sharing no code with the
connector.
"""

from yellowbus.simulators.faults import Fault, FaultKind, Faults
from yellowbus.simulators.qmlativ.access import Access, AuthenticationType
from yellowbus.simulators.qmlativ.options import (
    Blank,
    Envelope,
    Literals,
    Markers,
    NextAtEnd,
    Options,
    Place,
    Refusing,
    TokenStyle,
)
from yellowbus.simulators.qmlativ.permissions import Permissions, read_permissions
from yellowbus.simulators.qmlativ.server import Qmlativ, serve, serve_app
from yellowbus.simulators.qmlativ.state import BASE, UI

__all__ = [
    "BASE",
    "UI",
    "Access",
    "AuthenticationType",
    "Blank",
    "Envelope",
    "Fault",
    "FaultKind",
    "Faults",
    "Literals",
    "Markers",
    "NextAtEnd",
    "Options",
    "Permissions",
    "Place",
    "Qmlativ",
    "Refusing",
    "TokenStyle",
    "read_permissions",
    "serve",
    "serve_app",
]
