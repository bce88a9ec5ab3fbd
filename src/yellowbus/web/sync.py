"""Settings > Sync Service: Manage SIS Connections, with the Sync Service Login that leads to the dashboard."""

from collections import Counter

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from yellowbus.connectors.registry import manifest
from yellowbus.setup import schedules
from yellowbus.setup.models import Assignment, Connection, Schedule
from yellowbus.setup.permissions import Permission
from yellowbus.web.page import page
from yellowbus.web.place import Request


@page(Permission.VIEW_LOG)
def sync_service(request: Request) -> HttpResponseBase:
    """The same session opens the dashboard: there is no second password."""
    now = timezone.now()
    connections = list(
        Connection.objects.filter(instance_id=request.place.instance, archived_at=None).order_by("name")
    )
    set_up = Schedule.objects.filter(connection__in=connections, kind="students")
    words = {
        each.connection_id: schedules.in_words(each, now)
        for each in set_up.select_related("connection__organization")
    }
    assigned = Counter(
        Assignment.objects.filter(connection__in=connections).values_list("connection", flat=True)
    )
    shown = [
        {
            "name": each.name,
            "system": manifest(each.system).label,
            "schools": assigned[each.pk],
            "schedule": words.get(each.pk, "Off."),
        }
        for each in connections
    ]
    return render(request, "settings/sync.html", {"rows": shown})


urlpatterns = [path("settings/sync-service/", sync_service, name="settings-sync")]
