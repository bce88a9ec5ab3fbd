"""Configure Mapping: the Field Mapping tab."""

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path

from yellowbus.setup.permissions import Permission
from yellowbus.web import mapping_editing
from yellowbus.web.connections import found
from yellowbus.web.page import page
from yellowbus.web.place import Request

MANAGE = (Permission.VIEW_LOG, Permission.MANAGE_MAPPINGS)


@page(*MANAGE)
def start(request: Request, key: int) -> HttpResponseBase:
    """Configure Mapping, as a card leads to it."""
    return redirect("mapping-fields", key=found(request.place, key).pk, kind="students")


@page(*MANAGE)
def fields(request: Request, key: int, kind: str) -> HttpResponseBase:
    """The Field Mapping tab."""
    if kind == "export":
        frame = mapping_editing.frame(found(request.place, key), kind, "mapping-fields")
        return render(request, "mapping/export.html", frame)
    shown = mapping_editing.editing(request, key, kind)
    context = {"editing": shown, **mapping_editing.frame(shown.connection, kind, "mapping-fields")}
    return render(request, "mapping/fields.html", context)


_KIND = "connections/<int:key>/mapping/<str:kind>"
urlpatterns = [
    path("connections/<int:key>/mapping/", start, name="mapping"),
    path(f"{_KIND}/fields/", fields, name="mapping-fields"),
]
