"""Settings > Sync Service: Manage SIS Connections, with the Sync Service Login that leads to the dashboard."""

from collections import Counter

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path

from yellowbus.connectors.registry import manifest
from yellowbus.setup.models import Assignment
from yellowbus.setup.permissions import Permission
from yellowbus.web import schedule
from yellowbus.web.connections import of_site
from yellowbus.web.page import page
from yellowbus.web.place import Request
from yellowbus.web.schedule import ScheduleForm


@page(Permission.VIEW_LOG)
def sync_service(request: Request) -> HttpResponseBase:
    """The same session opens the dashboard: there is no second password."""
    place, shown = request.place, of_site(request.place)
    set_up = schedule.of(shown)
    assigned = Counter(Assignment.objects.filter(connection__in=shown).values_list("connection", flat=True))
    rows = [
        {
            "connection": each,
            "system": manifest(each.system).label,
            "schools": assigned[each.pk],
            "schedule": schedule.words(set_up.get(each.pk)),
            "form": ScheduleForm(place, each, set_up.get(each.pk)),
        }
        for each in shown
    ]
    may_schedule = place.may(Permission.MANAGE_SCHEDULES)
    return render(request, "settings/sync.html", {"rows": rows, "may_schedule": may_schedule})


urlpatterns = [path("settings/sync-service/", sync_service, name="settings-sync")]
