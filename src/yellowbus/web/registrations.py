"""Registrations: a list with the state of the last sync, one registration, “Sync to SIS”, and taking in a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path

from yellowbus.catalog import Section
from yellowbus.enroll import directory, registrations
from yellowbus.enroll.registrations import Form, Row, Wanted
from yellowbus.enroll.students import catalog_of
from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.planning.report import counted
from yellowbus.runs.exporting import sending
from yellowbus.runs.models import Run
from yellowbus.runs.told import Told, told
from yellowbus.setup import registrations as verbs
from yellowbus.setup.permissions import EXPORTS, Permission
from yellowbus.web import remedies
from yellowbus.web.page import page, status_of
from yellowbus.web.paging import Paged, asked_page, start_of
from yellowbus.web.place import Place, Request, actor_of
from yellowbus.web.templatetags.yellowbus import year as year_in_words

_SECTIONS = (Section.STUDENT, Section.GUARDIAN, Section.EMERGENCY, Section.CUSTOM)
_EVERY_YEAR = "0"
_NEVER = "Never"
MOST_BYTES = 20_000_000
SYNC_MARKS = {"succeeded": "ok", "partial": "updated", "failed": "failed", "review": "review"}


def may_sync(place: Place) -> bool:
    """View and Edit Registrations together perform an export (enroll-sync 2.3)."""
    return all(place.may(each) for each in EXPORTS)


class Filter(forms.Form):
    """What the list is narrowed to."""

    use_required_attribute = False
    filters = True
    text = forms.CharField(label="Name or id", required=False, max_length=100)
    status = forms.ChoiceField(
        label="Status", required=False, choices=[("", "Any status"), *registrations.STATUSES.items()]
    )
    school = forms.ChoiceField(label="School", required=False)
    year = forms.ChoiceField(label="School year", required=False)
    kind = forms.ChoiceField(
        label="New or returning",
        required=False,
        choices=[("", "Both"), ("new", "New"), ("returning", "Returning")],
    )
    sync = forms.ChoiceField(
        label="Last sync",
        required=False,
        choices=[("", "Any"), *sending.SYNC_WORDS.items(), ("never", _NEVER)],
    )

    def __init__(self, data: Mapping[str, str], place: Place, schools: Mapping[str, str]) -> None:
        super().__init__({"year": str(place.year), **{name: data[name] for name in data}})
        named = [(code, f"{name} ({code})") for code, name in schools.items()]
        self.fields["school"].choices = [("", "All schools"), *named]  # type: ignore[attr-defined]
        years = [(str(each), year_in_words(each)) for each in place.years]
        self.fields["year"].choices = [(_EVERY_YEAR, "All years"), *years]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Wanted:
        """What was asked for; a filter that cannot be read narrows nothing."""
        self.full_clean()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return Wanted(**(given | {"year": int(given.get("year", 0))}))


@dataclass(frozen=True, slots=True)
class Line:
    """A registration in the list."""

    row: Row
    school: str
    status: str
    sync: str
    mark: str
    why: str
    run: UUID | None


def _line(row: Row, schools: Mapping[str, str], now: tuple[str, UUID] | None) -> Line:
    # What decided a record that was not written whole; its facts stand on its own page.
    why = row.sync_reason if row.sync_reason == "withdrawn-after-sync" else ""
    word, run = now or (sending.SYNC_WORDS.get(row.sync_state, _NEVER), row.sync_run)
    return Line(
        row=row,
        school=schools.get(row.school, row.school),
        status=registrations.STATUSES[row.status],
        sync=word,
        mark="held" if now else SYNC_MARKS.get(row.sync_state, ""),
        why=told(why, {}).sentence if why else "",
        run=run,
    )


@page(Permission.VIEW_REGISTRATIONS)
def listed(request: Request) -> HttpResponseBase:
    return _list(request)


def _list(request: Request, **more: Any) -> HttpResponseBase:
    place, number = request.place, asked_page(request)
    schools = directory.school_names(place.instance)
    form = Filter(request.GET, place, schools)
    wanted = form.wanted
    rows, total = registrations.listed(place.instance, wanted, start=start_of(number))
    now = sending.under_way(place.instance, [row.id for row in rows])
    context = {
        "form": form,
        "lines": [_line(row, schools, now.get(row.id)) for row in rows],
        "part": Paged(number, total),
        "narrowed": wanted != Wanted(year=place.year),
        "approved": registrations.APPROVED,
        **_rights(place),
        **more,
    }
    trouble: YellowbusError | None = more.get("trouble")
    return render(request, "registrations/list.html", context, status=status_of(trouble) if trouble else 200)


def _rights(place: Place) -> dict[str, bool]:
    return {
        "may_sync": may_sync(place),
        "may_log": place.may(Permission.VIEW_LOG) or may_sync(place),
    }


@page(*EXPORTS, methods=("POST",))
def sync(request: Request) -> HttpResponseBase:
    """“Sync to SIS”: an export of what is ticked, which stops at its plan."""
    chosen = request.POST.getlist("registration")
    try:
        ordered = sending.send(actor_of(request), request.place.instance, chosen)
    except YellowbusError as error:
        return _list(
            request,
            trouble=error,
            ticked=set(chosen),
            **remedies.link(request.place, error.code, error.facts),
        )
    return _to_plan(request, ordered)


def _to_plan(request: Request, ordered: Sequence[Run]) -> HttpResponseBase:
    first, *others = ordered
    for run in others:
        says = f"Another plan is being made: {run.connection.name}, {year_in_words(run.school_year)}."
        messages.success(request, f"{says} It is in the Sync Logs.")
    return redirect("run", key=first.pk)


# --- one registration ---


@dataclass(frozen=True, slots=True)
class Group:
    """The answers of one section, as label and value."""

    title: str
    rows: Sequence[tuple[str, str]]


class StatusForm(forms.Form):
    """What a person makes of a registration."""

    status = forms.ChoiceField(label="Status", choices=list(registrations.STATUSES.items()))


class EntryForm(forms.Form):
    """The day of entry; blank lets the rule decide."""

    day = forms.DateField(
        label="Entry date",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Blank: the first day of school, or the day of the sync where that is later.",
    )


@page(Permission.VIEW_REGISTRATIONS)
def one(request: Request, key: int) -> HttpResponseBase:
    return _one(request, _found(request, key))


def _found(request: Request, key: int) -> Form:
    found = registrations.form(key, instance=request.place.instance)
    if found is None:
        raise NeedsAdmin("registration-gone")
    return found


def _one(request: Request, form: Form, **more: Any) -> HttpResponseBase:
    place = request.place
    serving = sending.route(place.instance, form)
    done = sending.syncs(place.instance, form.id)
    context = {
        "form": form,
        "status": registrations.STATUSES[form.status],
        "school": directory.school_names(place.instance).get(form.school, form.school),
        "serving": serving,
        "missing": list(sending.missing(form, serving)),
        "groups": _groups(place, form),
        "syncs": done,
        "last": sending.SYNC_WORDS.get(form.sync_state, ""),
        "now": sending.under_way(place.instance, [form.id]).get(form.id),
        "may_see": place.may(Permission.VIEW_STUDENTS),
        "status_form": StatusForm(initial={"status": form.status}),
        "entry_form": EntryForm(initial={"day": form.entry_date}),
        **_rights(place),
        **more,
    }
    trouble: YellowbusError | None = more.get("trouble")
    return render(request, "registrations/one.html", context, status=status_of(trouble) if trouble else 200)


def _groups(place: Place, form: Form) -> list[Group]:
    """The form's answers over what Enroll has, in the order of the catalog; sections without a value left out."""
    rows: dict[Section, list[tuple[str, str]]] = {section: [] for section in _SECTIONS}
    for name, described in catalog_of("students", place.instance).fields.items():
        if value := form.values.get(name):
            rows[described.section].append((described.label, value))
    return [Group(section.value, found) for section, found in rows.items() if found]


