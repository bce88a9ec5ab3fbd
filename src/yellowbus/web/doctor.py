"""The doctor's page of a connection: what differs from what the connector expects, and a file that mends it."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path

from yellowbus.setup import connections
from yellowbus.setup.permissions import Permission
from yellowbus.web.connections import found
from yellowbus.web.page import page
from yellowbus.web.place import Request, actor_of


@page(Permission.MANAGE_CONNECTIONS, methods=("GET", "POST"))
def doctor(request: Request, key: int) -> HttpResponseBase:
    """Asked with POST it examines the SIS, which takes a while; with GET it says what it would do."""
    shown = found(request.place, key)
    found_out = connections.examine(actor_of(request), shown) if request.method == "POST" else None
    return render(request, "connections/doctor.html", {"connection": shown, "diagnosis": found_out})


@page(Permission.MANAGE_CONNECTIONS, methods=("POST",))
def override(request: Request, key: int) -> HttpResponseBase:
    """The suggested override as a file to keep, as the page before showed it."""
    found(request.place, key)
    response = HttpResponse(request.POST.get("override", ""), content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="override.toml"'
    return response


urlpatterns = [
    path("connections/<int:key>/doctor/", doctor, name="connection-doctor"),
    path("connections/<int:key>/doctor/file/", override, name="connection-doctor-file"),
]
