"""Where the command line takes credentials from: open ones as arguments, secret ones never."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from yellowbus.errors import NeedsAdmin

if TYPE_CHECKING:
    from yellowbus.cli.command import Session
    from yellowbus.connectors.registry import Manifest


def variable(name: str) -> str:
    """The environment variable of a credential.

    >>> variable("client_secret")
    'YELLOWBUS_CLIENT_SECRET'
    """
    return f"YELLOWBUS_{name.upper()}"


def open_ones(described: "Manifest", given: Iterable[str]) -> dict[str, str]:
    """Credentials given as name=value. Raises NeedsAdmin if one of them is secret, whatever its value."""
    pairs = dict(_pair(text) for text in given)
    secret = sorted(pairs.keys() & described.secrets)
    if secret:
        variables = ", ".join(map(variable, secret))
        raise NeedsAdmin("secret-as-argument", names=", ".join(secret), variables=variables)
    return pairs


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise NeedsAdmin("setting-not-pair")
    return name.strip(), value.strip()


def gather(at: "Session", described: "Manifest", given: Iterable[str], file: str) -> dict[str, str]:
    """All credentials at hand: arguments, the environment, then the file, and at a terminal what a person types in."""
    found = open_ones(described, given)
    from_environment = {
        box.name: os.environ[variable(box.name)]
        for box in described.credentials
        if variable(box.name) in os.environ
    }
    found = from_environment | found | (_from_file(file) if file else {})
    if at.interactive:
        found |= _asked(described, found)
    return found


def _from_file(file: str) -> dict[str, str]:
    """A JSON object, or lines of name=value. "-" is standard input."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
        if text.lstrip().startswith("{"):
            return {str(name): str(value) for name, value in json.loads(text).items()}
    except (OSError, ValueError) as error:
        raise NeedsAdmin("secrets-file-not-read", file=file, reason=_reason(error)) from None
    lines = (line.strip() for line in text.splitlines())
    return dict(_pair(line) for line in lines if line and not line.startswith("#"))


def _reason(error: Exception) -> str:
    """Why, and nothing of what stands in the file."""
    return (
        (error.strerror or "it cannot be opened")
        if isinstance(error, OSError)
        else "it is not UTF-8 or not JSON"
    )


def _asked(described: "Manifest", found: Mapping[str, str]) -> dict[str, str]:
    return {
        box.name: typer.prompt(box.label, hide_input=box.secret, err=True)
        for box in described.credentials
        if box.required and not box.default and box.name not in found
    }
