"""The files that the set-up page offers, as manifest.toml declares them."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from yellowbus.connectors.powerschool.plugin import plugin_xml

_MADE: Final[Mapping[str, Callable[[], str]]] = {
    "plugin": partial(plugin_xml, access_level=True),
    "plugin-older": partial(plugin_xml, access_level=False),
}


def made(name: str) -> str:
    """The text of the file. Raises KeyError for a name that is none."""
    return _MADE[name]()
