"""The page of a run: its plan or its result, how far it is, and what a person may do with it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone

from yellowbus.enroll import codes, directory
from yellowbus.errors import YellowbusError
from yellowbus.planning.report import counted, plan_csv, reconciliation_line
from yellowbus.records import Outcome
from yellowbus.runs import detail, history, log, outstanding
from yellowbus.runs.causes import causes
from yellowbus.runs.detail import KINDS, Narrowed
from yellowbus.runs.importing import order
from yellowbus.runs.models import ENDED, EXPORT, MOVING, TRIAL, WAITING_HOLD, Hold, Run, State
from yellowbus.runs.reconciling import reconciled
from yellowbus.runs.told import told
from yellowbus.setup.permissions import EXPORTS, Actor, Permission
from yellowbus.web import export_record, held, undo
from yellowbus.web.downloads import as_file
from yellowbus.web.page import View, page, status_of
from yellowbus.web.paging import Paged, asked_page, start_of
from yellowbus.web.place import Place, Request, actor_of

_TILES = {
    Outcome.CREATED: "Created", Outcome.UPDATED: "Changed", Outcome.HELD: "Held", Outcome.REVIEW: "To match",
    Outcome.FAILED: "Failed", Outcome.SKIPPED: "Skipped", Outcome.UNCHANGED: "Unchanged",
}  # fmt: skip


class Filter(forms.Form):
    """What the rows are narrowed to; the tile pressed stays."""

    use_required_attribute = False
    filters = True
    text = forms.CharField(label="Id", required=False, max_length=100)
    school = forms.ChoiceField(label="School", required=False)
    grade = forms.ChoiceField(label="Grade", required=False)
    field = forms.ChoiceField(label="Field", required=False)
    kind = forms.ChoiceField(label="Kind of change", required=False)
    outcome = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, str], run: Run, schools: Mapping[str, str]) -> None:
        super().__init__(data)
        offered = {
            "school": [("", "All schools"), *_schools(run, schools)],
            "field": [("", "Any field"), *detail.fields(run).items()],
            "kind": [("", "Any change"), *KINDS.items()],
        }
        if run.kind == "students":
            grades = codes.labels(run.connection.instance_id, "grade")
            offered["grade"] = [("", "All grades"), *grades.items()]
        else:
            del self.fields["grade"]
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def asked(self) -> Narrowed:
        """What was asked for; a filter that cannot be read narrows nothing."""
        self.full_clean()
        return Narrowed(**{name: value for name, value in self.cleaned_data.items() if value})


def _schools(run: Run, names: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(code, f"{names.get(code, '')} ({code})".strip()) for code in sorted(run.counts) if code]


def shown_to(place: Place, key: UUID) -> Run:
    """A run of this site. Raises NeedsAdmin where it is not there, or for who may not look at it.

    An export may be looked at, too, by who may view registrations: they perform it (enroll-sync 2.3).
    """
    found = history.find(place.instance, key)
    if found.kind != EXPORT or not place.may(Permission.VIEW_REGISTRATIONS):
        place.actor.require(Permission.VIEW_LOG)
    return found


def may_see(place: Place, shown: Run) -> bool:
    """Whether the person may see the values of its records."""
    export = shown.kind == EXPORT and place.may(Permission.VIEW_REGISTRATIONS)
    return export or place.may(Permission.VIEW_STUDENTS)


@page()
def run(request: Request, key: UUID) -> HttpResponseBase:
    place = request.place
    shown = shown_to(place, key)
    holds = log.holds(shown)
    labels = detail.fields(shown) if holds else {}
    context = {
        **_head(shown, holds),
        **_rights(place, shown, holds),
        **progress_of(shown),
        **undo.of_run(place, shown),
        **held.of_run(place, shown, holds),
        "causes": [(cause, cause.outcome.value) for cause in causes(shown)],
        "schools": [(reconciliation_line(line), line.unexplained) for line in reconciled(shown)],
        "holds": [(hold, log.hold_sentence(hold, label=labels.get(hold.field, ""))) for hold in holds],
    }
    if context["may_see"]:
        context |= _rows(request, shown)
    return render(request, "logs/run.html", context)


def _head(shown: Run, holds: list[Hold]) -> dict[str, Any]:
    counts = log.outcomes(shown)
    error = (
        told(shown.error_code, shown.error_facts)
        if shown.error_code and shown.state == State.FAILED
        else None
    )
    return {
        "run": shown,
        "row": log.row(shown),
        "sentence": detail.sentence(shown, holds) if shown.planned_at or shown.state == State.DONE else "",
        "waits": told(shown.waits_because, shown.error_facts) if shown.waits_because else None,
        "error": error,
        "tiles": [(each.value, word, counts.get(each.value, 0)) for each, word in _TILES.items()],
    }


def _rights(place: Place, shown: Run, holds: list[Hold]) -> dict[str, Any]:
    """The buttons, each named by its effect; absent where the person may not or the run is past it."""
    may = all(place.may(each) for each in performing(shown))
    counts = log.totals(shown)
    waiting = sum(hold.count for hold in holds if hold.state == WAITING_HOLD)
    open_ = counts.failed + counts.held + counts.review
    return {
        "apply": counted(detail.writes(shown), "change"),
        "may_apply": may and shown.state == State.WAITING and not _is_trial_export(shown),
        "may_cancel": may and shown.state not in ENDED,
        "may_resume": may and shown.state == State.FAILED,
        "may_retry": may and shown.state == State.DONE and bool(open_),
        "held": waiting,
        "may_release": place.may(Permission.RELEASE_HOLDS),
        "may_see": may_see(place, shown),
        "as_test": _is_trial_export(shown),
        "may_perform": may,
        "may_log": place.may(Permission.VIEW_LOG),
    }


def performing(shown: Run) -> tuple[Permission, ...]:
    """What it takes to apply, cancel or repeat a run of this kind."""
    return EXPORTS if shown.kind == EXPORT else (Permission.RUN_IMPORTS,)


def _is_trial_export(shown: Run) -> bool:
    """A Send Record to the SIS is confirmed on its own page, where the student's name is typed."""
    return shown.kind == EXPORT and shown.trigger == TRIAL


