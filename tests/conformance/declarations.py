"""What each connector says of the checks, in the conformance.toml of its folder."""

import tomllib
from importlib import resources
from typing import Any


def sentence(function: str) -> str:
    return function.removeprefix("test_").replace("_", " ")


def declared(system: str) -> dict[str, str]:
    """What the connector says of each check of reading: "done", or "exempt: " and why."""
    return {check: said for check, said in _told(system).items() if check != "writing"}


def writing_declared(system: str) -> dict[str, str] | str:
    """The same of each check of writing; one "exempt: " and why for a connector that does not write."""
    told: dict[str, str] | str = _told(system).get("writing", {})
    return told


def writes(system: str, check: str) -> bool:
    """Does the connector say that it passes this check of writing?"""
    told = writing_declared(system)
    return isinstance(told, dict) and told.get(check) == "done"


def _told(system: str) -> dict[str, Any]:
    file = resources.files(f"yellowbus.connectors.{system}").joinpath("conformance.toml")
    return tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
