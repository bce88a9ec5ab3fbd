"""Settings > Sync Service: Manage SIS Connections, with the Sync Service Login that leads to the dashboard."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from yellowbus.connectors.registry import manifest
from yellowbus.setup import schedules
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Permission
from yellowbus.web.page import page
from yellowbus.web.place import Request


@page(Permission.VIEW_LOG)
def sync_service(request: Request) -> HttpResponseBase:
    """The same session opens the dashboard: there is no second password."""
    now = timezone.now()
    rows = (
        Connection.objects.filter(instance_id=request.place.instance, archived_at=None)
        .select_related("organization")
        .prefetch_related("schedules__connection__organization", "assignments")
        .order_by("name")
    )
    shown = [
        {
            "name": row.name,
            "system": manifest(row.system).label,
            "schools": len(row.assignments.all()),
            "schedule": next((schedules.in_words(each, now) for each in row.schedules.all()), "Off."),
        }
        for row in rows
    ]
    return render(request, "settings/sync.html", {"rows": shown})


urlpatterns = [path("settings/sync-service/", sync_service, name="settings-sync")]