def _rows(request: Request, shown: Run) -> dict[str, Any]:
    names = directory.school_names(request.place.instance)
    form, number = Filter(request.GET, shown, names), asked_page(request)
    asked = form.asked
    rows, total = detail.rows(shown, asked, start=start_of(number))
    return {
        "form": form,
        "asked": asked,
        "rows": [(row, row.outcome, _TILES[Outcome(row.outcome)], names.get(row.school, "")) for row in rows],
        "part": Paged(number, total),
        "ticks": request.place.may(Permission.RELEASE_HOLDS) and any(row.waits for row in rows),
    }


def progress_of(shown: Run) -> dict[str, Any]:
    """What `logs/progress.html` shows."""
    moving = shown.state in MOVING
    return {
        "moving": moving,
        "run": shown,
        "steps": detail.steps(shown) if moving else 0,
        "left": detail.seconds_left(shown, timezone.now()) if moving else None,
        "state": log.STATE_WORDS[State(shown.state)],
    }


@page()
def progress(request: Request, key: UUID) -> HttpResponseBase:
    """How far the run is; once it has stopped, the whole page is asked for anew."""
    shown = shown_to(request.place, key)
    response = render(request, "logs/progress.html", progress_of(shown))
    if shown.state not in MOVING:
        response["HX-Refresh"] = "true"
    return response


@page()
def plan_file(request: Request, key: UUID) -> HttpResponseBase:
    """The plan, or what was done, record by record and field by field."""
    shown = shown_to(request.place, key)
    if not may_see(request.place, shown):
        actor_of(request).require(Permission.VIEW_STUDENTS)
    return as_file(plan_csv(log.plan_lines(shown)), f"{log.word(shown)}-{str(key)[:8]}.csv")


@page()
def record(request: Request, key: UUID, seq: int) -> HttpResponseBase:
    return of_record(request, shown_to(request.place, key), seq)


def of_record(request: Request, shown: Run, seq: int, **more: Any) -> HttpResponseBase:
    """The page of one record."""
    place, seen = request.place, may_see(request.place, shown)
    row = detail.record(shown, seq, source=seen)
    context = {
        "run": shown,
        "row": row,
        "word": _TILES[Outcome(row.outcome)],
        "may_see": seen,
        **undo.of_record(place, shown, row),
        "may_log": place.may(Permission.VIEW_LOG),
        **(export_record.context(place, shown, row) if shown.kind == EXPORT else {}),
        **more,
    }
    trouble: YellowbusError | None = more.get("trouble")
    return render(request, "logs/record.html", context, status=status_of(trouble) if trouble else 200)


def act(do: Callable[[Actor, Run, HttpRequest], Run], says: str, *needs: Permission) -> View:
    """A page that does one thing to a run and leads to the run to follow; without `needs`, for who may perform it."""

    @page(methods=("POST",))
    def acted(request: Request, key: UUID) -> HttpResponseBase:
        shown = shown_to(request.place, key)
        for permission in needs or performing(shown):
            actor_of(request).require(permission)
        to = do(actor_of(request), shown, request)
        messages.success(request, says)
        return redirect("run", key=to.pk)

    return acted


def _apply(actor: Actor, shown: Run, _: HttpRequest) -> Run:
    order.approve(actor, shown.pk)
    return shown


def _cancel(actor: Actor, shown: Run, _: HttpRequest) -> Run:
    order.cancel(actor, shown.pk)
    return shown


def _resume(actor: Actor, shown: Run, _: HttpRequest) -> Run:
    order.resume(actor, shown.pk)
    return shown


def _retry(actor: Actor, shown: Run, _: HttpRequest) -> Run:
    return outstanding.retry(actor, shown)


apply = act(_apply, "The plan is being applied, exactly as it was shown.")
cancel = act(_cancel, "The run is cancelled. What was applied stays applied.")
resume = act(_resume, "The run goes on where it stopped.")
retry = act(_retry, "Only what is still due is taken up again.")
release = act(held.release, "The held values are released.", Permission.RELEASE_HOLDS)
dismiss = act(
    held.dismiss, "The held values are dismissed. Enroll keeps what it has.", Permission.RELEASE_HOLDS
)

urlpatterns = [
    path("logs/<uuid:key>/", run, name="run"),
    path("logs/<uuid:key>/progress/", progress, name="run-progress"),
    path("logs/<uuid:key>/file/", plan_file, name="run-file"),
    path("logs/<uuid:key>/apply/", apply, name="run-apply"),
    path("logs/<uuid:key>/cancel/", cancel, name="run-cancel"),
    path("logs/<uuid:key>/resume/", resume, name="run-resume"),
    path("logs/<uuid:key>/retry/", retry, name="run-retry"),
    path("logs/<uuid:key>/release/", release, name="run-release"),
    path("logs/<uuid:key>/dismiss/", dismiss, name="run-dismiss"),
    path("logs/<uuid:key>/<int:seq>/", record, name="record"),
]
