"""Settings, and Settings > General: “Enable Sync Import for Year XXXX”."""

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path

from yellowbus.enroll import directory
from yellowbus.setup import settings as site_settings
from yellowbus.setup.permissions import Permission
from yellowbus.web.nav import menu
from yellowbus.web.page import page
from yellowbus.web.place import Request, actor_of


@page()
def settings(request: Request) -> HttpResponseBase:
    """What of Settings the person may open."""
    inside = [item for item in menu(request.place, request.path) if item.inside == "Settings"]
    return render(request, "settings/index.html", {"inside": inside})


@page(Permission.MANAGE_SETTINGS, methods=("GET", "POST"))
def general(request: Request) -> HttpResponseBase:
    place = request.place
    known = directory.years(place.instance)
    rows = [(year, known.get(year, False)) for year in place.years]
    if request.method != "POST":
        return render(request, "settings/general.html", {"rows": rows})
    wanted = set(request.POST.getlist("year"))
    changed = [(year, on) for year, on in rows if on != (str(year) in wanted)]
    for year, on in changed:
        site_settings.enable_imports(actor_of(request), place.instance, year, on=not on)
    messages.success(request, _told(changed))
    return redirect("settings-general")


def _told(changed: list[tuple[int, bool]]) -> str:
    said = [f"Sync import for {year} is {'off' if on else 'on'}." for year, on in changed]
    return " ".join(said) or "Nothing was changed."


urlpatterns = [
    path("settings/", settings, name="settings"),
    path("settings/general/", general, name="settings-general"),
]
