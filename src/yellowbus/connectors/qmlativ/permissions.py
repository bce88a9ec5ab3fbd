"""The approved permissions of an integration, as Skyward's IntegrationAccess.xml has them (qmlativ dossier 3.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

_YES: Final = frozenset(("true", "1", "yes"))


class BadPermissionFile(Exception):
    """The file is not what Skyward hands out; `line` is counted from 1."""

    def __init__(self, line: int, reason: str) -> None:
        self.line = line
        self.reason = reason
        super().__init__(f"line {line}: {reason}")


@dataclass(slots=True)
class _Reading:
    objects: dict[str, set[str]] = field(default_factory=dict)
    depth: list[str] = field(default_factory=list)
    current: str = ""


def readable(xml: str) -> Mapping[str, frozenset[str]]:
    """The fields that may be read, in lower case, by object ("student/student").

    Raises BadPermissionFile. Entities are refused: nothing in such a file needs one, and they can swell without end.
    """
    reading = _Reading()
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise BadPermissionFile(
            parser.CurrentLineNumber, "it declares entities, which such a file never does"
        )

    def start(name: str, attributes: dict[str, str]) -> None:
        _start(reading, name, attributes, parser.CurrentLineNumber)

    def end(_name: str) -> None:
        reading.depth.pop()

    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(xml.lstrip("\ufeff").strip().encode("utf-8"), True)  # noqa: FBT003 - expat's own signature
    except expat.ExpatError as error:
        raise BadPermissionFile(error.lineno, expat.ErrorString(error.code)) from None
    return {name: frozenset(fields) for name, fields in reading.objects.items()}


def _start(reading: _Reading, name: str, attributes: Mapping[str, str], line: int) -> None:
    if not reading.depth and name != "Config":
        raise BadPermissionFile(line, "it does not begin with Config")
    if name == "Object":
        reading.current = (
            f"{_attribute(attributes, 'Module', line)}/{_attribute(attributes, 'Name', line)}".lower()
        )
        reading.objects.setdefault(reading.current, set())
    elif name == "Field" and attributes.get("IsReadAllowed", "").lower() in _YES:
        reading.objects[reading.current].add(_attribute(attributes, "Name", line).lower())
    reading.depth.append(name)


def _attribute(attributes: Mapping[str, str], name: str, line: int) -> str:
    if not attributes.get(name):
        raise BadPermissionFile(line, f"an element lacks its {name}")
    return attributes[name]
