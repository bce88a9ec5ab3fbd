"""Ready mappings: what a connector's folder brings for the usual installation of its SIS, as documents."""

import json
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from yellowbus.connectors.registry import manifest
from yellowbus.errors import NeedsAdmin


def document(system: str, kind: str) -> dict[str, Any]:
    """The ready mapping of `kind` for a system. Raises NeedsAdmin where its folder has none."""
    file = _file(system, kind)
    if not file.is_file():
        raise NeedsAdmin("ready-mapping-missing", kind=kind, system=manifest(system).label)
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def exists(system: str, kind: str) -> bool:
    return _file(system, kind).is_file()


def _file(system: str, kind: str) -> Traversable:
    return resources.files(f"yellowbus.connectors.{system}").joinpath("ready", f"{kind}.json")
