"""Send Record: choose one student, see what would be written field by field, then OK, Continue."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone

from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.jobs import port
from yellowbus.records import Outcome
from yellowbus.runs import history, log, trial
from yellowbus.runs.importing import order
from yellowbus.runs.models import MOVING, TRIAL, Run, State
from yellowbus.runs.told import told
from yellowbus.setup import drafts, examples
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Permission
from yellowbus.web import remedies
from yellowbus.web.connections import found
from yellowbus.web.example_names import names_of
from yellowbus.web.page import page, status_of
from yellowbus.web.place import Place, Request, actor_of
from yellowbus.web.run import progress_of

KIND = "students"
_LONGEST = 100
_NEEDS = (Permission.RUN_IMPORTS, Permission.VIEW_STUDENTS)

# Of each outcome its word, what would become of the student, and what became of it.
_SAYS = {
    Outcome.CREATED: ("Create", "This adds a student to Enroll.", "The student was added to Enroll."),
    Outcome.UPDATED: ("Update", "This changes a student of Enroll.", "The student of Enroll was changed."),
    Outcome.HELD: (
        "Held",
        "This changes a student of Enroll, but for what waits for a person.",
        "The student of Enroll was changed, but for what waits for a person.",
    ),
    Outcome.UNCHANGED: ("Unchanged", *["Enroll has all of this already. Nothing was written."] * 2),
    Outcome.REVIEW: ("To match", *["A person must say who this is. Nothing was written."] * 2),
    Outcome.FAILED: ("Failed", *["This record cannot be used. Nothing was written."] * 2),
    Outcome.SKIPPED: ("Skipped", *["This record is skipped. Nothing was written."] * 2),
}


class ChooseForm(forms.Form):
    """One of the Student Examples, or another student by the id that people see; an id typed goes first."""

    use_required_attribute = False
    filters = True  # neither box need be filled, and of each that need not be said
    example = forms.ChoiceField(label="Student Example", required=False, widget=forms.RadioSelect)
    other = forms.CharField(
        label="Or another student, by the id that people see in the SIS",
        required=False,
        max_length=_LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, offered: Mapping[str, str], data: Any = None, *, asked: str = "") -> None:
        chosen = asked if asked in offered else next(iter(offered), "")
        super().__init__(data, initial={"example": chosen, "other": "" if chosen == asked else asked})
        if offered:
            self.fields["example"].choices = list(offered.items())  # type: ignore[attr-defined]
        else:
            del self.fields["example"]
            self.fields["other"].label = "Student, by the id that people see in the SIS"

    def clean(self) -> dict[str, Any]:
        """`student` is the id to send."""
        given = super().clean() or {}
        given["student"] = given.get("other") or given.get("example", "")
        if not given["student"] and not self.errors:
            self.add_error("other", "Enter the student's id.")
        return given


@page(*_NEEDS, methods=("GET", "POST"))
def send_record(request: Request, key: int) -> HttpResponseBase:
    """Choose the student; with POST the preview is made. Nothing is written to Enroll by it."""
    shown = found(request.place, key)
    data = request.POST if request.method == "POST" else None
    form = ChooseForm(_examples(request, shown), data, asked=request.GET.get("example", "")[:_LONGEST])
    try:
        order.ready_to_order(shown, KIND, year=request.place.year)
        if not form.is_valid():
            return _choose(request, shown, form)
        ordered = order.order(
            actor_of(request), shown, KIND, year=request.place.year, trial=form.cleaned_data["student"]
        )
    except YellowbusError as error:
        return _choose(request, shown, form, trouble=error)
    return redirect("send-record-run", key=key, run=ordered.pk)


def _examples(request: Request, shown: Connection) -> dict[str, str]:
    """What each Student Example is called, by its id; the id alone where it was not looked up lately."""
    seen = examples.examples(actor_of(request), shown, KIND, now=timezone.now())
    names = names_of(shown, seen.found)
    return {key: f"{names.get(key, '')} {key}".strip() for key in examples.wanted(shown, KIND)}


def _choose(
    request: Request, shown: Connection, form: ChooseForm, trouble: YellowbusError | None = None
) -> HttpResponseBase:
    context = {
        "connection": shown,
        "form": form,
        "unsaved": _has_draft(request, shown),
        **_refused(request.place, trouble),
    }
    status = status_of(trouble) if trouble and request.method == "POST" else 200
    return render(request, "mapping/send.html", context, status=422 if form.errors else status)


def _has_draft(request: Request, shown: Connection) -> bool:
    """Whether the person works on the mapping: what is sent goes by the saved version."""
    if not request.place.may(Permission.MANAGE_MAPPINGS):
        return False
    return drafts.look(actor_of(request), shown, KIND).pk is not None


def _refused(place: Place, trouble: YellowbusError | None) -> dict[str, Any]:
    return {"trouble": trouble, **remedies.link(place, trouble.code, trouble.facts)} if trouble else {}


@page(*_NEEDS, methods=("GET", "POST"))
def sent(request: Request, key: int, run: UUID) -> HttpResponseBase:
    """The preview, how far it is, or what became of it. POST is OK, Continue."""
    shown = _trial_of(request.place, key, run)
    trouble = None
    if request.method == "POST":
        try:
            order.approve(actor_of(request), shown.pk)
        except YellowbusError as error:
            trouble = error
        else:
            return redirect("send-record-run", key=key, run=run)
    context = {
        "connection": shown.connection,
        **_refused(request.place, trouble),
        **_told(request.place, shown),
    }
    return render(request, "mapping/sent.html", context, status=status_of(trouble) if trouble else 200)


def _trial_of(place: Place, key: int, run: UUID) -> Run:
    shown = history.find(place.instance, run)
    if shown.connection_id != key or shown.trigger != TRIAL:
        raise NeedsAdmin("run-gone")
    return shown


def _told(place: Place, shown: Run) -> dict[str, Any]:
    """What the page says of the run as it is now."""
    moving = shown.state in MOVING
    context: dict[str, Any] = {
        **progress_of(shown),
        "student": (shown.only or [""])[0],
        "idle": moving and not port.worker_alive(),
        "ended": shown.state in (State.CANCELLED, State.REPLACED),
    }
    if shown.state == State.FAILED:
        failed = told(shown.error_code, shown.error_facts)
        return context | {"failed": failed, **remedies.link(place, failed.code, shown.error_facts)}
    preview = None if moving else trial.previewed(shown)
    return context | (_previewed(shown, preview) if preview else {})


def _previewed(shown: Run, preview: trial.Preview) -> dict[str, Any]:
    waits, (word, before, after) = shown.state == State.WAITING, _SAYS[preview.outcome]
    return {
        "preview": preview,
        "word": word,
        "says": before if waits else after,
        "outcome": preview.outcome.value,
        "waits": waits,
        "done": shown.state == State.DONE,
        "status": log.status(shown),
    }


urlpatterns = [
    path("connections/<int:key>/send/", send_record, name="send-record"),
    path("connections/<int:key>/send/<uuid:run>/", sent, name="send-record-run"),
]
