"""Settings > Audit Events: who did what, newest first."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path

from yellowbus.setup import audit
from yellowbus.setup.permissions import Permission
from yellowbus.web.page import page
from yellowbus.web.paging import SIZE, Paged, asked_page, start_of
from yellowbus.web.place import Request


@page(Permission.VIEW_AUDIT)
def events(request: Request) -> HttpResponseBase:
    number = asked_page(request)
    text = request.GET.get("text", "")[:100]
    rows, total = audit.events(text, start=start_of(number), most=SIZE)
    context = {"rows": rows, "part": Paged(number, total), "text": text}
    return render(request, "settings/audit.html", context)


urlpatterns = [path("settings/audit/", events, name="audit")]
