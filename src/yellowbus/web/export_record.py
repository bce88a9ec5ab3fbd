"""One registration of an export: its contacts and entry into the school, and the question that a person answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path

from yellowbus.enroll import registrations
from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.planning.enrolling import Returning
from yellowbus.runs import history
from yellowbus.runs.detail import Row
from yellowbus.runs.exporting import decide, showing
from yellowbus.runs.exporting.decide import Waiting
from yellowbus.runs.models import EXPORT, Run
from yellowbus.setup.permissions import EXPORTS
from yellowbus.web.page import page
from yellowbus.web.place import Place, Request, actor_of

_NEW = "new"
_STUDENT = "student:"
_COMING_BACK = {
    Returning.UPDATE: "Update the data only; the student stays as it is enrolled there",
    Returning.RE_ENROLL: "Enroll the student again",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked: who the child is in the SIS, or what becomes of one who comes back."""

    title: str
    form: "AnswerForm"


class AnswerForm(forms.Form):
    """One of the students that the SIS has, none of them, or what to do."""

    use_required_attribute = False
    answer = forms.ChoiceField(label="Answer", widget=forms.RadioSelect)

    def __init__(self, waiting: Waiting, data: Any = None) -> None:
        super().__init__(data)
        self.fields["answer"].choices = list(_offered(waiting))  # type: ignore[attr-defined]


def _offered(waiting: Waiting) -> Iterator[tuple[str, str]]:
    if waiting.comes_back:
        yield from ((each.value, says) for each, says in _COMING_BACK.items())
        return
    for each in waiting.candidates:
        number = each.key or each.remote
        standing = f" ({each.standing})" if each.standing else ""
        yield f"{_STUDENT}{each.remote}", f"It is student {number}{standing}"
    yield _NEW, "It is none of them: a new student"


def context(place: Place, shown: Run, row: Row) -> dict[str, Any]:
    """What the page of a record shows of an export besides."""
    form = registrations.form(row.student or row.seq, instance=place.instance)
    may = all(place.may(each) for each in EXPORTS)
    question = _question(shown, row) if may and row.outcome == "review" else None
    return {
        "registration": form,
        "may_sync": may,
        "sent": showing.shown(shown, row.seq),
        "question": question,
    }


def _question(shown: Run, row: Row) -> Question | None:
    """None where a later export does not wait for the answer any more."""
    try:
        waiting = decide.waiting(shown.connection, row.key)
    except NeedsAdmin:
        return None
    title = "What becomes of the student" if waiting.comes_back else "Who this is in the SIS"
    return Question(title, AnswerForm(waiting))


@page(*EXPORTS, methods=("POST",))
def answer(request: Request, key: UUID, seq: int) -> HttpResponseBase:
    """Keep what a person said. Every later export of the registration goes by it."""
    from yellowbus.web import run as runs  # noqa: PLC0415 (the page of the record is there)

    shown = history.find(request.place.instance, key)
    if shown.kind != EXPORT:
        raise NeedsAdmin("record-gone")
    try:
        _decide(request, shown, seq)
    except YellowbusError as error:
        return runs.of_record(request, shown, seq, trouble=error)
    messages.success(
        request, "Kept. Every later export of this registration goes by it; Sync to SIS sends it now."
    )
    return redirect("record", key=key, seq=seq)


def _decide(request: Request, shown: Run, seq: int) -> None:
    found = registrations.form(seq, instance=request.place.instance)
    if found is None:
        raise NeedsAdmin("record-gone")
    waiting = decide.waiting(shown.connection, found.external_id)
    form = AnswerForm(waiting, request.POST)
    if not form.is_valid():
        raise NeedsAdmin("nothing-chosen")
    said = form.cleaned_data["answer"]
    if waiting.comes_back:
        chosen: dict[str, Any] = {"returning": Returning(said)}
    else:
        chosen = {"student": "" if said == _NEW else said.removeprefix(_STUDENT)}
    decide.decide(actor_of(request), shown.connection, found.external_id, **chosen)


urlpatterns = [path("logs/<uuid:key>/<int:seq>/answer/", answer, name="record-answer")]
