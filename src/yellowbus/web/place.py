"""Where a request stands: organization, Production or Sandbox, school year, and who asks.

Every page of a person who belongs to an organization runs within that organization's scope; a query outside one raises.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from yellowbus.enroll import directory
from yellowbus.enroll.directory import Organization
from yellowbus.enroll.fence import within
from yellowbus.planning.calendar import ROLL_OVER_MONTH
from yellowbus.setup import people
from yellowbus.setup.models import Membership
from yellowbus.setup.permissions import Actor, Permission


@dataclass(frozen=True, slots=True)
class Place:
    """`environments` are those the organization has, `years` those that can be chosen, `belongs` all memberships."""

    actor: Actor
    member: Membership
    environment: str
    instance: int
    year: int
    environments: tuple[str, ...]
    years: tuple[int, ...]
    belongs: tuple[Membership, ...]

    @property
    def organization(self) -> Organization:
        return self.member.organization

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.organization.time_zone)

    @property
    def sandbox(self) -> bool:
        return self.environment == "sandbox"

    def may(self, permission: Permission) -> bool:
        return permission in self.actor.permissions


class Request(HttpRequest):
    """A request that came through the middleware and the `page` decorator: it has a place."""

    place: Place


def place_of(request: HttpRequest) -> Place | None:
    """The request's place; None for who is not signed in or belongs nowhere."""
    place: Place | None = getattr(request, "place", None)
    return place


def actor_of(request: Request) -> Actor:
    """Who asks, for the verbs."""
    return request.place.actor


class PlaceMiddleware:
    """Ends sessions that are too old, finds the place, and opens the organization's scope around the page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with ExitStack() as frame:
            if request.user.is_authenticated and not _too_old(request):
                self._enter(request, frame)
            response = self.get_response(request)
            if isinstance(response, StreamingHttpResponse) and (place := place_of(request)):
                _keep_scope(response, place.organization)
        if request.user.is_authenticated and isinstance(response, HttpResponse):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def _enter(self, request: HttpRequest, frame: ExitStack) -> None:
        assert request.user.is_authenticated
        belongs = tuple(people.memberships_of(request.user))
        if not belongs:
            return
        chosen = request.session.get("member")
        member = next((each for each in belongs if each.pk == chosen), belongs[0])
        frame.enter_context(within(member.organization))
        request.place = _place(request, member, belongs)  # type: ignore[attr-defined]


def _place(request: HttpRequest, member: Membership, belongs: tuple[Membership, ...]) -> Place:
    sites = directory.sites(member.organization_id)
    environment = request.session.get("environment", "")
    if environment not in sites:
        environment = next(iter(sites), "production")
    instance = sites.get(environment, 0)
    known, now = directory.years(instance), timezone.now()
    years = selectable(known, now)
    year = request.session.get("year")
    return Place(
        actor=people.actor_of(member),
        member=member,
        environment=environment,
        instance=instance,
        year=year if year in years else default_year(known, now),
        environments=tuple(sites),
        years=years,
        belongs=belongs,
    )


def school_year(today: date) -> int:
    """The starting year of the school year that `today` is in.

    >>> school_year(date(2026, 6, 30)), school_year(date(2026, 7, 1))
    (2025, 2026)
    """
    return today.year if today.month >= ROLL_OVER_MONTH else today.year - 1


def selectable(known: dict[int, bool], now: datetime) -> tuple[int, ...]:
    """The years to choose from, newest first: those ever set, the present one and the next."""
    present = school_year(now.date())
    return tuple(sorted({*known, present, present + 1}, reverse=True))


def default_year(known: dict[int, bool], now: datetime) -> int:
    """The newest year that takes imports, else the present one."""
    return max((year for year, on in known.items() if on), default=school_year(now.date()))


def _too_old(request: HttpRequest) -> bool:
    now = timezone.now()
    since = datetime.fromisoformat(request.session.setdefault("since", now.isoformat()))
    if now - since < timedelta(hours=settings.YELLOWBUS_SESSION_HOURS):
        return False
    logout(request)
    return True


def _keep_scope(response: StreamingHttpResponse, organization: Organization) -> None:
    """A streamed answer is written after the page has ended, so each piece opens the scope again."""

    def pieces(source: Iterator[bytes]) -> Iterator[bytes]:
        while True:
            with within(organization):
                piece = next(source, None)
            if piece is None:
                return
            yield piece

    response.streaming_content = pieces(iter(response))
