"""Notices: what is open and what was told lately, and which kinds the person has mailed."""

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone

from yellowbus.runs import asking, letters
from yellowbus.runs import notices as told
from yellowbus.runs.notice_models import NoticeKind
from yellowbus.setup.permissions import Permission
from yellowbus.web.connections import of_site
from yellowbus.web.page import page
from yellowbus.web.place import Request, actor_of

EXPLAINS = {
    NoticeKind.FAILED: "A run failed. Said once, however many nights it lasts.",
    NoticeKind.HELD: "A plan, or values that passed a threshold, wait for a person.",
    NoticeKind.PAUSED: "A schedule stopped: three failures in a row, or a run was undone.",
    NoticeKind.LATE: "A night did not start.",
    NoticeKind.UNUSUAL: "A run read far more or far fewer records than the last good ones.",
    NoticeKind.EXPIRING: "The access to the SIS ends soon: 30, 7 and 1 days ahead, where the SIS has such a day.",
    NoticeKind.RECOVERED: "What failed works again.",
}


@page(Permission.VIEW_LOG, methods=("GET", "POST"))
def notices(request: Request) -> HttpResponseBase:
    place = request.place
    if request.method == "POST":
        kinds = request.POST.getlist("kind")
        asking.choose(actor_of(request), place.member, kinds)
        messages.success(request, "Your choice is kept.")
        return redirect("notices")
    asked = asking.asks_for(place.member)
    context = {
        "lines": told.recent(of_site(place), timezone.now()),
        "kinds": [(kind.value, kind.label, EXPLAINS[kind], kind.value in asked) for kind in NoticeKind],
        "mail_is_on": letters.is_on(),
    }
    return render(request, "settings/notices.html", context)


urlpatterns = [path("settings/notices/", notices, name="notices")]
