"""A OneRoster 1.1 and 1.2 provider as the dossier describes them: written from documents, sharing no code with
the connector.
"""

from yellowbus.simulators.faults import Fault, FaultKind, Faults
from yellowbus.simulators.oneroster.options import (
    AgentSide,
    BadField,
    ErrorShape,
    GradeForm,
    Href,
    LinkForm,
    Login,
    Options,
    Signing,
)
from yellowbus.simulators.oneroster.server import OneRoster, serve, serve_app

__all__ = [
    "AgentSide",
    "BadField",
    "ErrorShape",
    "Fault",
    "FaultKind",
    "Faults",
    "GradeForm",
    "Href",
    "LinkForm",
    "Login",
    "OneRoster",
    "Options",
    "Signing",
    "serve",
    "serve_app",
]
