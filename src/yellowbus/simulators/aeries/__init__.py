"""An Aeries SIS as the dossier describes it: written from documents, sharing no code with the connector."""

from yellowbus.simulators.aeries.options import ByIdScope, Options, WrongRoot, roster_options
from yellowbus.simulators.aeries.security import AREAS, Product, Right, Type
from yellowbus.simulators.aeries.server import Aeries, serve, serve_app
from yellowbus.simulators.faults import Fault, FaultKind, Faults

__all__ = [
    "AREAS",
    "Aeries",
    "ByIdScope",
    "Fault",
    "FaultKind",
    "Faults",
    "Options",
    "Product",
    "Right",
    "Type",
    "WrongRoot",
    "roster_options",
    "serve",
    "serve_app",
]
