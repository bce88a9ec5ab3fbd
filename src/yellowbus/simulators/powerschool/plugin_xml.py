"""Reading an uploaded plugin: the rules of the vendor's schema (powerschool dossier 3.1, 3.2, 3.3)."""

import io
import re
import zipfile
from dataclasses import dataclass
from enum import Enum
from xml.etree import ElementTree as ET

NAMESPACE = "http://plugin.powerschool.pearson.com"
QUERY_FILE = re.compile(r"queries_root/[^/]+\.named_queries\.xml")
LARGEST_UPLOAD = 5_000_000


class Level(Enum):
    """What a plugin may do with /ws/v1."""

    NONE = "NONE"
    READ = "READ"
    FULL = "FULL"


class Access(Enum):
    VIEW_ONLY = "ViewOnly"
    FULL_ACCESS = "FullAccess"


class BadPluginError(ValueError):
    """The upload is refused. The text says why, in the words of this simulator."""


@dataclass(frozen=True, slots=True)
class FieldRequest:
    """One line of access_request, as written."""

    table: str
    field: str
    access: Access


@dataclass(frozen=True, slots=True)
class PluginFile:
    name: str
    version: str
    description: str
    publisher: str
    oauth: bool
    level: Level | None
    fields: tuple[FieldRequest, ...]
    query_files: tuple[tuple[str, bytes], ...] = ()


# Element: its attributes as (name, required, longest). Lengths are the vendor schema's (3.2).
ATTRIBUTES: dict[str, tuple[tuple[str, bool, int], ...]] = {
    "plugin": (
        ("name", True, 40),
        ("version", False, 20),
        ("description", False, 256),
        ("class", False, 256),
        ("deletable", False, 5),
    ),
    "publisher": (("name", True, 100),),
    "contact": (("email", True, 40), ("phone", False, 20)),
    "oauth": (("account_token", False, 256), ("accessLevelV1Api", False, 10)),
    "consumer": (("url", False, 1000),),
    "field": (("table", True, 30), ("field", True, 30), ("access", True, 10)),
    "cdn": (("name", True, 300),),
    "registration": (("url", True, 1000),),
    "link": (("display-text", True, 100), ("path", True, 1000), ("title", False, 256)),
    "ui_context": (("id", True, 50),),
}
# Children of the root: any order, each at most once (3.2).
ROOT_CHILDREN = frozenset(
    [
        "publisher",
        "oauth",
        "access_request",
        "registration",
        "links",
        "openid",
        "saml",
        "autoinstall",
        "identityAttribute",
    ]
)
UI_CONTEXTS = frozenset(
    [
        "admin.header",
        "admin.left_nav",
        "teacher.header",
        "teacher.pro.apps",
        "guardian.header",
        "student.header",
    ]
)


def read_upload(content: bytes, *, knows_v1_level: bool) -> PluginFile:
    """A bare XML file, or a ZIP with plugin.xml at its root. Raises BadPluginError."""
    if not content or len(content) > LARGEST_UPLOAD:
        raise BadPluginError("The file is empty or larger than 5 MB.")
    if not content.startswith(b"PK"):
        return read_plugin(content, knows_v1_level=knows_v1_level)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return _read_package(package, knows_v1_level=knows_v1_level)
    except zipfile.BadZipFile as error:
        raise BadPluginError("The file is not a ZIP archive.") from error


def _read_package(package: zipfile.ZipFile, *, knows_v1_level: bool) -> PluginFile:
    if "plugin.xml" not in package.namelist():
        raise BadPluginError("There is no plugin.xml at the root of the ZIP archive.")
    if sum(entry.file_size for entry in package.infolist()) > LARGEST_UPLOAD:
        raise BadPluginError("The archive holds more than 5 MB.")
    queries = tuple((name, package.read(name)) for name in package.namelist() if QUERY_FILE.fullmatch(name))
    return read_plugin(package.read("plugin.xml"), knows_v1_level=knows_v1_level, queries=queries)


