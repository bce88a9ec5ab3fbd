"""Ready mappings: what a connector's folder brings for the usual installation of its SIS, as documents."""

import json
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from yellowbus.connectors.registry import manifest
from yellowbus.errors import NeedsAdmin


def document(system: str, kind: str) -> dict[str, Any]:
    """The ready mapping of `kind` for a system. Raises NeedsAdmin where its folder has none."""
    file = file_of(system, kind)
    if not file.is_file():
        raise NeedsAdmin("ready-mapping-missing", kind=kind, system=manifest(system).label)
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def exists(system: str, kind: str) -> bool:
    return file_of(system, kind).is_file()


def file_of(system: str, name: str) -> Traversable:
    """A mapping document in the folder `ready` of a system, whether it is there or not."""
    return resources.files(f"yellowbus.connectors.{system}").joinpath("ready", f"{name}.json")
