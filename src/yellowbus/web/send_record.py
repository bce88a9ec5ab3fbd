"""Send Record: choose one student, see what would be written field by field, then OK, Continue."""

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone

from yellowbus.errors import YellowbusError
from yellowbus.records import Outcome
from yellowbus.runs import trial
from yellowbus.runs.importing import order
from yellowbus.runs.models import MOVING, Run, State
from yellowbus.setup import examples
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Permission
from yellowbus.web import trials
from yellowbus.web.connections import found
from yellowbus.web.example_names import names_of
from yellowbus.web.page import page, status_of
from yellowbus.web.place import Request, actor_of
from yellowbus.web.trials import ChooseForm

KIND = "students"
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


@page(*_NEEDS, methods=("GET", "POST"))
def send_record(request: Request, key: int) -> HttpResponseBase:
    """Choose the student; with POST the preview is made. Nothing is written to Enroll by it."""
    shown = found(request.place, key)
    data = request.POST if request.method == "POST" else None
    form = ChooseForm(_examples(request, shown), data, asked=trials.asked_example(request))
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
        "unsaved": trials.has_draft(request, shown, KIND),
        **trials.refused(request.place, trouble),
    }
    status = status_of(trouble) if trouble and request.method == "POST" else 200
    return render(request, "mapping/send.html", context, status=422 if form.errors else status)


@page(*_NEEDS, methods=("GET", "POST"))
def sent(request: Request, key: int, run: UUID) -> HttpResponseBase:
    """The preview, how far it is, or what became of it. POST is OK, Continue."""
    shown = trials.find(request.place, key, run, KIND)
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
        "student": trials.chosen(shown),
        **trials.refused(request.place, trouble),
        **trials.standing(request.place, shown),
        **_previewed(shown),
    }
    return render(request, "mapping/sent.html", context, status=status_of(trouble) if trouble else 200)


def _previewed(shown: Run) -> dict[str, Any]:
    """What the record comes to; nothing while the run moves or after it failed."""
    preview = None if shown.state in (*MOVING, State.FAILED) else trial.previewed(shown)
    if preview is None:
        return {}
    waits, (word, before, after) = shown.state == State.WAITING, _SAYS[preview.outcome]
    return {
        "preview": preview,
        "word": word,
        "says": before if waits else after,
        "outcome": preview.outcome.value,
        "waits": waits,
        "done": shown.state == State.DONE,
    }


urlpatterns = [
    path("connections/<int:key>/send/", send_record, name="send-record"),
    path("connections/<int:key>/send/<uuid:run>/", sent, name="send-record-run"),
]
