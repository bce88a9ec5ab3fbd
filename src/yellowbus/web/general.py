"""Settings, and Settings > General: “Enable Sync Import for Year XXXX”, how long things are kept, and four eyes."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone

from yellowbus.enroll import directory
from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.runs import purging
from yellowbus.setup import policies
from yellowbus.setup import settings as site_settings
from yellowbus.setup.permissions import Permission
from yellowbus.web.nav import menu
from yellowbus.web.page import page, status_of
from yellowbus.web.place import Request, actor_of


class KeptForm(forms.Form):
    """For how many days things are kept, and whether a second person must look."""

    values_days = forms.IntegerField(label="Days to keep the values of records")
    runs_days = forms.IntegerField(label="Days to keep runs")
    four_eyes = forms.BooleanField(label="Four eyes", required=False)


@page()
def settings(request: Request) -> HttpResponseBase:
    """What of Settings the person may open."""
    inside = [item for item in menu(request.place, request.path) if item.inside == "Settings"]
    return render(request, "settings/index.html", {"inside": inside})


@page(Permission.MANAGE_SETTINGS, methods=("GET", "POST"))
def general(request: Request) -> HttpResponseBase:
    place = request.place
    if request.method != "POST":
        return _general(request)
    if "keep" in request.POST:
        return _keep(request)
    wanted = set(request.POST.getlist("year"))
    changed = [(year, on) for year, on in _years(request) if on != (str(year) in wanted)]
    for year, on in changed:
        site_settings.enable_imports(actor_of(request), place.instance, year, on=not on)
    messages.success(request, _told(changed))
    return redirect("settings-general")


def _years(request: Request) -> list[tuple[int, bool]]:
    known = directory.years(request.place.instance)
    return [(year, known.get(year, False)) for year in request.place.years]


def _general(request: Request, **more: Any) -> HttpResponseBase:
    """The page, with the dates that the days kept mean tonight."""
    kept = policies.kept()
    context = {
        "rows": _years(request),
        "kept": kept,
        "tonight": purging.tonight(request.place.organization, timezone.now()),
        "least": policies.LEAST_DAYS,
        "most": policies.MOST_DAYS,
        **more,
    }
    trouble: YellowbusError | None = more.get("trouble")
    return render(request, "settings/general.html", context, status=status_of(trouble) if trouble else 200)


def _keep(request: Request) -> HttpResponseBase:
    """Save the days and the switch; what is refused is shown with its reason, and nothing is changed."""
    form = KeptForm(request.POST)
    try:
        if form.is_valid():
            policies.set_kept(actor_of(request), policies.Kept(**form.cleaned_data))
            messages.success(request, "What is kept is saved. The dates below say what goes tonight.")
            return redirect("settings-general")
        raise NeedsAdmin("keep-days-refused", least=policies.LEAST_DAYS, most=f"{policies.MOST_DAYS:,}")
    except YellowbusError as error:
        return _general(request, trouble=error)


def _told(changed: list[tuple[int, bool]]) -> str:
    said = [f"Sync import for {year} is {'off' if on else 'on'}." for year, on in changed]
    return " ".join(said) or "Nothing was changed."


urlpatterns = [
    path("settings/", settings, name="settings"),
    path("settings/general/", general, name="settings-general"),
]
