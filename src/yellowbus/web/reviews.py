"""Who is who: records that may be students of Enroll, side by side, decided by keyboard or several at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path

from yellowbus.enroll import directory
from yellowbus.errors import NeedsAdmin
from yellowbus.planning.report import counted
from yellowbus.runs import decisions, side_by_side
from yellowbus.runs.decisions import Kept, Waiting
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Permission
from yellowbus.web.connections import found
from yellowbus.web.numbers import number_in
from yellowbus.web.page import page
from yellowbus.web.paging import SIZE, Paged, asked_page, start_of
from yellowbus.web.place import Request, actor_of

MOST_KEYS = 9  # of candidates with a key of their own
_SEES = (Permission.VIEW_LOG, Permission.VIEW_STUDENTS)
_SAYS = (*_SEES, Permission.RELEASE_HOLDS)


@page(*_SEES)
def reviews(request: Request, key: int) -> HttpResponseBase:
    """The record to decide, those that wait after it, and what was said. `after` skips a record, `at` looks at one."""
    shown = found(request.place, key)
    every = decisions.waiting(shown)
    said = decisions.kept(shown)
    context = _card(request, shown, every, said)
    if "HX-Request" in request.headers:
        return render(request, "reviews/card.html", context)
    return render(request, "reviews/list.html", context | _lists(request, shown, every, said))


def _card(
    request: Request,
    shown: Connection,
    every: Sequence[Waiting],
    said: Mapping[str, Kept],
    *,
    after: str = "",
    last: str = "",
) -> dict[str, Any]:
    """What `reviews/card.html` shows: the record asked for, else the first after `after` that nobody has decided."""
    chosen = _chosen(every, said, at=request.GET.get("at", ""), after=after or request.GET.get("after", ""))
    card = side_by_side.cards(shown, [chosen])[0] if chosen else None
    return {
        "connection": shown,
        "card": card,
        "keyed": [
            (str(number) if number <= MOST_KEYS else "", side)
            for number, side in enumerate(card.sides if card else (), start=1)
        ],
        "last": said.get(last),
        "left": sum(each.key not in said for each in every),
        "total": len(every),
        "may_decide": request.place.may(Permission.RELEASE_HOLDS),
    }


def _chosen(every: Sequence[Waiting], said: Mapping[str, Kept], *, at: str, after: str) -> Waiting | None:
    places = {each.key: place for place, each in enumerate(every)}
    if at in places:
        return every[places[at]]
    start = places.get(after, -1) + 1
    ahead = (each for each in (*every[start:], *every[:start]) if each.key not in said)
    return next(ahead, None)


def _lists(
    request: Request, shown: Connection, every: Sequence[Waiting], said: Mapping[str, Kept]
) -> dict[str, Any]:
    """The records nobody has decided, a page of them, and the newest decisions."""
    number = asked_page(request)
    undecided = [each for each in every if each.key not in said]
    listed = undecided[start_of(number) :][:SIZE]
    names = directory.school_names(request.place.instance)
    return {
        "rows": [
            (card, names.get(card.review.school, card.review.school))
            for card in side_by_side.cards(shown, listed)
        ],
        "part": Paged(number, len(undecided)),
        "kept": list(said.values())[:SIZE],
        "kept_total": len(said),
        "open_keys": {each.key for each in every},
    }


@page(*_SAYS, methods=("POST",))
def decide(request: Request, key: int) -> HttpResponseBase:
    """Say who one record is: a student, or nobody known. htmx gets the next record."""
    shown = found(request.place, key)
    record = request.POST.get("key", "")
    decisions.decide(actor_of(request), shown, record, _student(request.POST.get("student", "")))
    return _onward(request, shown, after=record, last=record)


def _student(text: str) -> int | None:
    """The student chosen; None for “a new student”, which must be said."""
    if text == "new":
        return None
    number = number_in(text)
    if number is None:
        raise NeedsAdmin("student-unknown", student=text[:18])
    return number


@page(*_SAYS, methods=("POST",))
def take_back(request: Request, key: int) -> HttpResponseBase:
    """Forget what was said of a record. htmx gets that record again."""
    shown = found(request.place, key)
    record = request.POST.get("key", "")
    decisions.take_back(actor_of(request), shown, record)
    waits = decisions.waiting(shown)
    before = next((place for place, each in enumerate(waits) if each.key == record), 0) - 1
    return _onward(request, shown, after=waits[before].key if waits else "")


def _onward(request: Request, shown: Connection, *, after: str, last: str = "") -> HttpResponseBase:
    if "HX-Request" not in request.headers:
        messages.success(request, "Kept. The next import goes by it." if last else "Taken back.")
        return redirect("reviews", key=shown.pk)
    every, said = decisions.waiting(shown), decisions.kept(shown)
    return render(request, "reviews/card.html", _card(request, shown, every, said, after=after, last=last))


@page(*_SAYS, methods=("POST",))
def several(request: Request, key: int) -> HttpResponseBase:
    """Say the same of all that are ticked: each is its likeliest candidate, or each is new."""
    shown = found(request.place, key)
    waits = decisions.waiting(shown, request.POST.getlist("key"))
    first = request.POST.get("they") == "first"
    said = {each.key: each.candidates[0] if first else None for each in waits if each.candidates or not first}
    decisions.decide_all(actor_of(request), shown, said)
    messages.success(request, _told(said))
    return redirect("reviews", key=key)


def _told(said: Mapping[str, int | None]) -> str:
    return (
        f"{counted(len(said), 'decision')} kept. The next import goes by them."
        if said
        else "Nothing was ticked."
    )


urlpatterns = [
    path("connections/<int:key>/who/", reviews, name="reviews"),
    path("connections/<int:key>/who/decide/", decide, name="reviews-decide"),
    path("connections/<int:key>/who/take-back/", take_back, name="reviews-take-back"),
    path("connections/<int:key>/who/several/", several, name="reviews-several"),
]
