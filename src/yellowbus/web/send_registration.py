"""Send Record to the SIS: choose one registration, see every field now and after, then OK, Continue."""

from typing import Any
from uuid import UUID

from django import forms
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path

from yellowbus.enroll import export_examples, registrations
from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.records import Outcome
from yellowbus.runs import trial
from yellowbus.runs.exporting import order, showing
from yellowbus.runs.models import EXPORT, MOVING, Run, State
from yellowbus.setup.export_options import is_production, read_export_options
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import EXPORTS, Permission
from yellowbus.web import trials
from yellowbus.web.connections import found
from yellowbus.web.page import page, status_of
from yellowbus.web.place import Place, Request, actor_of
from yellowbus.web.trials import ChooseForm

# Of each outcome its word, what would become of the student, and what became of it.
_SAYS = {
    Outcome.CREATED: ("Create", "This creates a student in the SIS.", "The student was created in the SIS."),
    Outcome.UPDATED: ("Update", "This changes a student of the SIS.", "The student of the SIS was changed."),
    Outcome.HELD: (
        "Held",
        "This changes a student of the SIS, but for what waits for a person.",
        "The student of the SIS was changed, but for what waits for a person.",
    ),
    Outcome.UNCHANGED: ("Unchanged", *["The SIS has all of this already. Nothing was written."] * 2),
    Outcome.REVIEW: ("To match", *["A person must answer a question first. Nothing was written."] * 2),
    Outcome.FAILED: ("Failed", *["This registration cannot be sent as it is."] * 2),
    Outcome.SKIPPED: ("Skipped", *["This registration is skipped. Nothing was written."] * 2),
}


@page(*EXPORTS, methods=("GET", "POST"))
def send_registration(request: Request, key: int) -> HttpResponseBase:
    """Choose the registration; with POST the preview is made. Nothing is written to the SIS by it."""
    place, shown = request.place, found(request.place, key)
    data = request.POST if request.method == "POST" else None
    form = _form(place, shown, data, asked=trials.asked_example(request))
    if data is None or not form.is_valid():
        return _choose(request, shown, form)
    try:
        chosen = _registration(place, form.cleaned_data["student"])
        ordered = order.order_export(actor_of(request), shown, year=chosen.year, trial=chosen.external_id)
    except YellowbusError as error:
        return _choose(request, shown, form, trouble=error)
    return redirect("send-registration-run", key=key, run=ordered.pk)


def _form(place: Place, shown: Connection, data: Any, *, asked: str) -> ChooseForm:
    wanted = read_export_options(shown).examples
    seen = export_examples.find(shown.instance_id, place.year, wanted)
    offered = {key: f"{each.name} {key}".strip() for key, each in seen.items() if each and each.sent}
    form = ChooseForm(offered, data, asked=asked)
    other = "Or another registration" if offered else "Registration"
    form.fields["other"].label = f"{other}, by its id or by that of its student"
    if offered:
        form.fields["example"].label = "Example"
    return form


def _registration(place: Place, text: str) -> registrations.Form:
    """By whichever id was typed. Raises NeedsAdmin where there is none."""
    seen = export_examples.find(place.instance, place.year, [text])[text]
    form = registrations.find(place.instance, seen.sent) if seen and seen.sent else None
    if form is None:
        raise NeedsAdmin("registration-unknown", registration=text)
    return form


def _choose(
    request: Request, shown: Connection, form: ChooseForm, trouble: YellowbusError | None = None
) -> HttpResponseBase:
    context = {
        "connection": shown,
        "form": form,
        "production": is_production(shown),
        "unsaved": trials.has_draft(request, shown, EXPORT),
        **trials.refused(request.place, trouble),
    }
    status = status_of(trouble) if trouble else (422 if form.errors else 200)
    return render(request, "mapping/send_export.html", context, status=status)


class NameForm(forms.Form):
    """The student's name, typed: whoever sends to a production SIS has looked at whom."""

    use_required_attribute = False
    name = forms.CharField(
        label="Type the student's name to send the record",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    filters = True


@page(*EXPORTS, methods=("GET", "POST"))
def sent(request: Request, key: int, run: UUID) -> HttpResponseBase:
    """The preview, how far it is, or what became of it. POST is OK, Continue."""
    shown = trials.find(request.place, key, run, EXPORT)
    form, trouble = registrations.find(request.place.instance, trials.chosen(shown)), None
    if request.method == "POST":
        try:
            name, expected = request.POST.get("name", ""), form.name if form else ""
            order.approve_trial(actor_of(request), shown.pk, name=name, expected=expected)
        except YellowbusError as error:
            trouble = error
        else:
            return redirect("send-registration-run", key=key, run=run)
    context = {
        "connection": shown.connection,
        "registration": form,
        "name_form": NameForm() if order.must_type_name(shown.connection) else None,
        "may_log": request.place.may(Permission.VIEW_LOG) or request.place.may(Permission.VIEW_REGISTRATIONS),
        "key": trials.chosen(shown),
        **trials.refused(request.place, trouble),
        **trials.standing(request.place, shown),
        **_previewed(shown),
    }
    return render(request, "mapping/sent_export.html", context, status=status_of(trouble) if trouble else 200)


def _previewed(shown: Run) -> dict[str, Any]:
    """What the registration comes to; nothing while the run moves or after it failed."""
    preview = None if shown.state in (*MOVING, State.FAILED) else showing.previewed(shown)
    if preview is None:
        return {}
    waits, (word, before, after) = shown.state == State.WAITING, _SAYS[preview.outcome]
    done = shown.state == State.DONE
    written = done and preview.outcome in trial.WRITES
    return {
        "preview": preview,
        "sent": showing.shown(shown, preview.row.seq) if preview.row else None,
        "word": word,
        "says": before if waits else after,
        "outcome": preview.outcome.value,
        "waits": waits and preview.outcome in trial.WRITES,
        "done": done,
        "read_back": showing.read_back(shown, preview.problems) if written else "",
    }


urlpatterns = [
    path("connections/<int:key>/send-registration/", send_registration, name="send-registration"),
    path("connections/<int:key>/send-registration/<uuid:run>/", sent, name="send-registration-run"),
]
