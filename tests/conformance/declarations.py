"""What each connector says of the checks, in the conformance.toml of its folder."""

import tomllib
from importlib import resources


def sentence(function: str) -> str:
    return function.removeprefix("test_").replace("_", " ")


def declared(system: str) -> dict[str, str]:
    """What the connector says of each check: "done", or "exempt: " and why."""
    file = resources.files(f"yellowbus.connectors.{system}").joinpath("conformance.toml")
    return tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
