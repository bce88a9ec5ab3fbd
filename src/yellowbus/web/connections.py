"""The dashboard: a card for each connection, its own page, its schedule, and Plan import now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone

from yellowbus.connectors.registry import manifest
from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.mapping.model import EXPORT
from yellowbus.runs import archiving, history, log, notices
from yellowbus.runs.exporting.order import order_export
from yellowbus.runs.history import Night
from yellowbus.runs.importing import order
from yellowbus.runs.models import Run
from yellowbus.setup import assignments, connections, secrets, writable
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import EXPORTS, Permission
from yellowbus.web import places, schedule
from yellowbus.web.page import page, status_of
from yellowbus.web.place import Place, Request, actor_of
from yellowbus.web.schedule import ScheduleForm

_HEIGHT, _STEP = 24, 10  # of the picture of nights, in units of its own


@dataclass(frozen=True, slots=True)
class Bar:
    """One night as drawn. `kind` is none, failed, quiet (an import that changed nothing) or changes."""

    kind: str
    x: int
    y: int
    height: int
    says: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The last nights as bars, and in words."""

    bars: Sequence[Bar]
    says: str
    width: int = history.NIGHTS * _STEP
    height: int = _HEIGHT


@dataclass(frozen=True, slots=True)
class Card:
    """A connection as the dashboard shows it. `run` is None before the first import."""

    connection: Connection
    system: str
    run: Run | None
    status: str
    counts: Sequence[tuple[str, int]]
    refused: str
    picture: Picture
    schedule: str
    form: ScheduleForm


def found(place: Place, key: int) -> Connection:
    """A connection of this site. Raises NeedsAdmin for what is not there."""
    rows = Connection.objects.select_related("organization", "instance")
    connection = rows.filter(instance_id=place.instance, archived_at=None, pk=key).first()
    if connection is None:
        raise NeedsAdmin("connection-gone")
    return connection


def of_site(place: Place) -> list[Connection]:
    return [each for each in connections.every() if each.instance_id == place.instance]


def cards(place: Place) -> list[Card]:
    """Every connection of this site; the number of queries does not grow with them."""
    shown = of_site(place)
    runs, set_up = history.latest(shown), schedule.of(shown)
    nights = history.nights(shown, until=timezone.now().astimezone(place.zone).date())
    return [
        _card(each, runs.get(each.pk), nights[each.pk], ScheduleForm(place, each, set_up.get(each.pk)))
        for each in shown
    ]


def _card(connection: Connection, run: Run | None, nights: Sequence[Night], form: ScheduleForm) -> Card:
    row = log.row(run) if run else None
    counts = row["counts"] if row else {}
    return Card(
        connection=connection,
        system=manifest(connection.system).label,
        run=run,
        status=row["status"] if row else "",
        counts=[(name, counts.get(name, 0)) for name in ("created", "updated", "held", "failed")],
        refused=row["error"]["sentence"] if row and row["error"] else "",
        picture=picture(nights),
        schedule=schedule.words(form.kept),
        form=form,
    )


def picture(nights: Sequence[Night]) -> Picture:
    """Bars of changes, the highest of them as high as the picture."""
    most = max((night.changes for night in nights), default=0)
    with_import, failed = (
        sum(night.imports > 0 for night in nights),
        sum(night.failed for night in nights),
    )
    says = f"{len(nights)} nights: {with_import} with an import, {failed} of them failed, at most {most:,} changes."
    return Picture([_bar(number, night, most) for number, night in enumerate(nights)], says)


def _bar(number: int, night: Night, most: int) -> Bar:
    height = max(3, round(_HEIGHT * night.changes / most)) if night.changes else 2
    kind = (
        "failed" if night.failed else ("changes" if night.changes else ("quiet" if night.imports else "none"))
    )
    told = {"failed": "failed", "none": "no import"}.get(kind, f"{night.changes:,} changes")
    return Bar(kind, number * _STEP, _HEIGHT - height, height, f"{night.day:%b} {night.day.day}: {told}")


@page(Permission.VIEW_LOG)
def dashboard(request: Request) -> HttpResponseBase:
    place = request.place
    shown = cards(place)
    told = notices.standing([card.connection for card in shown])
    context = {"cards": shown, "notices": told, **rights(place)}
    return render(request, "connections/list.html", context)


def rights(place: Place) -> dict[str, bool]:
    """What the person may do with a connection, for the templates."""
    return {
        "may_see": place.may(Permission.VIEW_STUDENTS),
        "may_manage": place.may(Permission.MANAGE_CONNECTIONS),
        "may_map": place.may(Permission.MANAGE_MAPPINGS),
        "may_import": place.may(Permission.RUN_IMPORTS),
        "may_schedule": place.may(Permission.MANAGE_SCHEDULES),
        "may_credentials": place.may(Permission.MANAGE_CREDENTIALS),
    }


@page(Permission.VIEW_LOG)
def connection(request: Request, key: int) -> HttpResponseBase:
    return one(request, found(request.place, key))


