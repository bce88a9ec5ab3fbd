"""What a page of Configure Mapping stands on: the connection, the kind, the draft, and the fields of Enroll."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from yellowbus.catalog import Catalog, Field
from yellowbus.connectors.registry import manifest
from yellowbus.enroll import students
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.check import check_mapping
from yellowbus.mapping.document import from_document
from yellowbus.mapping.model import EXPORT, Mapping
from yellowbus.runs.exporting.targets import Targets
from yellowbus.setup import drafts, ready, writable
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
    """Raises NeedsAdmin for a connection that is not of this site, and for a kind that there is not."""
    connection, catalog = of_site(request, key, kind)
    return of_draft(request, drafts.look(actor_of(request), connection, kind), catalog)


def of_site(request: Request, key: int, kind: str) -> tuple[Connection, Catalog]:
    """A connection and the fields that its mapping fills. Raises NeedsAdmin as `editing` does."""
    connection = found(request.place, key)
    if kind not in KINDS:
        raise NeedsAdmin("page-unknown")
    return connection, filled_by(connection, kind)


def filled_by(connection: Connection, kind: str) -> Catalog:
    """The fields that a mapping fills: those of Enroll, or of an export those of the SIS as last read."""
    if kind == EXPORT:
        return Targets.of(writable.taking(connection, now=timezone.now()).fields).catalog
    return students.catalog_of(kind, connection.instance_id)


def of_draft(request: Request, draft: MappingDraft, catalog: Catalog | None = None) -> Editing:
    """What stands on this draft."""
    newest = _newest(draft.connection, draft.kind)
    saved = None if draft.pk or newest is None else newest
    return Editing(
        place=request.place,
        connection=draft.connection,
        kind=draft.kind,
        draft=draft,
        mapping=_parsed(saved, saved.created_at) if saved else draft.mapping,
        catalog=catalog if catalog is not None else filled_by(draft.connection, draft.kind),
        newest=newest,
    )


def run_word(kind: str) -> str:
    """What goes by a mapping of this kind: an import or an export."""
    return "export" if kind == EXPORT else "import"


def sidebar(connection: Connection, kind: str, catalog: Catalog | None = None) -> list[Entry]:
    """The three mappings of a connection, each with whether it is complete as it was last saved."""
    marks = _marks(connection, catalog if kind == "students" else None)
    return [
        Entry(label, path_of(connection, each), each == kind, marks[each]) for each, label in KINDS.items()
    ]


def path_of(connection: Connection, kind: str) -> str:
    """The Field Mapping tab of one mapping."""
    return reverse("mapping-fields", kwargs={"key": connection.pk, "kind": kind})


def _marks(connection: Connection, known: Catalog | None) -> dict[str, str]:
    rows = MappingVersion.objects.filter(connection=connection).order_by("kind", "-number").distinct("kind")
    saved = {row.kind: row for row in rows}
    custom = known or students.catalog_of("students", connection.instance_id)
    marks = {EXPORT: _mark_of_export(connection, saved.get(EXPORT))}
    for kind in ("schools", "students"):
        catalog = custom if kind == "students" else students.catalog_of(kind, connection.instance_id)
        complete = kind in saved and _is_complete(
            saved[kind], saved[kind].created_at, tuple(catalog.fields.values())
        )
        marks[kind] = "ok" if complete else "attention"
    return marks


def _mark_of_export(connection: Connection, saved: MappingVersion | None) -> str:
    """Nothing where the SIS cannot be written into, or as long as it was not asked what it takes."""
    if not writable.can_write(connection):
        return ""
    catalog = filled_by(connection, EXPORT)
    if saved is None or not catalog.fields:
        return "attention" if saved is None else ""
    return "attention" if check_mapping(_parsed(saved, saved.created_at), catalog) else "ok"


@lru_cache(maxsize=64)
def _is_complete(saved: MappingVersion, _saved_at: datetime, fields: tuple[Field, ...]) -> bool:
    """Whether a version could run. A version never changes, so that it is asked once for the same fields of Enroll."""
    catalog = Catalog(saved.kind, MappingProxyType({field.name: field for field in fields}))
    return not check_mapping(_parsed(saved, saved.created_at), catalog)


@lru_cache(maxsize=16)
def _parsed(saved: MappingVersion, _saved_at: datetime) -> Mapping:
    return from_document(saved.document)


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


def frame(
    connection: Connection, kind: str, tab: str, *, catalog: Catalog | None = None
) -> dict[str, object]:
    """The context of `mapping/frame.html`, for every page of Configure Mapping. `catalog` is of `kind`, where known."""
    return {
        "connection": connection,
        "kind": kind,
        "mapping_title": KINDS[kind],
        "beside": sidebar(connection, kind, catalog),
        "tabs": tabs(connection, kind, tab),
        "system": manifest(connection.system).label,
        "ready": ready.exists(connection.system, kind),
        "export": kind == EXPORT,
        "mappable": kind != EXPORT or writable.can_write(connection),
    }