@page(*EXPORTS, methods=("POST",))
def sync_one(request: Request, key: int) -> HttpResponseBase:
    """“Sync to SIS” of one registration."""
    found = _found(request, key)
    try:
        return _to_plan(request, sending.send(actor_of(request), request.place.instance, [found.external_id]))
    except YellowbusError as error:
        return _one(request, found, trouble=error, **remedies.link(request.place, error.code, error.facts))


@page(*EXPORTS, methods=("POST",))
def set_status(request: Request, key: int) -> HttpResponseBase:
    """Approve, withdraw and so on."""
    found, form = _found(request, key), StatusForm(request.POST)
    if not form.is_valid():
        return _one(request, found, trouble=NeedsAdmin("nothing-chosen"))
    status = form.cleaned_data["status"]
    try:
        verbs.set_status(actor_of(request), request.place.instance, found.external_id, status)
    except YellowbusError as error:
        return _one(request, found, trouble=error)
    messages.success(
        request,
        f"Registration {found.external_id} is {registrations.STATUSES[status].lower()}. The SIS was not touched.",
    )
    return redirect("registration", key=key)


@page(*EXPORTS, methods=("POST",))
def set_entry(request: Request, key: int) -> HttpResponseBase:
    """Choose the day of entry, or let the rule decide again."""
    found, form = _found(request, key), EntryForm(request.POST)
    if not form.is_valid():
        return _one(request, found, trouble=NeedsAdmin("entry-date-not-read"), entry_form=form)
    day: date | None = form.cleaned_data["day"]
    verbs.set_entry_date(actor_of(request), request.place.instance, found.external_id, day)
    messages.success(request, f"Registration {found.external_id} enters on {day or 'the day of the rule'}.")
    return redirect("registration", key=key)


