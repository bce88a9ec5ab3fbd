"""Why a value is what it is, and a student's story."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path

from yellowbus.enroll import directory
from yellowbus.runs import timeline as stories
from yellowbus.runs import why as reasons
from yellowbus.setup.permissions import Permission
from yellowbus.web.page import page
from yellowbus.web.place import Request, actor_of


@page(Permission.VIEW_STUDENTS, Permission.VIEW_LOG)
def why(request: Request, key: int, year: int, field: str) -> HttpResponseBase:
    """One value of one student: the run that wrote it, and the value after each step of its mapping."""
    instance = request.place.instance
    found = reasons.why(actor_of(request), instance, key, field, year=year)
    may_undo = request.place.may(Permission.UNDO_RUNS) and found.run is not None and not found.changed_since
    context = {
        "child": directory.student(instance, key),
        "why": found,
        "shown": year,
        "may_undo": may_undo,
    }
    return render(request, "students/why.html", context)


@page(Permission.VIEW_STUDENTS, Permission.VIEW_LOG)
def timeline(request: Request, key: int) -> HttpResponseBase:
    """All that runs and people did to one student."""
    instance = request.place.instance
    events = stories.timeline(actor_of(request), instance, key)
    context = {"child": directory.student(instance, key), "events": events, "most": stories.MOST}
    return render(request, "students/timeline.html", context)


urlpatterns = [
    path("students/<int:key>/timeline/", timeline, name="student-timeline"),
    path("students/<int:key>/<int:year>/<str:field>/", why, name="why"),
]
