"""A PowerSchool SIS as the dossier describes it: written from documents, sharing no code with the
connector.
"""

from yellowbus.simulators.faults import Fault, FaultKind, Faults
from yellowbus.simulators.powerschool.options import Blank, Options, OverMaximum
from yellowbus.simulators.powerschool.server import PowerSchool, serve, serve_app

__all__ = [
    "Blank",
    "Fault",
    "FaultKind",
    "Faults",
    "Options",
    "OverMaximum",
    "PowerSchool",
    "serve",
    "serve_app",
]
