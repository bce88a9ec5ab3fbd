"""How two names relate. Names are in the form of `normalise`."""

from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from yellowbus.planning.likeness.child import Child
from yellowbus.planning.likeness.reasons import Reason
from yellowbus.planning.likeness.variants import short_for_one, variants

_ROOM = 1 << 17  # pairs of names remembered; a district has far fewer names than children
_LONG = 5  # from this length on two slips of the hand leave a name recognisable
_ALIKE = 0.87


@lru_cache(maxsize=_ROOM)
def alike(one: str, other: str) -> bool:
    """Whether a slip of the hand makes one of the other.

    >>> alike("garcia", "gracia"), alike("ana", "eva"), alike("jayden", "jaden")
    (True, False, True)
    """
    shorter = min(len(one), len(other))
    if shorter < 2:
        return False
    slips = 2 if shorter >= _LONG else 1
    return (
        OSA.distance(one, other, score_cutoff=slips) <= slips or JaroWinkler.similarity(one, other) >= _ALIKE
    )


@lru_cache(maxsize=_ROOM)
def _one_name(one: str, other: str) -> Reason | None:
    if one == other:
        return Reason.FIRST_SAME
    if short_for_one(one, other):
        return Reason.FIRST_SHORT
    if variants(one, other):
        return Reason.FIRST_VARIANT
    return Reason.FIRST_LIKE if alike(one, other) else None


def first_names(ours: Child, theirs: Child) -> Reason | None:
    """How their first names relate; None if either has none."""
    if not ours.given or not theirs.given:
        return None
    one, other = ours.given[0], theirs.given[0]
    if found := _one_name(one, other):
        return found
    if one[0] == other[0]:
        if "".join(ours.given[:2]) == other or "".join(theirs.given[:2]) == one:  # Jean Luc, Jeanluc
            return Reason.FIRST_SAME
        if len(one) == 1 or len(other) == 1:
            return Reason.FIRST_INITIAL
    called = one in theirs.given or other in ours.given or one == theirs.preferred or other == ours.preferred
    return Reason.FIRST_MIDDLE if called and len(one) > 1 and len(other) > 1 else Reason.FIRST_OTHER


def middle_names(ours: Child, theirs: Child) -> Reason | None:
    """How the names after the first relate; None if either has none.

    >>> a, b = Child(1, ("rosa", "maria"), ("x",)), Child(2, ("rosa", "m"), ("x",))
    >>> middle_names(a, b).name
    'MIDDLE_INITIAL'
    """
    one, other = ours.given[1:], theirs.given[1:]
    if not one or not other:
        return None
    pairs = list(zip(one, other, strict=False))
    if all(mine == its for mine, its in pairs):
        return Reason.MIDDLE_SAME
    if all(_initial(mine, its) for mine, its in pairs) or "".join(one) == "".join(other):
        return Reason.MIDDLE_INITIAL
    if all(_initial(mine, its) or _one_name(mine, its) for mine, its in pairs):
        return None  # a slip: it neither speaks for one child nor against
    return Reason.MIDDLE_OTHER


def _initial(one: str, other: str) -> bool:
    return one == other or (1 in (len(one), len(other)) and one[0] == other[0])


@lru_cache(maxsize=_ROOM)
def last_names(ours: tuple[str, ...], theirs: tuple[str, ...]) -> Reason | None:
    """How the parts of two last names relate; None if either has none.

    >>> last_names(("garcia", "lopez"), ("lopez", "garcia")).name, last_names(("garcia", "lopez"), ("lopez",)).name
    ('LAST_TURNED', 'LAST_CUT')
    """
    if not ours or not theirs:
        return None
    if ours == theirs or "".join(ours) == "".join(theirs):
        return Reason.LAST_SAME
    one, other = set(ours), set(theirs)
    if one == other:
        return Reason.LAST_TURNED
    if one < other or other < one:
        return Reason.LAST_CUT
    if alike("".join(ours), "".join(theirs)) or _parts_alike(ours, theirs):
        return Reason.LAST_LIKE
    return Reason.LAST_PART if _any_alike(ours, theirs) else Reason.LAST_OTHER


def _parts_alike(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether each part of the shorter name is much like one of the longer."""
    shorter, longer = sorted((ours, theirs), key=len)
    return all(_any_alike([part], longer) for part in shorter)


def _any_alike(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    return any(one == other or alike(one, other) for one in ours for other in theirs)


def exchanged(ours: Child, theirs: Child) -> bool:
    """Whether the first name of each stands among the last names of the other, one of them letter by letter."""
    if not ours.given or not theirs.given:
        return False
    one, other = ours.given[0], theirs.given[0]
    if one == other or not (one in theirs.last or other in ours.last):
        return False
    return _among(one, theirs.last) and _among(other, ours.last)


def _among(first: str, last: tuple[str, ...]) -> bool:
    return any(first == part or _one_name(first, part) for part in last)
