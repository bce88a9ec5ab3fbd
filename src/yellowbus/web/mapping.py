"""Configure Mapping: the Field Mapping tab, its rows, and what is done with the draft."""

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.gzip import gzip_page

from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.mapping.model import EXPORT, Mapping, MappingType
from yellowbus.setup import drafts, examples, writable
from yellowbus.setup.permissions import Permission
from yellowbus.web import mapping_contacts, mapping_editing, mapping_rows, mapping_steps  # noqa: F401 (panels register)
from yellowbus.web.connections import found
from yellowbus.web.mapping_answer import answer, filters, show_of
from yellowbus.web.mapping_editing import Editing, editing
from yellowbus.web.mapping_names import differences, names_of
from yellowbus.web.mapping_panels import PANELS
from yellowbus.web.mapping_rules import edited, rule_in
from yellowbus.web.mapping_sight import sight
from yellowbus.web.page import page, status_of
from yellowbus.web.place import Request, actor_of

MANAGE = (Permission.VIEW_LOG, Permission.MANAGE_MAPPINGS)


@page(*MANAGE)
def start(request: Request, key: int) -> HttpResponseBase:
    """Configure Mapping, as a card leads to it."""
    return redirect("mapping-fields", key=found(request.place, key).pk, kind="students")


@page(*MANAGE)
def fields(request: Request, key: int, kind: str) -> HttpResponseBase:
    """The Field Mapping tab."""
    if kind == EXPORT and not writable.can_write(connection := found(request.place, key)):
        frame = mapping_editing.frame(connection, kind, "mapping-fields")
        return render(request, "mapping/export.html", frame)
    return _tab(request, editing(request, key, kind))


def _tab(request: Request, shown: Editing, **more: Any) -> HttpResponseBase:
    seen = sight(request, shown.connection, shown.kind)
    table = mapping_rows.table(shown, seen)
    query, text = request.GET, request.GET.get("text", "")[:100]
    show = show_of(query)
    context = {
        **mapping_rows.context(shown, seen, table),
        **mapping_editing.frame(shown.connection, shown.kind, "mapping-fields", catalog=shown.catalog),
        "parts": list(table.parts(show, text)),
        "filters": list(filters(query, shown, table)),
        "show": show,
        "text": text,
        "meanwhile": _meanwhile(shown),
        **more,
    }
    trouble: YellowbusError | None = more.get("trouble")
    return render(request, "mapping/fields.html", context, status=status_of(trouble) if trouble else 200)


@page(*MANAGE, methods=("POST",))
def rule(request: Request, key: int, kind: str, field: str) -> HttpResponseBase:
    """A row was changed: its rule goes into the draft, and the row comes back with its new Mapped Value."""
    connection, catalog = mapping_editing.of_site(request, key, kind)
    seen = sight(request, connection, kind)

    def edit(mapping: Mapping) -> Mapping:
        now = rule_in(mapping, catalog, field)
        return drafts.with_rule(mapping, edited(now, catalog.fields.get(field), request.POST, seen))

    draft = drafts.change(actor_of(request), connection, kind, edit)
    return answer(request, mapping_editing.of_draft(request, draft, catalog), [field], seen=seen)


@page(*MANAGE, methods=("GET", "POST"))
def panel(request: Request, key: int, kind: str, what: str, name: str) -> HttpResponseBase:
    """What Configure opens, by its word. A button pressed before its row came back still says what the field was."""
    if what not in PANELS:
        raise NeedsAdmin("page-unknown")
    shown = editing(request, key, kind)
    if request.method == "GET" and what == "transformation" and _is_match_codes(shown.mapping, name):
        what = "match-codes"
    return PANELS[what](request, shown, name)


def _is_match_codes(mapping: Mapping, name: str) -> bool:
    return any(rule.field == name and rule.type is MappingType.MATCH_CODES for rule in mapping.rules)


@page(*MANAGE, methods=("POST",))
def save(request: Request, key: int, kind: str) -> HttpResponseBase:
    """Save the draft as the next version; told what to do where another came since."""
    shown = editing(request, key, kind)
    try:
        kept = drafts.save(actor_of(request), shown.connection, kind, note=_note(request))
    except YellowbusError as error:
        return _tab(request, shown, trouble=error)
    messages.success(
        request, f"Version {kept.number} is saved. The next {mapping_editing.run_word(kind)} uses it."
    )
    return redirect("mapping-fields", key=key, kind=kind)


def _note(request: Request) -> str:
    return request.POST.get("note", "").replace("\0", "").strip()[:200]


@page(*MANAGE, methods=("POST",))
def discard(request: Request, key: int, kind: str) -> HttpResponseBase:
    """Let go of what is not saved."""
    shown = editing(request, key, kind)
    drafts.discard(actor_of(request), shown.connection, kind)
    messages.success(request, "Your unsaved changes are discarded.")
    return redirect("mapping-fields", key=key, kind=kind)


@page(*MANAGE, methods=("POST",))
def keep_mine(request: Request, key: int, kind: str) -> HttpResponseBase:
    """Lay the unsaved changes on the newest version, still unsaved."""
    shown = editing(request, key, kind)
    draft = drafts.keep_mine(actor_of(request), shown.connection, kind)
    messages.success(request, f"Your changes now stand on version {draft.base}. They are not saved yet.")
    return redirect("mapping-fields", key=key, kind=kind)


@page(*MANAGE, methods=("POST",))
def read(request: Request, key: int, kind: str) -> HttpResponseBase:
    """Ask the SIS for its fields and the examples; what fails is said on the page."""
    shown = editing(request, key, kind)
    if kind == EXPORT:
        writable.read(actor_of(request), shown.connection, request.place.year, now=timezone.now())
        examples.read_codes(actor_of(request), shown.connection, now=timezone.now())
    else:
        examples.read(actor_of(request), shown.connection, kind, now=timezone.now())
    query = request.GET.urlencode()
    path = mapping_editing.path_of(shown.connection, kind)
    return redirect(f"{path}?{query}" if query else path)


def _meanwhile(shown: Editing) -> dict[str, Any] | None:
    """Both sides of a draft that started from a version which is not the newest any more."""
    if not shown.draft.pk or shown.newest is None or shown.newest.number == shown.draft.base:
        return None
    base = drafts.base_document(shown.draft)
    mine, theirs = drafts.changed(shown.draft), drafts.differing(base, shown.newest.document)
    names = names_of(shown.catalog)
    return {
        "newest": shown.newest,
        "theirs": differences(shown.catalog, base, shown.newest.document),
        "mine": differences(shown.catalog, base, shown.draft.document),
        "both": sorted(names.get(each, each) for each in mine & theirs),
    }


_KIND = "connections/<int:key>/mapping/<str:kind>"
urlpatterns = [
    path("connections/<int:key>/mapping/", start, name="mapping"),
    path(f"{_KIND}/fields/", gzip_page(fields), name="mapping-fields"),
    path(f"{_KIND}/fields/panel/<str:what>/<str:name>/", panel, name="mapping-panel"),
    path(f"{_KIND}/fields/save/", save, name="mapping-save"),
    path(f"{_KIND}/fields/discard/", discard, name="mapping-discard"),
    path(f"{_KIND}/fields/keep-mine/", keep_mine, name="mapping-keep-mine"),
    path(f"{_KIND}/fields/read/", read, name="mapping-read"),
    path(f"{_KIND}/fields/rule/<str:field>/", rule, name="mapping-rule"),
]
