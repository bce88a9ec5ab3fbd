"""What a page of Configure Mapping stands on: the connection, the kind, the draft, and the fields of Enroll."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from yellowbus.catalog import Catalog
from yellowbus.connectors.registry import manifest
from yellowbus.enroll import students
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.check import check_mapping
from yellowbus.mapping.document import from_document
from yellowbus.mapping.model import Mapping
from yellowbus.setup import drafts, ready
from yellowbus.setup.models import Connection, MappingDraft, MappingVersion
from yellowbus.web.connections import found
from yellowbus.web.place import Place, Request, actor_of

KINDS = {
    "schools": "Import School Mapping",
    "students": "Import Student Mapping",
    "export": "Export Student Mapping",
}
TABS = {
    "Configure": "mapping-configure",
    "Field Mapping": "mapping-fields",
    "History": "mapping-history",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the left side, or a tab. `mark` is "ok", "attention" or ""."""

    label: str
    path: str
    current: bool
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Editing:
    """Read once for a request. `draft` is not stored (no `pk`) while the person has changed nothing."""

    place: Place
    connection: Connection
    kind: str
    draft: MappingDraft
    mapping: Mapping
    catalog: Catalog

    newest: MappingVersion | None

    @property
    def title(self) -> str:
        return KINDS[self.kind]

    @property
    def next_number(self) -> int:
        """The number that a save would give."""
        return self.newest.number + 1 if self.newest else 1


def editing(request: Request, key: int, kind: str) -> Editing:
    """Raises NeedsAdmin for a connection that is not of this site, and for a kind that has no import mapping."""
    connection = found(request.place, key)
    if kind not in ("schools", "students"):
        raise NeedsAdmin("page-unknown")
    return of_draft(request, drafts.look(actor_of(request), connection, kind))


def of_draft(request: Request, draft: MappingDraft) -> Editing:
    """What stands on this draft."""
    return Editing(
        place=request.place,
        connection=draft.connection,
        kind=draft.kind,
        draft=draft,
        mapping=from_document(draft.document),
        catalog=students.catalog_of(draft.kind, draft.connection.instance_id),
        newest=_newest(draft.connection, draft.kind),
    )


def sidebar(connection: Connection, kind: str) -> list[Entry]:
    """The three mappings of a connection, each with whether it is complete as it was last saved."""
    return [
        Entry(
            label,
            path_of(connection, each),
            each == kind,
            "" if each == "export" else ("ok" if is_complete(connection, each) else "attention"),
        )
        for each, label in KINDS.items()
    ]


def path_of(connection: Connection, kind: str) -> str:
    """The Field Mapping tab of one mapping."""
    return reverse("mapping-fields", kwargs={"key": connection.pk, "kind": kind})


def is_complete(connection: Connection, kind: str) -> bool:
    """Whether the newest saved version could run."""
    newest = _newest(connection, kind)
    if newest is None:
        return False
    catalog = students.catalog_of(kind, connection.instance_id)
    return not check_mapping(from_document(newest.document), catalog)


def tabs(connection: Connection, kind: str, current: str) -> list[Entry]:
    """The tabs whose pages exist."""
    found = ((label, path(name, connection, kind), name == current) for label, name in TABS.items())
    return [Entry(label, path, here) for label, path, here in found if path]


def path(name: str, connection: Connection, kind: str) -> str:
    """The page of this name, or "" where there is none."""
    try:
        return reverse(name, kwargs={"key": connection.pk, "kind": kind})
    except NoReverseMatch:
        return ""


def _newest(connection: Connection, kind: str) -> MappingVersion | None:
    return MappingVersion.objects.filter(connection=connection, kind=kind).order_by("-number").first()


def frame(connection: Connection, kind: str, tab: str) -> dict[str, object]:
    """The context of `mapping/frame.html`, for every page of Configure Mapping."""
    return {
        "connection": connection,
        "kind": kind,
        "mapping_title": KINDS[kind],
        "beside": sidebar(connection, kind),
        "tabs": tabs(connection, kind, tab),
        "system": manifest(connection.system).label,
        "ready": ready.exists(connection.system, kind),
    }