def parse_xml(content: bytes) -> ET.Element:
    """XML without a document type, so that no entity can swell. Raises BadPluginError."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise BadPluginError("A document type is not allowed.")
    try:
        return ET.fromstring(content)  # noqa: S314  entities are refused above
    except ET.ParseError as error:
        raise BadPluginError(f"The file is not well-formed XML: {error}.") from error


def read_plugin(
    content: bytes, *, knows_v1_level: bool, queries: tuple[tuple[str, bytes], ...] = ()
) -> PluginFile:
    root = parse_xml(content)
    if root.tag != f"{{{NAMESPACE}}}plugin":
        raise BadPluginError(f"The root element must be plugin in the namespace {NAMESPACE}.")
    for element in root.iter():
        _check_element(element, knows_v1_level=knows_v1_level)
    _check_structure(root)
    publisher, oauth = root.find(_q("publisher")), root.find(_q("oauth"))
    assert publisher is not None
    level = oauth.get("accessLevelV1Api") if oauth is not None else None
    return PluginFile(
        name=root.get("name", ""),
        version=root.get("version", ""),
        description=root.get("description", ""),
        publisher=publisher.get("name", ""),
        oauth=oauth is not None,
        level=Level(level) if level else None,
        fields=tuple(_field(element) for element in root.findall(f"{_q('access_request')}/{_q('field')}")),
        query_files=queries,
    )


def _q(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _check_element(element: ET.Element, *, knows_v1_level: bool) -> None:
    name, known = _name(element), ATTRIBUTES.get(_name(element))
    if not element.tag.startswith(f"{{{NAMESPACE}}}"):
        raise BadPluginError(f"Element {name} is not in the namespace {NAMESPACE}.")
    if known is None:
        return
    allowed = {attribute for attribute, _, _ in known}
    if not knows_v1_level:
        allowed.discard("accessLevelV1Api")
    for attribute in element.attrib:
        if not attribute.startswith("{") and attribute not in allowed:
            raise BadPluginError(f"Attribute {attribute} is not allowed in element {name}.")
    for attribute, required, longest in known:
        _check_length(name, attribute, element.get(attribute), required=required, longest=longest)
    _check_words(name, element)


def _check_length(name: str, attribute: str, value: str | None, *, required: bool, longest: int) -> None:
    if value is None:
        if required:
            raise BadPluginError(f"Attribute {attribute} is missing in element {name}.")
        return
    if len(value) > longest or (required and not value):
        raise BadPluginError(f"Attribute {attribute} of element {name} must have 1 to {longest} characters.")


def _check_words(name: str, element: ET.Element) -> None:
    allowed: dict[tuple[str, str], frozenset[str]] = {
        ("field", "access"): frozenset(access.value for access in Access),
        ("oauth", "accessLevelV1Api"): frozenset(level.value for level in Level),
        ("plugin", "deletable"): frozenset({"true", "false", "1", "0"}),
        ("ui_context", "id"): UI_CONTEXTS,
    }
    for (owner, attribute), words in allowed.items():
        value = element.get(attribute)
        if owner == name and value is not None and value not in words:
            raise BadPluginError(
                f"Attribute {attribute} of element {name} must be one of {', '.join(sorted(words))}."
            )
    if name == "registration" and not element.get("url", "").startswith("https://"):
        raise BadPluginError("The registration url must begin with https://.")


def _check_structure(root: ET.Element) -> None:
    names = [_name(child) for child in root]
    for name in names:
        if name not in ROOT_CHILDREN:
            raise BadPluginError(f"Element {name} is not allowed in plugin.")
        if names.count(name) > 1:
            raise BadPluginError(f"Element {name} may stand only once in plugin.")
    publisher = root.find(_q("publisher"))
    if publisher is None:
        raise BadPluginError("Element publisher is missing in plugin.")
    if len(publisher.findall(_q("contact"))) != 1:
        raise BadPluginError("Element publisher must have exactly one contact.")


def _field(element: ET.Element) -> FieldRequest:
    return FieldRequest(element.get("table", ""), element.get("field", ""), Access(element.get("access")))
