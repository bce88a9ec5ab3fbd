"""The permission file of an integration, IntegrationAccess.xml (qmlativ dossier 3.3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

NOT_ALLOWED = ("<!DOCTYPE", "<!ENTITY")
YES, NO = "true", "false"


@dataclass(frozen=True, slots=True)
class FieldGrant:
    name: str
    guid: str
    read: bool
    create: bool = False
    update: bool = False


@dataclass(frozen=True, slots=True)
class ObjectGrant:
    """One Object of the file. `fields` by name in lower case."""

    module: str
    name: str
    guid: str
    delete: bool = False
    fields: Mapping[str, FieldGrant] = field(default_factory=dict)


class BadPermissionsError(ValueError):
    """The file is none. The text says why."""


@dataclass(frozen=True, slots=True)
class Permissions:
    """What an integration may do: objects by "module/name" in lower case."""

    objects: Mapping[str, ObjectGrant]

    @classmethod
    def of(cls, grants: Iterable[ObjectGrant]) -> "Permissions":
        return cls({f"{grant.module}/{grant.name}".lower(): grant for grant in grants})

    def may_see(self, path: str) -> bool:
        return path.lower() in self.objects

    def may_read(self, path: str, name: str) -> bool:
        grant = self.objects.get(path.lower())
        found = grant.fields.get(name.lower()) if grant else None
        return found is not None and found.read

    def without(self, path: str, name: str = "") -> "Permissions":
        """The same with one field, or the whole object, withdrawn. Raises KeyError for what was not
        granted.
        """
        grant = self.objects[path.lower()]
        others = [other for other in self.objects.values() if other is not grant]
        if not name:
            return Permissions.of(others)
        fields = dict(grant.fields)
        del fields[name.lower()]
        left = ObjectGrant(grant.module, grant.name, grant.guid, delete=grant.delete, fields=fields)
        return Permissions.of([*others, left])

    def to_xml(self) -> bytes:
        """The file as the vendor keeps it: UTF-8 with a byte order mark, Relationships always empty."""
        body = "".join(_object_xml(self.objects[key]) for key in sorted(self.objects))
        return f'<?xml version="1.0" encoding="utf-8"?>\n<Config>\n{body}</Config>\n'.encode("utf-8-sig")


def read_permissions(content: bytes) -> Permissions:
    """Raises BadPermissionsError."""
    text = content.decode("utf-8-sig", "replace")
    if any(word in text for word in NOT_ALLOWED):
        raise BadPermissionsError("A document type is not part of a permission file.")
    try:
        root = ET.fromstring(text.partition("?>")[2] if text.startswith("<?xml") else text)  # noqa: S314  no entities, see above
    except ET.ParseError as problem:
        raise BadPermissionsError(f"This is not XML: {problem}") from problem
    if root.tag != "Config":
        raise BadPermissionsError("The root element must be Config.")
    return Permissions.of(_object(node) for node in root.findall("Object"))


def _object(node: ET.Element) -> ObjectGrant:
    fields = [_field(child) for child in node.findall("Fields/Field")]
    return ObjectGrant(
        module=_attribute(node, "Module"),
        name=_attribute(node, "Name"),
        guid=_attribute(node, "SkywardID"),
        delete=_flag(node, "IsDeleteAllowed"),
        fields={grant.name.lower(): grant for grant in fields},
    )


def _field(node: ET.Element) -> FieldGrant:
    return FieldGrant(
        name=_attribute(node, "Name"),
        guid=_attribute(node, "SkywardID"),
        read=_flag(node, "IsReadAllowed"),
        create=_flag(node, "IsCreateAllowed"),
        update=_flag(node, "IsUpdateAllowed"),
    )


def _attribute(node: ET.Element, name: str) -> str:
    value = node.get(name)
    if not value:
        raise BadPermissionsError(f"{node.tag} lacks {name}.")
    return value


def _flag(node: ET.Element, name: str) -> bool:
    return node.get(name, NO).lower() == YES


def _word(flag: bool) -> str:  # noqa: FBT001  a value, not a mode
    return YES if flag else NO


def _object_xml(grant: ObjectGrant) -> str:
    fields = "".join(_field_xml(grant.fields[key]) for key in sorted(grant.fields))
    return (
        f"  <Object Module={quoteattr(grant.module)} Name={quoteattr(grant.name)}"
        f' SkywardID="{grant.guid}" IsDeleteAllowed="{_word(grant.delete)}">\n'
        f"    <Fields>\n{fields}    </Fields>\n    <Relationships />\n  </Object>\n"
    )


def _field_xml(grant: FieldGrant) -> str:
    return (
        f'      <Field Name={quoteattr(grant.name)} SkywardID="{grant.guid}"'
        f' IsReadAllowed="{_word(grant.read)}" IsCreateAllowed="{_word(grant.create)}"'
        f' IsUpdateAllowed="{_word(grant.update)}" />\n'
    )
