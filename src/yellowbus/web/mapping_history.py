"""The History tab of Configure Mapping: versions compared, restored, copied between connections, exchanged as files."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.text import slugify

from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.mapping.model import EXPORT
from yellowbus.setup import mappings, versions
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Permission
from yellowbus.setup.versions import Fitted
from yellowbus.web import mapping_editing
from yellowbus.web.connections import found
from yellowbus.web.mapping_names import differences
from yellowbus.web.numbers import number_in
from yellowbus.web.page import page, status_of
from yellowbus.web.paging import Paged, asked_page, start_of
from yellowbus.web.place import Request, actor_of

MANAGE = (Permission.VIEW_LOG, Permission.MANAGE_MAPPINGS)
_KINDS = ("schools", "students", EXPORT)
_TAB = "mapping-history"


class CompareForm(forms.Form):
    """Two versions."""

    filters = True
    before = forms.TypedChoiceField(label="From version", coerce=int)
    after = forms.TypedChoiceField(label="To version", coerce=int)

    def __init__(self, newest: int, data: Any = None) -> None:
        super().__init__(data, initial={"before": max(newest - 1, 1), "after": newest})
        for name in ("before", "after"):
            numbers = [(number, str(number)) for number in range(newest, 0, -1)]
            self.fields[name].choices = numbers  # type: ignore[attr-defined]


class CopyForm(forms.Form):
    """Another connection of the same kind of SIS, of either site."""

    source = forms.TypedChoiceField(label="Connection", coerce=int)

    def __init__(self, offered: list[Connection], data: Any = None) -> None:
        super().__init__(data)
        named = [(each.pk, f"{each.name} ({each.instance.environment.title()})") for each in offered]
        self.fields["source"].choices = named  # type: ignore[attr-defined]


class UploadForm(forms.Form):
    """A mapping as it was downloaded."""

    file = forms.FileField(
        label="File",
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
        allow_empty_file=True,
    )


class LayForm(forms.Form):
    """What was previewed, to be saved. `seen` is the version it was compared with."""

    document = forms.CharField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    origin = forms.CharField(widget=forms.HiddenInput, max_length=100)
    note = forms.CharField(label="Note for the history", required=False, max_length=200)


def _found(request: Request, key: int, kind: str) -> Connection:
    shown = found(request.place, key)
    if kind not in _KINDS:
        raise NeedsAdmin("page-unknown")
    return shown


def _found_exchanged(request: Request, key: int, kind: str) -> Connection:
    if kind == EXPORT:
        raise NeedsAdmin("page-unknown")
    return _found(request, key, kind)


@page(*MANAGE)
def history(request: Request, key: int, kind: str) -> HttpResponseBase:
    """The versions, and what changed between two of them where two were asked for."""
    return _tab(request, _found(request, key, kind), kind)


def _tab(request: Request, shown: Connection, kind: str, **more: Any) -> HttpResponseBase:
    newest, number = versions.newest_number(shown, kind), asked_page(request)
    exchanged = kind != EXPORT  # what one SIS takes is not what another one takes
    asked = CompareForm(newest, request.GET if "before" in request.GET else None)
    offered = versions.offered(shown, kind) if exchanged else []
    context = {
        **mapping_editing.frame(shown, kind, _TAB),
        "newest": newest,
        "exchanged": exchanged,
        "rows": versions.listed(shown, kind, start=start_of(number), most=Paged(1, newest).size),
        "part": Paged(number, newest),
        "compare": asked,
        "compared": _compared(shown, kind, asked) if asked.is_valid() else None,
        "copy": CopyForm(offered) if offered else None,
        "upload": UploadForm(),
        **more,
    }
    trouble: YellowbusError | None = more.get("trouble")
    return render(request, "mapping/history.html", context, status=status_of(trouble) if trouble else 200)


def _compared(shown: Connection, kind: str, asked: CompareForm) -> dict[str, Any]:
    numbers = asked.cleaned_data["before"], asked.cleaned_data["after"]
    before, after = (mappings.version(shown, kind, number).document for number in numbers)
    return {"before": numbers[0], "after": numbers[1], "lines": _differences(shown, kind, before, after)}


def _differences(shown: Connection, kind: str, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return differences(mapping_editing.filled_by(shown, kind), before, after)


@page(*MANAGE)
def file(request: Request, key: int, kind: str, number: int) -> HttpResponseBase:
    """One version as a JSON file."""
    shown = _found(request, key, kind)
    kept = mappings.version(shown, kind, number)
    text = json.dumps(kept.document, indent=2, ensure_ascii=False) + "\n"
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    name = f"{slugify(shown.name) or 'connection'}-{kind}-v{number}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@page(*MANAGE, methods=("POST",))
def restore(request: Request, key: int, kind: str) -> HttpResponseBase:
    """Save an old version again as the newest."""
    shown = _found(request, key, kind)
    number, seen = (number_in(request.POST.get(name, "")) or 0 for name in ("number", "seen"))
    try:
        kept = versions.restore(actor_of(request), shown, kind, number, seen=seen)
    except YellowbusError as error:
        return _tab(request, shown, kind, trouble=error)
    word = mapping_editing.run_word(kind)
    says = (
        f"Version {number} is the same as version {seen}, which stands."
        if kept.number == seen
        else f"Version {number} is restored: version {kept.number} has its document. The next {word} uses it."
    )
    messages.success(request, says)
    return redirect(_TAB, key=key, kind=kind)


@page(*MANAGE, methods=("POST",))
def preview(request: Request, key: int, kind: str) -> HttpResponseBase:
    """What a file, or the mapping of another connection, would change here. Nothing is saved."""
    shown = _found_exchanged(request, key, kind)
    offered = versions.offered(shown, kind)
    copying = CopyForm(offered, request.POST) if "source" in request.POST else None
    uploading = None if copying else UploadForm(request.POST, request.FILES)
    try:
        if copying and copying.is_valid():
            source = next(each for each in offered if each.pk == copying.cleaned_data["source"])
            return _preview(
                request, shown, kind, versions.copied(actor_of(request), source, shown, kind),
                origin=f"Copied from {source.name}",
            )  # fmt: skip
        if uploading and uploading.is_valid():
            given = uploading.cleaned_data["file"]
            fitted = versions.from_file(actor_of(request), shown, kind, given.read(), name=given.name)
            return _preview(request, shown, kind, fitted, origin=f"From the file {given.name}")
    except YellowbusError as error:
        return _tab(request, shown, kind, trouble=error)
    return _tab(request, shown, kind, trouble=NeedsAdmin("nothing-chosen"))


def _preview(
    request: Request, shown: Connection, kind: str, fitted: Fitted, *, origin: str
) -> HttpResponseBase:
    newest = versions.newest_number(shown, kind)
    now = mappings.version(shown, kind, newest).document if newest else {}
    given = {"document": json.dumps(fitted.document), "seen": newest, "origin": origin[:100]}
    context = {
        **mapping_editing.frame(shown, kind, _TAB),
        "origin": origin,
        "newest": newest,
        "next": newest + 1,
        "lines": _differences(shown, kind, now, fitted.document),
        "left_out": fitted.left_out,
        "form": LayForm(initial=given),
    }
    return render(request, "mapping/lay.html", context)


@page(*MANAGE, methods=("POST",))
def lay(request: Request, key: int, kind: str) -> HttpResponseBase:
    """Save what was previewed; refused if another version came since."""
    shown, form = _found_exchanged(request, key, kind), LayForm(request.POST)
    try:
        if not form.is_valid():
            raise NeedsAdmin("nothing-chosen")
        given = form.cleaned_data
        fitted = versions.from_file(
            actor_of(request), shown, kind, given["document"].encode(), name=given["origin"]
        )
        note = f"{given['origin']}. {given['note']}".strip()[:200]
        kept = mappings.save(actor_of(request), shown, fitted.document, note=note, seen=given["seen"])
    except YellowbusError as error:
        return _tab(request, shown, kind, trouble=error)
    messages.success(
        request, f"Version {kept.number} is saved. The next {mapping_editing.run_word(kind)} uses it."
    )
    return redirect(_TAB, key=key, kind=kind)


@page(*MANAGE, methods=("POST",))
def start_ready(request: Request, key: int, kind: str) -> HttpResponseBase:
    """Start with the ready mapping of the SIS."""
    shown = _found(request, key, kind)
    try:
        versions.start_ready(actor_of(request), shown, kind)
    except YellowbusError as error:
        return _tab(request, shown, kind, trouble=error)
    messages.success(request, "The ready mapping is version 1. Look at each field before the first run.")
    return redirect("mapping-fields", key=key, kind=kind)


_KIND = "connections/<int:key>/mapping/<str:kind>"
urlpatterns = [
    path(f"{_KIND}/history/", history, name=_TAB),
    path(f"{_KIND}/history/<int:number>/file/", file, name="mapping-file"),
    path(f"{_KIND}/history/restore/", restore, name="mapping-restore"),
    path(f"{_KIND}/history/preview/", preview, name="mapping-preview"),
    path(f"{_KIND}/history/lay/", lay, name="mapping-lay"),
    path(f"{_KIND}/ready/", start_ready, name="mapping-ready"),
]