def one(request: Request, shown: Connection, **more: Any) -> HttpResponseBase:
    """The page of a connection; with `trouble` above it where something was refused."""
    place = request.place
    set_up = schedule.of([shown]).get(shown.pk)
    context = {
        "connection": shown,
        "system": manifest(shown.system),
        "form": ScheduleForm(place, shown, set_up),
        "next_run": schedule.words(set_up),
        "paused": bool(set_up and set_up.suspended),
        "schools": len(assignments.codes(shown)),
        "settings": _settings(shown),
        "kept": _kept(place, shown),
        "checks": _told_once(request, f"checks-{shown.pk}"),
        **places.context(place, shown),
        "may_export": writable.can_write(shown) and all(place.may(each) for each in EXPORTS),
        **rights(place),
        **more,
    }
    trouble: YellowbusError | None = more.get("trouble")
    return render(request, "connections/one.html", context, status=status_of(trouble) if trouble else 200)


def _told_once(request: Request, name: str) -> Any:
    """What the page before left to be said; a session that holds nothing is not written anew."""
    return request.session.pop(name) if name in request.session else []


def _settings(shown: Connection) -> list[tuple[str, str]]:
    boxes = manifest(shown.system).credentials
    return [(box.label, shown.settings.get(box.name, "")) for box in boxes if not box.secret]


def _kept(place: Place, shown: Connection) -> list[tuple[str, str]]:
    """Each secret by label with what may be shown of it; nothing for who may not manage credentials."""
    if not place.may(Permission.MANAGE_CREDENTIALS):
        return []
    hints = secrets.hints(shown)
    return [(box.label, hints.get(box.name, "")) for box in manifest(shown.system).credentials if box.secret]


@page(Permission.VIEW_LOG, Permission.MANAGE_SCHEDULES, methods=("POST",))
def set_schedule(request: Request, key: int) -> HttpResponseBase:
    """Save the slider, from the connection's page, its card or Settings > Sync Service."""
    place, shown = request.place, found(request.place, key)
    kind = EXPORT if request.POST.get("from") == "export" else schedule.KIND
    form = ScheduleForm(place, shown, schedule.of([shown], kind=kind).get(key), request.POST, kind=kind)
    try:
        if not form.is_valid():
            raise NeedsAdmin("schedule-not-read")
        messages.success(request, form.save(request, shown))
    except YellowbusError as error:
        # the page of a connection has the slider of the import, which must not take what was meant for the export
        return one(request, shown, trouble=error, **({} if kind == EXPORT else {"form": form}))
    if kind == EXPORT:
        return redirect("mapping-configure", key=key, kind=kind)
    if (where := request.POST.get("from")) in _FROM:
        return redirect(_FROM[where])
    return redirect("connection", key=key)


_FROM = {"settings": "settings-sync", "cards": "connections"}  # where the slider stands, too


@page(Permission.VIEW_LOG, methods=("POST",))
def read_places(request: Request, key: int) -> HttpResponseBase:
    """Ask the SIS whether the connection's schools are ready to take registrations for the year."""
    place, shown = request.place, found(request.place, key)
    writable.read_places(actor_of(request), shown, place.year, now=timezone.now())
    if "HX-Request" not in request.headers:
        return redirect("connection", key=key)
    return render(request, "parts/places.html", {"connection": shown, **places.context(place, shown)})


@page(Permission.VIEW_LOG, Permission.RUN_IMPORTS, methods=("POST",))
def plan_now(request: Request, key: int) -> HttpResponseBase:
    """Order an import that stops at its plan, and show it."""
    shown = found(request.place, key)
    kind = "schools" if request.POST.get("kind") == "schools" else schedule.KIND
    ordered = order.order(actor_of(request), shown, kind, year=request.place.year)
    return redirect("run", key=ordered.pk)


@page(Permission.VIEW_LOG, *EXPORTS, methods=("POST",))
def plan_export(request: Request, key: int) -> HttpResponseBase:
    """Order an export of every approved registration of the connection's schools, which stops at its plan."""
    shown = found(request.place, key)
    ordered = order_export(actor_of(request), shown, year=request.place.year)
    return redirect("run", key=ordered.pk)


@page(Permission.MANAGE_CONNECTIONS, methods=("POST",))
def archive(request: Request, key: int) -> HttpResponseBase:
    """Put a connection away; refused while a school, a schedule or a run uses it."""
    shown = found(request.place, key)
    try:
        archiving.archive(actor_of(request), shown)
    except YellowbusError as error:
        return one(request, shown, trouble=error)
    messages.success(request, f"{shown.name} is archived. Its logs stay.")
    return redirect("connections")


urlpatterns = [
    path("connections/", dashboard, name="connections"),
    path("connections/<int:key>/", connection, name="connection"),
    path("connections/<int:key>/schedule/", set_schedule, name="connection-schedule"),
    path("connections/<int:key>/places/", read_places, name="connection-places"),
    path("connections/<int:key>/plan/", plan_now, name="connection-plan"),
    path("connections/<int:key>/plan-export/", plan_export, name="connection-plan-export"),
    path("connections/<int:key>/archive/", archive, name="connection-archive"),
]
