"""The reasons of a pair in words, with the names as they are written. Personal: for those who may see the students."""

from dataclasses import dataclass, field

from yellowbus.planning.likeness.child import Child
from yellowbus.planning.likeness.reasons import Reason
from yellowbus.planning.likeness.weigh import Likeness

_FIRST, _LAST = 0, 1
_HOME = frozenset({Reason.HOME_SAME, Reason.HOME_PARTLY})


@dataclass(frozen=True, slots=True)
class Said:
    """One reason. What speaks for one child weighs more than nothing, what speaks against it less."""

    words: str = field(repr=False)
    weight: int


def said(like: Likeness, ours: Child, theirs: Child) -> tuple[Said, ...]:
    """Every reason of `like`, in its order."""
    return tuple(Said(_words(reason, like, ours, theirs), reason.weight) for reason in like.reasons)


def _words(reason: Reason, like: Likeness, ours: Child, theirs: Child) -> str:
    if reason in _HOME:
        return f"{reason.words}: {', '.join(shared.value for shared in like.home)}"
    name = _LAST if reason.name.startswith("LAST") else _FIRST
    mine, its = ours.written[name], theirs.written[name]
    if reason in (Reason.FIRST_SAME, Reason.LAST_SAME) and mine != its:
        return f"{reason.words}: {its} is written {mine}"
    return reason.words.format(ours=mine, theirs=its)
