"""What every page has around it."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from yellowbus.setup.permissions import Permission
from yellowbus.web.nav import Item, menu
from yellowbus.web.place import Place, place_of


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of the frame: `place` (None outside an organization), the `menu`, and where a switch leads back to."""
    place = place_of(request)
    items = menu(place, request.path) if place else []
    return {
        "place": place,
        "menu": items,
        "may_notices": place is not None and place.may(Permission.VIEW_LOG),
        "in_settings": any(item.current and (item.inside or item.label == "Settings") for item in items),
        "back": SimpleLazyObject(lambda: _section(place, items)),
    }


def _section(place: Place | None, items: list[Item]) -> str:
    """The list that the page belongs to: after a switch a single student or school may not exist any more."""
    return next((item.path for item in items if item.current), "/") if place else "/"
