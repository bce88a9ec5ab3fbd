"""The panel of Match Codes: the codes really seen in the SIS, unmatched ones first, and what each becomes in Enroll."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path

from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.mapping.match_codes import LONGEST, table_of, with_table, write_csv
from yellowbus.mapping.model import EXPORT, FieldRule, MappingType
from yellowbus.mapping.targets import rule_at, with_rule_at
from yellowbus.mapping.transforms import MatchCodes
from yellowbus.mapping.transforms.match_codes import OnBlank, OnUnmatched
from yellowbus.runs import scanning
from yellowbus.setup import drafts
from yellowbus.setup.permissions import Permission
from yellowbus.web import codes_upload, mapping_editing
from yellowbus.web.codes_seen import CodesSeen, scan_of, seen_codes
from yellowbus.web.downloads import as_file
from yellowbus.web.mapping_answer import answer
from yellowbus.web.mapping_editing import Editing
from yellowbus.web.mapping_panels import panel_of
from yellowbus.web.mapping_sight import sight
from yellowbus.web.page import page
from yellowbus.web.place import Request, actor_of

MANAGE = (Permission.VIEW_LOG, Permission.MANAGE_MAPPINGS)
_TEMPLATE = "mapping/codes.html"
ON_UNMATCHED = {
    OnUnmatched.FAIL: "Not taken (problem)",
    OnUnmatched.AS_IS: "Taken as it is",
    OnUnmatched.DEFAULT: "The default value",
    OnUnmatched.BLANK: "Blank",
}
ON_BLANK = {OnBlank.BLANK: "Blank", OnBlank.DEFAULT: "The default value"}


@panel_of("match-codes")
def panel(request: Request, editing: Editing, name: str) -> HttpResponseBase:
    """The table of one field. A POST says in `do` what is to be done."""
    if request.method != "POST":
        return _show(request, editing, name)
    act = _ACTS.get(request.POST.get("do", "save"), _save)
    try:
        return act(request, editing, name)
    except YellowbusError as error:
        return _show(request, editing, name, trouble=error)


def _show(request: Request, editing: Editing, name: str, **more: Any) -> HttpResponseBase:
    known = sight(request, editing.connection, editing.kind)
    context = {
        "codes": seen_codes(request, editing, name, fields=known.fields.fields),
        "scan": scan_of(editing),
        "may_read": editing.kind != EXPORT and request.place.may(Permission.VIEW_STUDENTS),
        "on_unmatched": [(each.value, says) for each, says in ON_UNMATCHED.items()],
        "on_blank": [(each.value, says) for each, says in ON_BLANK.items()],
        **more,
    }
    return answer(request, editing, [name], seen=known, panel=_TEMPLATE, **context)


def _rule(editing: Editing, name: str) -> FieldRule:
    rule = rule_at(editing.mapping, name)
    if rule is None or not rule.mapped:
        raise NeedsAdmin("field-unknown", field=name, advice="Choose Match Codes as its Mapping Type first.")
    return rule


def _kept(request: Request, editing: Editing, name: str, step: MatchCodes) -> Editing:
    """The draft with this table for the field, which is one of Match Codes from then on."""
    rule = with_table(_rule(editing, name), step)
    if rule.type is MappingType.DIRECT:
        rule = replace(rule, type=MappingType.MATCH_CODES)
    draft = drafts.change(
        actor_of(request), editing.connection, editing.kind, lambda mapping: with_rule_at(mapping, name, rule)
    )
    return mapping_editing.of_draft(request, draft)


# --- what can be done ---


def _save(request: Request, editing: Editing, name: str) -> HttpResponseBase:
    return _show(request, _with_form(request, editing, name), name)


def _with_form(request: Request, editing: Editing, name: str) -> Editing:
    """The draft as the boxes of the panel say it."""
    codes = seen_codes(request, editing, name)
    now = table_of(_rule(editing, name)) or MatchCodes()
    return _kept(request, editing, name, _policies(_with_rows(now, request, codes), request.POST))


def _read(request: Request, editing: Editing, name: str) -> HttpResponseBase:
    """Keep what was typed, and order a scan that counts this field too."""
    after = _with_form(request, editing, name)
    source = _rule(after, name).source
    fields = [source] if source else []
    scanning.order(actor_of(request), after.connection, after.kind, year=request.place.year, fields=fields)
    return _show(request, after, name)


def _cancel(request: Request, editing: Editing, name: str) -> HttpResponseBase:
    after = _with_form(request, editing, name)
    scanning.cancel(actor_of(request), after.connection, after.kind)
    return _show(request, after, name)


def _upload(request: Request, editing: Editing, name: str) -> HttpResponseBase:
    """Look at a file line by line. Nothing enters the draft yet."""
    step = table_of(_rule(editing, name)) or MatchCodes()
    text = codes_upload.text_of(request.FILES.get("file"))
    targets = seen_codes(request, editing, name).targets
    return _show(request, editing, name, upload=codes_upload.look(text, step, targets))


def _take(request: Request, editing: Editing, name: str) -> HttpResponseBase:
    """The file that was looked at becomes the table."""
    step = table_of(_rule(editing, name)) or MatchCodes()
    targets = seen_codes(request, editing, name).targets
    looked = codes_upload.look(codes_upload.clean(request.POST.get("csv", "")), step, targets)
    return _show(request, _kept(request, editing, name, replace(step, table=looked.table)), name)


_ACTS: Mapping[str, Callable[[Request, Editing, str], HttpResponseBase]] = {
    "save": _save,
    "read": _read,
    "cancel": _cancel,
    "upload": _upload,
    "take": _take,
}


# --- the boxes ---


def _with_rows(step: MatchCodes, request: Request, codes: CodesSeen) -> MatchCodes:
    """The table after the rows of the form: each names its code in its name, and what it becomes in its value."""
    given: dict[str, str] = request.POST.dict()
    blank = request.POST.getlist("blank")
    asked = {
        step.key(name[3:]): (name[3:], codes.target_of(name[3:], value, blank))
        for name, value in given.items()
        if name.startswith("to:")
    }
    table = []
    for source, target in step.table:
        _, new = asked.pop(step.key(source), (source, target))
        if new is not None:
            table.append((source, new))
    table += [(source, new) for source, new in asked.values() if new is not None]
    if new_code := _short(request.POST.get("new_code", "")).strip():
        new = codes.target_of(new_code, request.POST.get("new_value", ""), ())
        table.append((new_code, new or ""))
    return replace(step, table=tuple((_short(source), _short(target)) for source, target in table))


def _policies(step: MatchCodes, given: Mapping[str, str]) -> MatchCodes:
    """What the boxes below the table say; those that are not there keep what there was."""
    if "on_unmatched" not in given:
        return step
    return replace(
        step,
        on_unmatched=_one_of(OnUnmatched, given["on_unmatched"], step.on_unmatched),
        on_blank=_one_of(OnBlank, given.get("on_blank", ""), step.on_blank),
        default=_short(given.get("default", "")).strip(),
        ignore_leading_zeros="ignore_leading_zeros" in given,
        separator=_short(given.get("separator", ""))[:5],
    )


def _one_of(kind: Any, asked: str, now: Any) -> Any:
    return next((each for each in kind if each.value == asked), now)


def _short(text: str) -> str:
    """Raises NeedsAdmin for what is too long to be a code."""
    kept = codes_upload.clean(text)
    if len(kept) > LONGEST:
        raise NeedsAdmin("codes-line-long", most=LONGEST)
    return kept


# --- beside the panel ---


@page(*MANAGE)
def file(request: Request, key: int, kind: str, name: str) -> HttpResponseBase:
    """The table as CSV, with the codes that nothing matches left open."""
    editing = mapping_editing.editing(request, key, kind)
    _rule(editing, name)
    codes = seen_codes(request, editing, name, most=None)
    text = write_csv(codes.file_rows, ("SIS label", "Records"))
    return as_file([text], f"match-codes-{name.rpartition('.')[2]}.csv")


@page(*MANAGE)
def progress(request: Request, key: int, kind: str, name: str) -> HttpResponseBase:
    """How far the reading is; once it has ended, the panel asks for its rows anew."""
    editing = mapping_editing.editing(request, key, kind)
    context = {"editing": editing, "name": name, "scan": scan_of(editing), "fresh": True}
    response: HttpResponse = render(request, "mapping/codes_progress.html", context)
    return response


_KIND = "connections/<int:key>/mapping/<str:kind>"
urlpatterns = [
    path(f"{_KIND}/codes/<str:name>/file/", file, name="mapping-codes-file"),
    path(f"{_KIND}/codes/<str:name>/progress/", progress, name="mapping-codes-progress"),
]
