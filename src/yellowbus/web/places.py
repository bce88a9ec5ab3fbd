"""Years & Terms: which schools of a connection cannot take registrations for the year, told with what to do."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from yellowbus.planning.report import counted
from yellowbus.setup import assignments, writable
from yellowbus.setup.models import Connection
from yellowbus.web.place import Place, Request, actor_of
from yellowbus.web.templatetags.yellowbus import year as year_in_words


def context(place: Place, shown: Connection) -> dict[str, Any]:
    """What `parts/places.html` shows, as last asked; nothing for a SIS that cannot be written into."""
    if not writable.can_write(shown):
        return {}
    seen = writable.places(shown, place.year, now=timezone.now())
    served = assignments.codes(shown)
    return {
        "places": seen,
        "places_served": len(served),
        "not_ready": writable.not_ready(shown, seen, only=served) if seen.places else [],
    }


def told(request: Request, shown: Connection, codes: list[str]) -> None:
    """Say of schools that were just assigned whether they can take registrations; the SIS is asked."""
    if not writable.can_write(shown):
        return
    year = request.place.year
    seen = writable.read_places(actor_of(request), shown, year, now=timezone.now())
    if seen.trouble:
        messages.warning(
            request, f"Years & Terms could not be checked. {seen.trouble.sentence} {seen.trouble.remedy}"
        )
        return
    _say(request, writable.not_ready(shown, seen, only=codes), year)


def _say(request: HttpRequest, wrong: list[writable.NotReady], year: int) -> None:
    if not wrong:
        return
    names = ", ".join(each.name for each in wrong[:10])
    first = wrong[0]
    messages.warning(
        request,
        f"{counted(len(wrong), 'school')} cannot take registrations for {year_in_words(year)} yet: {names}."
        f" {first.remedy}",
    )
