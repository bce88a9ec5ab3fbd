"""For records that would be added: whom of Enroll they may be. All others cost nothing.

A page's records are sought at once. What is sought for is only shown to a person, unless the administrator has turned
automatic links on and the strict rule of `planning.likeness.certain` is met.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from yellowbus.enroll import lookalikes
from yellowbus.enroll.bulk import Held, held_by_id
from yellowbus.enroll.lookalikes import Asked, Known, Nearby
from yellowbus.planning.likeness import (
    LEAST,
    Child,
    Index,
    Likeness,
    agree,
    another_at_home,
    child_of,
    could_weigh,
    near_dates,
    rank,
    sought_dates,
    sought_letters,
    worth_weighing,
)
from yellowbus.planning.match import Candidate
from yellowbus.records import Value
from yellowbus.runs.importing.terms import Terms

WITH_OTHER_ID = 26  # two records with district ids of their own need their household to speak for them
_STUDENTS = "students"

Values = Mapping[str, Value]


@dataclass(slots=True)
class Alike:
    """Of one record: who comes into question, the likeliest first, or the student whom it is beyond doubt."""

    candidates: tuple[Candidate, ...] = ()
    link: Held | None = None


@dataclass(slots=True)
class _Page:
    """The children of a page by their place in it, and of Enroll those born on their days."""

    terms: Terms
    sought: dict[int, Child]
    district_ids: Mapping[int, str]
    nearby: dict[int, list[Nearby]]
    known: dict[int, Child] = field(default_factory=dict)
    held: dict[int, Known] = field(default_factory=dict)


def look(sought: Mapping[int, tuple[str, Values]], terms: Terms) -> dict[int, Alike]:
    """`sought` are the district id and the mapped values of each record that would be added, by its place."""
    if not sought or not lookalikes.any_student(terms.instance):
        return {}
    children = {place: child_of(values, place) for place, (_, values) in sought.items()}
    nearby = lookalikes.around(
        terms.instance, {place: _asked(child) for place, child in children.items() if child.born}
    )
    page = _Page(terms, children, {place: key for place, (key, _) in sought.items()}, nearby)
    worth = {
        place: list(_worth(children[place], around, page.district_ids[place]))
        for place, around in nearby.items()
    }
    _load(page, {student for students in worth.values() for student in students})
    ranked = {place: _ranked(page, place, students) for place, students in worth.items()}
    links = _links(page, ranked) if terms.links_certain else {}
    return {
        place: Alike(tuple(map(_candidate, likes)), links.get(place))
        for place, likes in ranked.items()
        if likes
    }


def _asked(child: Child) -> Asked:
    return Asked(sought_dates(child.born), near_dates(child.born), "".join(sorted(sought_letters(child))))


def _worth(child: Child, around: Iterable[Nearby], key: str) -> Iterable[int]:
    """Those of whom more is worth loading: who could come into question if all that is not known yet agreed."""
    for each in around:
        known = _by_names(each.id, each.match_key)
        same_day = known.born == child.born
        alike = worth_weighing(child, known) or (same_day and not set(child.last).isdisjoint(known.last))
        if alike and could_weigh(child, known) >= _least(key, each.has_district_id):
            yield each.id


def _least(key: str, other: object) -> int:
    """From which weight on a pair is shown."""
    return WITH_OTHER_ID if key and other else LEAST


@lru_cache(maxsize=10_000)
def _by_names(student: int, match_key: str) -> Child:
    first, last, born = match_key.split("|")
    return Child(student, tuple(first.split()), tuple(last.split()), born)


def _load(page: _Page, students: set[int]) -> None:
    """The whole of what Enroll knows of these students, where it is not yet loaded."""
    missing = students - page.known.keys()
    if missing:
        terms = page.terms
        loaded = lookalikes.latest(terms.instance, missing, year=terms.year)
        page.held |= loaded
        page.known |= {student: child_of(held.values, student) for student, held in loaded.items()}


def _ranked(page: _Page, place: int, students: Sequence[int]) -> tuple[Likeness, ...]:
    child, key = page.sought[place], page.district_ids[place]
    likes = rank(child, (page.known[student] for student in dict.fromkeys(students)))
    return tuple(like for like in likes if like.weight >= _least(key, page.held[like.id].district_id))


def _candidate(like: Likeness) -> Candidate:
    return Candidate(like.id, "review-alike", like.weight)


def _links(page: _Page, ranked: Mapping[int, tuple[Likeness, ...]]) -> dict[int, Held]:
    """Which records are linked without a person: alone on both sides, and by the strict rule."""
    asked = Counter(like.id for likes in ranked.values() for like in likes)
    incoming = Index(page.sought.values())
    found = {
        place: likes[0].id
        for place, likes in ranked.items()
        if len(likes) == 1 and asked[likes[0].id] == 1 and _certain(page, place, likes[0], incoming)
    }
    held = held_by_id(_STUDENTS, page.terms.instance, found.values(), year=page.terms.year) if found else {}
    return {place: held[student] for place, student in found.items()}


def _certain(page: _Page, place: int, like: Likeness, incoming: Index) -> bool:
    """Only a student without a district id is free to take one."""
    ours, theirs, held = page.sought[place], page.known[like.id], page.held[like.id]
    if held.district_id or held.archived or not agree(ours, theirs, like):
        return False
    born = {each.id for each in page.nearby[place] if each.match_key.endswith(f"|{ours.born}")}
    _load(page, born)
    homes = (ours, theirs)
    return not (
        another_at_home(theirs, (page.known[student] for student in born), homes=homes)
        or another_at_home(ours, incoming.born(ours.born), homes=homes)
    )
