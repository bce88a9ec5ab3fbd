"""Settings > Schools/Programs > Manage Schools: find a school, edit it, set Sync Connection singly and in bulk."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path

from yellowbus.catalog import catalog
from yellowbus.enroll import directory
from yellowbus.enroll.directory import SchoolRow
from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.setup import assignments
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Permission
from yellowbus.web import places
from yellowbus.web.page import page, status_of
from yellowbus.web.paging import Paged, asked_page, start_of
from yellowbus.web.place import Place, Request, actor_of

NO_CONNECTION = "0"


def choices(place: Place) -> list[tuple[str, str]]:
    """The connections of this site that a school can be assigned to."""
    rows = Connection.objects.filter(instance_id=place.instance, archived_at=None).order_by("name")
    return [(str(row.pk), row.name) for row in rows]


class PrimaryForm(forms.Form):
    """The Primary tab of a school."""

    connection = forms.ChoiceField(
        label="Sync Connection",
        help_text="The connection that imports this school's students.",
    )

    def __init__(self, data: Any, *, offered: list[tuple[str, str]], now: str) -> None:
        super().__init__(data, initial={"connection": now})
        self.fields["connection"].choices = [(NO_CONNECTION, "None"), *offered]  # type: ignore[attr-defined]


@page(Permission.VIEW_SCHOOLS)
def schools(request: Request) -> HttpResponseBase:
    return _list(request)


def _list(request: Request, **more: Any) -> HttpResponseBase:
    place, number = request.place, asked_page(request)
    text = request.GET.get("text", "")[:100]
    part = directory.schools(place.instance, text, start=start_of(number))
    served = assignments.serving([row.id for row in part.rows])
    context = {
        "rows": [(row, served.get(row.id)) for row in part.rows],
        "part": Paged(number, part.total),
        "text": text,
        "offered": choices(place),
        "may_assign": place.may(Permission.MANAGE_CONNECTIONS),
        **more,
    }
    trouble: YellowbusError | None = more.get("trouble")
    return render(request, "schools/list.html", context, status=status_of(trouble) if trouble else 200)


@page(Permission.VIEW_SCHOOLS, Permission.MANAGE_CONNECTIONS, methods=("POST",))
def bulk(request: Request) -> HttpResponseBase:
    """Bulk Action > Set Sync Connection."""
    codes, chosen = request.POST.getlist("code"), request.POST.get("connection", "")
    try:
        if not codes:
            raise NeedsAdmin("no-school-chosen")
        told = _set(request, codes, chosen)
    except YellowbusError as error:
        return _list(request, trouble=error, ticked=set(codes), chosen=chosen)
    messages.success(request, told)
    return redirect("schools")


@page(Permission.VIEW_SCHOOLS, methods=("GET", "POST"))
def school(request: Request, key: int) -> HttpResponseBase:
    """Edit a School > Primary tab."""
    place = request.place
    found = directory.school(place.instance, key)
    if found is None:
        raise NeedsAdmin("school-gone")
    served = assignments.serving([key]).get(key)
    now = str(served.pk) if served else NO_CONNECTION
    data = None
    if request.method == "POST":
        actor_of(request).require(Permission.MANAGE_CONNECTIONS)
        data = request.POST
    form = PrimaryForm(data, offered=choices(place), now=now)
    if form.is_valid():
        messages.success(request, _set(request, [found.code], form.cleaned_data["connection"]))
        return redirect("school", key=key)
    context = {
        "school": found,
        "form": form,
        "rows": _values(found),
        "served": served,
        "may_assign": place.may(Permission.MANAGE_CONNECTIONS),
    }
    return render(request, "schools/one.html", context, status=200 if data is None else 422)


def _set(request: Request, codes: list[str], chosen: str) -> str:
    """Assign these schools, or take them from their connection; the sentence that says so."""
    actor, place = actor_of(request), request.place
    told = codes[0] if len(codes) == 1 else f"{len(codes)} schools"
    if chosen == NO_CONNECTION:
        assignments.release(actor, place.instance, codes)
        return f"{told}: no Sync Connection."
    connection = (
        Connection.objects.filter(instance_id=place.instance, archived_at=None)
        .filter(pk=chosen if chosen.isdecimal() and len(chosen) < 18 else 0)
        .first()
    )
    if connection is None:
        raise NeedsAdmin("no-connection-chosen")
    assignments.assign(actor, connection, codes)
    places.told(request, connection, codes)
    return f"{told}: Sync Connection is {connection.name}."


def _values(school: SchoolRow) -> list[tuple[str, str]]:
    known = catalog("schools").fields
    return [(known[name].label, value) for name, value in school.values.items() if name in known]


urlpatterns = [
    path("settings/schools/", schools, name="schools"),
    path("settings/schools/connection/", bulk, name="schools-bulk"),
    path("settings/schools/<int:key>/", school, name="school"),
]
