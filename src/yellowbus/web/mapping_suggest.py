"""Suggest mappings: what could fill the fields left, and what an example becomes by it. Accepted ones go to the draft."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone

from yellowbus.connectors.registry import manifest
from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.mapping import live
from yellowbus.mapping.compile import FieldTrace
from yellowbus.mapping.model import Mapping, MappingType
from yellowbus.mapping.suggest import Suggestion, lay
from yellowbus.records import Record
from yellowbus.setup import drafts, suggesting
from yellowbus.setup.permissions import Permission
from yellowbus.web import mapping_editing
from yellowbus.web.mapping_editing import Editing, editing
from yellowbus.web.mapping_rows import Said, context_of, said, summary
from yellowbus.web.page import page, status_of
from yellowbus.web.place import Request, actor_of

MANAGE = (Permission.VIEW_LOG, Permission.MANAGE_MAPPINGS)


@dataclass(frozen=True, slots=True)
class Line:
    """One suggestion as the page shows it. `example` is its source's value and `value` what it becomes, "" for none."""

    suggestion: Suggestion
    label: str
    section: str
    required: bool
    example: str
    value: str
    problems: tuple[Said, ...]

    @property
    def how(self) -> str:
        """The Mapping Type, or the steps of a Transformation."""
        rule = self.suggestion.rule
        steps = " → ".join(summary(step) for step in rule.steps)
        return {MappingType.DIRECT: "Direct", MappingType.MATCH_CODES: f"Match Codes, {steps}"}.get(
            rule.type, steps
        )

    @property
    def slot(self) -> str:
        return self.suggestion.slot.slot if self.suggestion.slot else ""


@page(*MANAGE, methods=("GET", "POST"))
def suggestions(request: Request, key: int, kind: str) -> HttpResponseBase:
    """The list, and accepting some of it or all."""
    shown = editing(request, key, kind)
    if suggesting.unread(shown.connection, kind, now=timezone.now()):
        return _shown(request, shown, unread=True)
    found = _found(request, shown)
    if request.method != "POST":
        return _shown(request, shown, found)
    try:
        count = _accept(request, shown, found)
    except YellowbusError as error:
        return _shown(request, shown, found, trouble=error, ticked=request.POST.getlist("field"))
    told = "1 suggestion is" if count == 1 else f"{count:,} suggestions are"
    messages.success(request, f"{told} accepted, and not saved yet.")
    return redirect(f"{mapping_editing.path_of(shown.connection, kind)}?show=changed")


@page(*MANAGE, methods=("POST",))
def read(request: Request, key: int, kind: str) -> HttpResponseBase:
    """Ask the SIS for what suggestions are made from; what fails is said on the page."""
    shown = editing(request, key, kind)
    suggesting.read(actor_of(request), shown.connection, kind, now=timezone.now())
    return redirect(reverse("mapping-suggestions", kwargs={"key": key, "kind": kind}))


def _found(request: Request, shown: Editing) -> list[Suggestion]:
    actor, now = actor_of(request), timezone.now()
    return suggesting.suggest(actor, shown.connection, shown.kind, shown.draft.document, now=now)


def _accept(request: Request, shown: Editing, found: Sequence[Suggestion]) -> int:
    """Lay what was chosen into the draft; how many."""
    chosen = None if "all" in request.POST else request.POST.getlist("field")
    taken = suggesting.chosen(found, chosen)
    if not taken:
        raise NeedsAdmin("suggestions-none-chosen")
    drafts.change(actor_of(request), shown.connection, shown.kind, lambda mapping: lay(mapping, taken))
    return len(taken)


def _shown(
    request: Request, shown: Editing, found: Sequence[Suggestion] = (), *, unread: bool = False, **more: Any
) -> HttpResponseBase:
    samples: Sequence[Record] = ()
    if found:
        samples = suggesting.samples(actor_of(request), shown.connection, shown.kind, now=timezone.now())
    lines = list(_lines(shown, found, samples))
    context = {
        **mapping_editing.frame(shown.connection, shown.kind, "mapping-fields"),
        "lines": lines,
        "unread": unread,
        "has_examples": bool(samples),
        "system": manifest(shown.connection.system).label,
        "back": mapping_editing.path_of(shown.connection, shown.kind),
        **more,
    }
    trouble: YellowbusError | None = more.get("trouble")
    return render(request, "mapping/suggestions.html", context, status=status_of(trouble) if trouble else 200)


def _lines(shown: Editing, found: Sequence[Suggestion], samples: Sequence[Record]) -> Iterator[Line]:
    alone = lay(Mapping(shown.kind), found)
    made = [live.traces(alone, shown.catalog, context_of(shown), each, kept={}) for each in samples]
    for each in found:
        field = shown.catalog.fields[each.field]
        example, trace = _telling(each, samples, made)
        yield Line(
            each,
            field.label,
            field.section.value,
            field.required,
            example,
            trace.result if trace and isinstance(trace.result, str) else "",
            tuple(map(said, trace.problems)) if trace else (),
        )


def _telling(
    suggestion: Suggestion, samples: Sequence[Record], made: Sequence[dict[str, FieldTrace]]
) -> tuple[str, FieldTrace | None]:
    """The source's value in the first example that has one, and what becomes of it."""
    first = next((traces.get(suggestion.field) for traces in made), None)
    for record, traces in zip(samples, made, strict=True):
        trace = traces.get(suggestion.field)
        if value := _example(suggestion, trace, record):
            return value, trace
    return "", first


def _example(suggestion: Suggestion, trace: FieldTrace | None, record: Record) -> str:
    """The value of the source; where several are read, of the first that has one."""
    if trace and trace.start:
        return trace.start
    values = {} if suggestion.slot else record.values
    return next((value for value in map(values.get, suggestion.sources) if value), "")


_KIND = "connections/<int:key>/mapping/<str:kind>"
urlpatterns = [
    path(f"{_KIND}/suggestions/", suggestions, name="mapping-suggestions"),
    path(f"{_KIND}/suggestions/read/", read, name="mapping-suggestions-read"),
]
