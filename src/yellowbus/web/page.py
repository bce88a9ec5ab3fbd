"""What makes a view a page: it names its permission, and an error of ours becomes a calm page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render

from yellowbus.errors import NeedsAdmin, TryLater, YellowbusError
from yellowbus.setup.permissions import Permission
from yellowbus.web import remedies
from yellowbus.web.place import Request, place_of

View = Callable[..., HttpResponseBase]
ANYONE_INSIDE: tuple[Permission, ...] = ()

_STATUS = {"not-permitted": 403, "no-organization": 403}
_GONE = ("-unknown", "-gone")


def page(*needs: Permission, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """A page for members who have every one of `needs`. The verbs behind it ask again.

    Who is not signed in is led to the sign-in page; a YellowbusError of the view is shown with its remedy.
    """
    allowed = {*methods, "HEAD"} if "GET" in methods else set(methods)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **given: Any) -> HttpResponseBase:
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            try:
                _require(request, needs)
                _take_out_nulls(request)
                return view(cast("Request", request), **given)
            except YellowbusError as error:
                return trouble(request, error)

        return guarded

    return decorate


def trouble(request: HttpRequest, error: YellowbusError) -> HttpResponse:
    """The error as a page, or as the part of one that htmx asked for."""
    template = "parts/trouble.html" if "HX-Request" in request.headers else "trouble.html"
    context = {"trouble": error, **remedies.link(place_of(request), error.code, error.facts)}
    return render(request, template, context, status=status_of(error))


def status_of(error: YellowbusError) -> int:
    if isinstance(error, TryLater):
        return 503
    if error.code.endswith(_GONE):
        return 404
    return _STATUS.get(error.code, 422)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 (Django names it)
    return trouble(request, NeedsAdmin("page-unknown"))


def _take_out_nulls(request: HttpRequest) -> None:
    """PostgreSQL keeps no text with this character, and nobody types it."""
    request.GET = _without_nulls(request.GET)  # type: ignore[assignment]
    request.POST = _without_nulls(request.POST)  # type: ignore[assignment]


def _without_nulls(given: QueryDict) -> QueryDict:
    if not any("\0" in value for _, values in given.lists() for value in values):
        return given
    clean = QueryDict(mutable=True)
    for name, values in given.lists():
        clean.setlist(name, [value.replace("\0", "") for value in values])
    return clean


def _require(request: HttpRequest, needs: tuple[Permission, ...]) -> None:
    place = place_of(request)
    if place is None:
        raise NeedsAdmin("no-organization")
    for permission in needs:
        place.actor.require(permission)
