"""Who is this? One incoming record against the students that Enroll knows (enroll-sync 13.3, 17.1).

The order: the district id decides, unless birth date and last name both disagree; then namesakes born on
the same day and others alike are shown to a person; else the student is new. A decision that a person made settles what
can be settled, and never makes two students share a district id.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import TypeAlias

from anyascii import anyascii

from yellowbus.messages import MESSAGES
from yellowbus.records import Value

_DISTRICT_ID = "students.student_district_id"
_FIRST, _LAST, _BORN = "students.fname", "students.lname", "students.dob"

_BREAKS = re.compile(r"[\s\-_/,]+")
_MARKS = re.compile(r"[^a-z0-9 ]")


@lru_cache(maxsize=20_000)
def normalise(name: str) -> str:
    """A name for comparison: no case, accents or punctuation; a dash or a run of spaces is one space.

    >>> normalise("  Núñez-Ó Brien, Jr."), normalise("O'Brien"), normalise("Łukasz")
    ('nunez o brien jr', 'obrien', 'lukasz')
    """
    plain = name if name.isascii() else anyascii(name)
    return " ".join(_MARKS.sub("", _BREAKS.sub(" ", plain.casefold())).split())


def match_key(values: Mapping[str, Value]) -> str | None:
    """First name, last name and birth date as one text, equal for namesakes; None if one lacks."""
    born = values.get(_BORN)
    first, last = normalise(values.get(_FIRST) or ""), normalise(values.get(_LAST) or "")
    return f"{first}|{last}|{born}" if first and last and born else None


@dataclass(frozen=True, slots=True)
class Known:
    """A student of Enroll, as far as matching needs. `id` is 0 for one that the same plan will create."""

    id: int
    district_id: Value
    fname: Value
    lname: Value
    dob: Value
    version: int = 1
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person said of one source record: it is `student`, or, if None, nobody that Enroll knew then."""

    student: int | None


class Basis(Enum):
    """On what a match rests."""

    DISTRICT_ID = "district id"
    DECISION = "decision"
    LIKENESS = "likeness"


@dataclass(frozen=True, slots=True)
class Existing:
    student: int
    basis: Basis


@dataclass(frozen=True, slots=True)
class New:
    pass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A student that the record may be; `reason` is a code of `messages.MESSAGES`. `weight` is that of its likeness, 0
    where it was not weighed: it orders the candidates and decides nothing.
    """

    student: int
    reason: str
    weight: int = 0

    @property
    def sentence(self) -> str:
        return MESSAGES[self.reason].sentence


@dataclass(frozen=True, slots=True)
class Review:
    candidates: tuple[Candidate, ...]


Match: TypeAlias = Existing | New | Review

NEW = New()


def match(
    incoming: Mapping[str, Value],
    by_id: Known | None,
    *,
    same_key: Sequence[Known] = (),
    decision: Decision | None = None,
    alike: Sequence[Candidate] = (),
    link: int | None = None,
) -> Match:
    """Which student the record is.

    `by_id` is the student with the district id of the record (any of its ids, after a merge the survivor),
    `same_key` are those with its `match_key`; both archived or not, and `same_key` with the students that
    this plan creates. `alike` are students of like names or birth date, the likeliest first; `link` is the one whom
    the strict rule of `likeness.certain` found, where the administrator lets it link.
    """
    if by_id is not None:
        return _known_id(incoming, by_id, same_key=same_key, decision=decision)
    if decision is not None:
        return NEW if decision.student is None else Existing(decision.student, Basis.DECISION)
    if link is not None:
        return Existing(link, Basis.LIKENESS)
    candidates = _likeliest_first(_namesakes(incoming, same_key), alike)
    return Review(candidates) if candidates else NEW


def _likeliest_first(namesakes: Sequence[Candidate], alike: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Namesakes among those alike keep the reason that says more; namesakes beside them come last."""
    reason = {namesake.student: namesake.reason for namesake in namesakes}
    weighed = {each.student for each in alike}
    return (
        *(replace(each, reason=reason.get(each.student, each.reason)) for each in alike),
        *(namesake for namesake in namesakes if namesake.student not in weighed),
    )


def _known_id(
    incoming: Mapping[str, Value], by_id: Known, *, same_key: Sequence[Known], decision: Decision | None
) -> Match:
    if decision is not None and decision.student == by_id.id:
        return Existing(by_id.id, Basis.DECISION)
    another = _looks_like_another_child(incoming, by_id)
    if decision is not None and (another or decision.student is not None):
        # Done as decided, two students would have one district id, which Enroll refuses.
        return Review((Candidate(by_id.id, "review-id-taken"),))
    if another:
        others = [known for known in same_key if known.id != by_id.id]
        return Review((Candidate(by_id.id, "review-id-of-another"), *_namesakes(incoming, others)))
    # Also the child of whom a person once said that nobody knew it: it was created then, with this id.
    return Existing(by_id.id, Basis.DISTRICT_ID)


def _looks_like_another_child(incoming: Mapping[str, Value], known: Known) -> bool:
    """Birth date and last name both differ. A blank on either side says nothing."""
    born, last = incoming.get(_BORN), incoming.get(_LAST)
    if not (born and known.dob and last and known.lname) or born == known.dob:
        return False
    return normalise(last) != normalise(known.lname)


def _namesakes(incoming: Mapping[str, Value], same_key: Sequence[Known]) -> tuple[Candidate, ...]:
    return tuple(Candidate(known.id, _namesake_reason(incoming, known)) for known in same_key)


def _namesake_reason(incoming: Mapping[str, Value], known: Known) -> str:
    if known.id == 0:
        return "review-namesake-in-run"
    if known.archived:
        return "review-namesake-archived"
    if incoming.get(_DISTRICT_ID) and known.district_id:
        return "review-namesake-other-id"
    return "review-namesake-without-id"
