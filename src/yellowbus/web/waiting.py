"""What Waits: all that is due across runs, by cause and in the order to mend it, and the codes nobody knows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse

from yellowbus.errors import NeedsAdmin
from yellowbus.planning.report import counted
from yellowbus.runs import unknown_codes, waiting
from yellowbus.runs.waiting import LONGEST, Cause
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Permission
from yellowbus.web.connections import of_site
from yellowbus.web.page import page
from yellowbus.web.paging import SIZE, Paged, asked_page, start_of
from yellowbus.web.place import Place, Request, actor_of

_BY_CODES = ("unmatched-code", "value-not-a-code")


@dataclass(frozen=True, slots=True)
class Mending:
    """The page on which a cause is mended, and what its link says."""

    address: str
    says: str


def mending(place: Place, cause: Cause) -> Mending:
    """Where a cause is mended; the run that met it where no page of ours can."""
    if cause.code in _BY_CODES and place.may(Permission.VIEW_STUDENTS):
        return Mending(f"{reverse('unknown-codes')}?connection={cause.connection}", "Add the codes")
    run = reverse("run", args=[cause.run])
    if cause.code == "waits-review" and place.may(Permission.VIEW_STUDENTS):
        return Mending(reverse("reviews", args=[cause.connection]), "Say who they are")
    if cause.code == "waits-held":
        return Mending(f"{run}?outcome=held", "Release or dismiss")
    if cause.code == "school-unknown" and place.may(Permission.RUN_IMPORTS):
        return Mending(reverse("connection", args=[cause.connection]), "Import the schools")
    if cause.field and place.may(Permission.MANAGE_MAPPINGS):
        return Mending(reverse("mapping-fields", args=[cause.connection, cause.kind]), "Open Field Mapping")
    return Mending(run, "Look at the run")


def asked_connections(request: Request) -> list[Connection]:
    """The connection that is asked for, or all of the site."""
    wanted = request.GET.get("connection", "")
    return [each for each in of_site(request.place) if wanted in ("", str(each.pk))]


@page(Permission.VIEW_LOG)
def waits(request: Request) -> HttpResponseBase:
    place, connections = request.place, asked_connections(request)
    found = waiting.causes(connections)
    context = {
        "causes": [(cause, mending(place, cause)) for cause in found],
        "stopped": waiting.stopped(connections),
        "dismissed": waiting.dismissed(connections),
        "one": connections[0] if request.GET.get("connection") and connections else None,
        "may_dismiss": place.may(Permission.RELEASE_HOLDS),
        "may_see": place.may(Permission.VIEW_STUDENTS),
        "longest": LONGEST,
    }
    return render(request, "waiting/list.html", context)


@page(Permission.VIEW_LOG, Permission.RELEASE_HOLDS, methods=("POST",))
def dismiss(request: Request) -> HttpResponseBase:
    """Dismiss one cause: all its records with which nothing else is wrong."""
    cause, because = request.POST.get("cause", ""), request.POST.get("because", "")
    count, left = waiting.dismiss(actor_of(request), of_site(request.place), cause, because=because)
    stays = f" {counted(left, 'record')} with another cause too stay due." if left else ""
    messages.success(request, f"{counted(count, 'record')} dismissed.{stays}")
    return HttpResponseRedirect(reverse("waiting"))


@page(Permission.VIEW_LOG, Permission.RELEASE_HOLDS, methods=("POST",))
def take_back(request: Request, key: int) -> HttpResponseBase:
    count = waiting.take_back(actor_of(request), of_site(request.place), key)
    messages.success(request, f"{counted(count, 'record')} due again.")
    return HttpResponseRedirect(reverse("waiting"))


@page(Permission.VIEW_LOG, Permission.VIEW_STUDENTS)
def records(request: Request) -> HttpResponseBase:
    """Who has a cause, or an unknown code."""
    number, asked = asked_page(request), request.GET
    by_cause = asked.get("cause", "")
    rows = waiting.due_with(of_site(request.place), by_cause) if by_cause else _with_code(request)
    shown = waiting.records(actor_of(request), rows[start_of(number) :][:SIZE])
    return render(request, "waiting/records.html", {"rows": shown, "part": Paged(number, len(rows))})


def _with_code(request: Request) -> list[int]:
    connections, asked = asked_connections(request), request.GET
    if not asked.get("connection") or not connections:
        raise NeedsAdmin("cause-gone")
    return unknown_codes.due_with(
        connections[0], asked.get("kind", ""), [(asked.get("field", ""), asked.get("code", ""))]
    )


# --- codes ---


@page(Permission.VIEW_LOG, Permission.VIEW_STUDENTS)
def codes(request: Request) -> HttpResponseBase:
    """Every unknown code once; what is chosen is added, and only its students are imported again."""
    found = unknown_codes.unknown(actor_of(request), asked_connections(request))
    groups: dict[tuple[int, str, str], list[Any]] = {}
    for line in found:
        groups.setdefault((line.connection, line.connection_name, line.kind), []).append(line)
    context = {
        "groups": list(groups.items()),
        "total": len(found),
        "records": sum(line.count for line in found),
        "may_add": request.place.may(Permission.MANAGE_MAPPINGS),
        "mark": MARK,
    }
    return render(request, "waiting/codes.html", context)


MARK = "="  # before a value, so that blank and “not chosen” differ


@page(Permission.VIEW_LOG, Permission.MANAGE_MAPPINGS, methods=("POST",))
def add_codes(request: Request, key: int, kind: str) -> HttpResponseBase:
    """Keep the values chosen: each box names its field and code, and what is left open is left alone."""
    connection = next((each for each in of_site(request.place) if each.pk == key), None)
    if connection is None:
        raise NeedsAdmin("connection-gone")
    added = unknown_codes.add(actor_of(request), connection, kind, dict(_chosen(request)))
    if added.run is None:
        messages.warning(
            request, f"The codes are kept in version {added.version.number} of the mapping. {added.refused}"
        )
        return HttpResponseRedirect(reverse("unknown-codes"))
    said = counted(added.records, "record")
    messages.success(
        request, f"Version {added.version.number} of the mapping knows the codes. {said} taken up again."
    )
    return HttpResponseRedirect(reverse("run", args=[added.run.pk]))


def _chosen(request: Request) -> Iterator[tuple[tuple[str, str], str]]:
    given: dict[str, str] = request.POST.dict()
    for name, value in given.items():
        box, _, what = name.partition(":")
        field, _, code = what.partition("|")
        if box == "to" and value.startswith(MARK):
            yield (field, code), value.removeprefix(MARK)
        elif box == "typed" and value.strip():
            yield (field, code), value.strip()


urlpatterns = [
    path("waiting/", waits, name="waiting"),
    path("waiting/dismiss/", dismiss, name="waiting-dismiss"),
    path("waiting/<int:key>/back/", take_back, name="waiting-back"),
    path("waiting/records/", records, name="waiting-records"),
    path("waiting/codes/", codes, name="unknown-codes"),
    path("waiting/codes/<int:key>/<str:kind>/", add_codes, name="unknown-codes-add"),
]
