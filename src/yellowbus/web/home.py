"""The first page, the switches of the frame, and what watches the process."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from yellowbus.web.nav import menu
from yellowbus.web.page import page
from yellowbus.web.place import Request


@page()
def home(request: Request) -> HttpResponseBase:
    """The first page that the person may open."""
    first = next((item.path for item in menu(request.place, "/")), None)
    return redirect(first) if first else render(request, "empty.html")


@page(methods=("POST",))
def switch(request: Request) -> HttpResponseBase:
    """Choose organization, Production or Sandbox, or school year for this session; back to where one was."""
    place, given = request.place, request.POST
    chosen = given.get("member", "")
    if any(chosen == str(each.pk) for each in place.belongs):
        request.session["member"] = int(chosen)
        return redirect("home")
    if given.get("environment") in place.environments:
        request.session["environment"] = given["environment"]
    if given.get("year") in {str(year) for year in place.years}:
        request.session["year"] = int(given["year"])
    return redirect(_inside(request, given.get("next", "")))


@login_not_required
@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """Whether the process answers, for whoever watches it. Asks nothing of the database."""
    return HttpResponse("ok", content_type="text/plain")


def _inside(request: HttpRequest, address: str) -> str:
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if safe and address.startswith("/") else "/"
