"""Which kinds of SIS there are. Adding one is one folder and one line here; a test asserts that nothing else names it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module, resources
from types import ModuleType
from typing import Protocol

from yellowbus.connectors.base import Connector
from yellowbus.protocols.net import Door

SYSTEMS = ("powerschool", "aeries", "oneroster", "qmlativ", "flatfile")


@dataclass(frozen=True, slots=True)
class Credential:
    """One box of the connection form. A secret one is write-only; `path` names a file on the server."""

    name: str
    label: str
    help: str = ""
    secret: bool = False
    required: bool = True
    default: str = ""
    path: bool = False


@dataclass(frozen=True, slots=True)
class Download:
    """A file that the set-up of the SIS needs, made by `downloads.made(name)` of the connector's folder."""

    name: str
    label: str
    file: str
    type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is declared of a kind of SIS: `manifest.toml` of its folder, as values."""

    key: str
    label: str
    credentials: tuple[Credential, ...]
    steps: tuple[str, ...]
    capabilities: frozenset[str]
    in_flight: int
    per_second: float
    downloads: tuple[Download, ...] = ()

    @property
    def secrets(self) -> frozenset[str]:
        return frozenset(credential.name for credential in self.credentials if credential.secret)


def _module(system: str, name: str) -> ModuleType:
    return import_module(f"yellowbus.connectors.{system}.{name}")


@cache
def manifest(system: str) -> Manifest:
    """The manifest of one of SYSTEMS. Raises KeyError for another name."""
    if system not in SYSTEMS:
        raise KeyError(system)
    text = resources.files(f"yellowbus.connectors.{system}").joinpath("manifest.toml").read_text("utf-8")
    data = tomllib.loads(text)
    return Manifest(
        key=system,
        label=data["label"],
        credentials=tuple(Credential(**box) for box in data["credentials"]),
        steps=tuple(data.get("steps", ())),
        capabilities=frozenset(data["capabilities"]),
        in_flight=data.get("pace", {}).get("in_flight", 4),
        per_second=data.get("pace", {}).get("per_second", 20.0),
        downloads=tuple(Download(**file) for file in data.get("downloads", ())),
    )


def download(system: str, name: str) -> tuple[Download, str]:
    """A declared file and its text. Raises KeyError for one that is not declared."""
    declared = {each.name: each for each in manifest(system).downloads}[name]
    made: str = _module(system, "downloads").made(name)
    return declared, made


def open_connector(system: str, settings: Mapping[str, str], door: Door) -> Connector:
    """The connector of `system` with its credentials (a dict by credential name), speaking through `door`."""
    opened: Connector = _module(system, "connector").open(settings, door)
    return opened


class Ending(Protocol):
    """The last day of an access: in how many `days`, below 0 when it has passed, and which warning is due."""

    @property
    def day(self) -> date: ...
    @property
    def days(self) -> int: ...
    @property
    def stage(self) -> int: ...


def ending(system: str, settings: Mapping[str, str], today: date) -> Ending | None:
    """What the connection itself knows of the end of its access; None while it is far, or where none is known.

    Known only of a kind of SIS with the capability "expires", by `expiry.of` of its folder. Raises NeedsAdmin for a date
    that cannot be read.
    """
    if "expires" not in manifest(system).capabilities:
        return None
    found: Ending | None = _module(system, "expiry").of(settings, today)
    return found
