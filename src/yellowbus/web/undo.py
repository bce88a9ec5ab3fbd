"""Undo on the pages: of a run, of one record of it, of one value of a student. Planned and shown before it is applied."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone

from yellowbus.errors import NeedsAdmin
from yellowbus.runs import detail, history
from yellowbus.runs.models import ENDED, UNDO, Run, State
from yellowbus.runs.undoing import order, told
from yellowbus.setup import schedules
from yellowbus.setup.permissions import Permission
from yellowbus.web.connections import found
from yellowbus.web.numbers import number_in
from yellowbus.web.page import page
from yellowbus.web.place import Place, Request, actor_of
from yellowbus.web.schedule import KIND


@page(Permission.VIEW_LOG, Permission.UNDO_RUNS, methods=("POST",))
def undo(request: Request, key: UUID) -> HttpResponseBase:
    """Plan the undo; its page shows what it would put back, and asks. `seq` and `field` narrow it."""
    shown = history.find(request.place.instance, key)
    seq, field = request.POST.get("seq", ""), request.POST.get("field", "")
    student = order.student_at(shown, _row(seq)) if seq else None
    ordered = order.order_undo(actor_of(request), shown, student=student, field=field)
    messages.success(request, "The undo is planned. Nothing is put back before you apply it.")
    return redirect("run", key=ordered.pk)


def _row(seq: str) -> int:
    """The number of a record. Raises NeedsAdmin for what is none: it must not widen the undo to the whole run."""
    number = number_in(seq)
    if number is None:
        raise NeedsAdmin("record-gone")
    return number


def of_run(place: Place, shown: Run) -> dict[str, Any]:
    """What the page of a run says and offers of undo. Of an undo itself the buttons are for who may undo."""
    may, undoable = place.may(Permission.UNDO_RUNS), order.may_be_undone(shown)
    context: dict[str, Any] = {
        "may_undo": may and undoable,
        "undone_by": order.undone_by(shown) if undoable else (),
    }
    if shown.trigger != UNDO:
        return context
    return context | {
        "undo": told.sentences(shown),
        "may_apply": may and shown.state == State.WAITING,
        "may_cancel": may and shown.state not in ENDED,
        "may_resume": may and shown.state == State.FAILED,
        "may_retry": False,
    }


def of_record(place: Place, shown: Run, row: detail.Row) -> dict[str, Any]:
    """Whether the page of a record offers to undo it: a run wrote it, and the person may."""
    wrote = row.outcome in ("created", "updated", "held") and shown.applied_through >= row.seq
    return {"may_undo": wrote and place.may(Permission.UNDO_RUNS) and order.may_be_undone(shown)}


@page(Permission.MANAGE_SCHEDULES, methods=("POST",))
def resume(request: Request, key: int) -> HttpResponseBase:
    """End the pause of a schedule."""
    connection = found(request.place, key)
    now = timezone.now()
    kept = schedules.resume(actor_of(request), connection, KIND, now=now)
    messages.success(request, f"{connection.name}: {schedules.in_words(kept, now)}")
    return redirect("connection", key=key)


urlpatterns = [
    path("logs/<uuid:key>/undo/", undo, name="run-undo"),
    path("connections/<int:key>/schedule/resume/", resume, name="connection-resume"),
]
