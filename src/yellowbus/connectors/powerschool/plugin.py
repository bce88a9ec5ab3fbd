"""The plugin that a PowerSchool administrator installs: ps_plugin.xml (powerschool dossier 3.1 to 3.4)."""

import re
from collections.abc import Iterator
from typing import Any, Final
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

from yellowbus.connectors.powerschool.tables import GRANTED, WRITTEN_ALONG, Table

NAME: Final = "Yellowbus Sync Service"
FILE: Final = "ps_plugin.xml"
VERSION: Final = "1.1"
NAMESPACE: Final = "http://plugin.powerschool.pearson.com"
_CONTACT: Final = "yellowbus@example.org"


def plugin_xml(*, access_level: bool, writes: bool = True, email: str = _CONTACT) -> str:
    """The plugin file.

    `access_level` is for PowerSchool 25.2 and later, which gives no access to v1 without it; an older server
    is likely to refuse the attribute (dossier 1.1). Without `writes` it asks for reading alone.
    """
    level = f' accessLevelV1Api="{"FULL" if writes else "READ"}"' if access_level else ""
    fields = "\n".join(
        _request(table, column, writes=writes)
        for table in GRANTED
        for column in (*table.columns, *(WRITTEN_ALONG.get(table.name, ()) if writes else ()))
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<plugin xmlns="{NAMESPACE}"
        xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
        xsi:schemaLocation="{NAMESPACE} plugin.xsd"
        name={quoteattr(NAME)} version="{VERSION}"
        description="Carries student records between PowerSchool and the enrollment platform.">
  <oauth{level}></oauth>
  <access_request>
{fields}
  </access_request>
  <publisher name="Yellowbus">
    <contact email={quoteattr(email)}/>
  </publisher>
</plugin>
"""


def _request(table: Table[Any], column: str, *, writes: bool) -> str:
    access = "FullAccess" if writes and table.written else "ViewOnly"
    return f'    <field table="{table.name}" field="{column}" access="{access}"/>'


# Element -> attribute -> shortest and longest; one that may be as short as 0 may be left out (dossier 3.2).
_LIMITS: Final = {
    "plugin": {"name": (1, 40), "version": (0, 20), "description": (0, 256)},
    "publisher": {"name": (1, 100)},
    "contact": {"email": (1, 40), "phone": (0, 20)},
    "field": {"table": (1, 30), "field": (1, 30), "access": (1, 10)},
}
_CHOICES: Final = {
    ("field", "access"): {"ViewOnly", "FullAccess"},
    ("oauth", "accessLevelV1Api"): {"NONE", "READ", "FULL"},
}
_ONCE: Final = (
    "publisher",
    "oauth",
    "access_request",
    "registration",
    "links",
    "openid",
    "saml",
    "autoinstall",
)


def validate(xml: str) -> list[str]:
    """What PowerSchool would find wrong with a plugin file at upload, short of asking a server."""
    try:
        root = ET.fromstring(xml)  # noqa: S314 - our own file
    except ET.ParseError as error:
        return [f"The file is not XML: {error}."]
    if root.tag != f"{{{NAMESPACE}}}plugin":
        return ["The root element is not plugin in PowerSchool's namespace."]
    return [*_structure(root), *_attributes(root), *_repeated(root)]


def _structure(root: ET.Element) -> Iterator[str]:
    names = [_name(child) for child in root]
    if "publisher" not in names:
        yield "publisher is missing."
    yield from (f"{name} stands there {names.count(name)} times." for name in _ONCE if names.count(name) > 1)
    for publisher in (child for child in root if _name(child) == "publisher"):
        contacts = sum(_name(child) == "contact" for child in publisher)
        if contacts != 1:
            yield f"publisher has {contacts} contacts and needs one."


def _attributes(root: ET.Element) -> Iterator[str]:
    for element in root.iter():
        limits = _LIMITS.get(_name(element), {})
        yield from filter(None, (_length(element, attribute, *limit) for attribute, limit in limits.items()))
        yield from _choices(element, _name(element))


def _length(element: ET.Element, attribute: str, shortest: int, longest: int) -> str:
    value = element.get(attribute)
    if value is None:
        return f"{_name(element)} lacks {attribute}." if shortest else ""
    if shortest <= len(value) <= longest:
        return ""
    return f"{_name(element)} {attribute} has {len(value)} characters; {shortest} to {longest} are allowed."


def _choices(element: ET.Element, name: str) -> Iterator[str]:
    for (owner, attribute), allowed in _CHOICES.items():
        value = element.get(attribute)
        if owner == name and value is not None and value not in allowed:
            yield f"{name} {attribute} is {value}; {', '.join(sorted(allowed))} are allowed."
    if name == "plugin" and not re.fullmatch(r"[0-9.]*", element.get("version", "")):
        yield "plugin version holds more than digits and dots."


def _repeated(root: ET.Element) -> Iterator[str]:
    asked = [
        (element.get("table", "").lower(), element.get("field", "").lower())
        for element in root.iter()
        if _name(element) == "field"
    ]
    yield from sorted(
        {f"{table}.{field} is asked for twice." for table, field in asked if asked.count((table, field)) > 1}
    )


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