# --- a file ---


class FileForm(forms.Form):
    """Registrations as JSON lines."""

    file = forms.FileField(
        label="File with a registration on each line (JSON lines, UTF-8)",
        widget=forms.FileInput(attrs={"accept": ".jsonl,.json,.txt,application/json"}),
        allow_empty_file=True,
    )


@page(*EXPORTS, methods=("GET", "POST"))
def take_in(request: Request) -> HttpResponseBase:
    """Take registrations in from another enrollment platform; every fault by its line, and then nothing is kept."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if not form.is_valid():
        return _file(request, form, status=422 if form.errors else 200)
    try:
        taken = verbs.take_in_lines(
            actor_of(request), request.place.instance, _lines(form.cleaned_data["file"])
        )
    except YellowbusError as error:
        return _file(request, form, status=status_of(error), trouble=error)
    if taken.faults:
        faults = [(each.line, each.field, told(each.code, each.facts)) for each in taken.faults]
        return _file(request, form, status=422, faults=faults)
    messages.success(
        request,
        f"{counted(taken.created, 'registration')} new, {taken.updated:,} changed, {taken.unchanged:,} as before.",
    )
    return redirect("registrations")


def _file(request: Request, form: FileForm, *, status: int, **more: Any) -> HttpResponseBase:
    faults: Sequence[tuple[int, str, Told]] = more.get("faults", ())
    context = {"form": form, **more, "faults": faults[:200], "hidden": max(0, len(faults) - 200)}
    return render(request, "registrations/import.html", context, status=status)


def _lines(given: Any) -> list[str]:
    """Raises NeedsAdmin for what is too long or not in UTF-8."""
    if given.size > MOST_BYTES:
        raise NeedsAdmin(
            "document-not-read", file=given.name, reason="it is larger than twenty million bytes"
        )
    try:
        return given.read().decode("utf-8-sig").split("\n")  # type: ignore[no-any-return]
    except UnicodeDecodeError:
        raise NeedsAdmin("document-not-read", file=given.name, reason="it is not in UTF-8") from None


urlpatterns = [
    path("registrations/", listed, name="registrations"),
    path("registrations/sync/", sync, name="registrations-sync"),
    path("registrations/import/", take_in, name="registrations-import"),
    path("registrations/<int:key>/", one, name="registration"),
    path("registrations/<int:key>/sync/", sync_one, name="registration-sync"),
    path("registrations/<int:key>/status/", set_status, name="registration-status"),
    path("registrations/<int:key>/entry/", set_entry, name="registration-entry"),
]
