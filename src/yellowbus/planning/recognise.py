"""Who is this in the SIS? One registered child against the students that the SIS showed for it (enroll-sync 13.3).

An id decides, unless birth date and last name both disagree. Without one, nobody is taken for the child because names are
alike: the same names and birth date are shown to a person, and taken only where an administrator has turned that on. A
twin who is known to be another child of Enroll is no match: so twins do not wait for each other.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Protocol, TypeAlias

from rapidfuzz.distance import JaroWinkler

from yellowbus.planning.match import normalise

_ALIKE = 0.88
_SHORT = 3  # a shorter name is no short form of a longer one


class Seen(Protocol):
    """A student as the SIS shows it, as far as recognising needs."""

    @property
    def remote(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def first_name(self) -> str: ...
    @property
    def last_name(self) -> str: ...
    @property
    def birth_date(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Child:
    """The child of a registration. `remote` and `key` are ids known from before, blank where none is."""

    first_name: str = field(repr=False)
    last_name: str = field(repr=False)
    birth_date: date = field(repr=False)
    remote: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said: the child is `remote`; or, where that is blank, none of `none_of`."""

    remote: str = ""
    none_of: frozenset[str] = frozenset()


class Ground(Enum):
    """On what it rests that a student of the SIS is the child."""

    ID = "id"
    NAMES = "name and birth date"
    PERSON = "decision"
    ANSWER = "found after a write without an answer"


@dataclass(frozen=True, slots=True)
class Same:
    remote: str
    ground: Ground


@dataclass(frozen=True, slots=True)
class Nobody:
    pass


@dataclass(frozen=True, slots=True)
class Doubt:
    """A person decides. `reason` is a message code, `remotes` the students that the child may be."""

    reason: str
    remotes: tuple[str, ...] = ()


Recognised: TypeAlias = Same | Nobody | Doubt
NOBODY = Nobody()


def recognise(
    child: Child,
    seen: Sequence[Seen],
    *,
    others: Collection[str] = (),
    accept_exact: bool = False,
    said: Said | None = None,
) -> Recognised:
    """Which of `seen` the child is. `others` are the remotes that are known to be other children of Enroll."""
    if said is not None and said.remote:
        return _as_said(said.remote, seen)
    if child.remote or child.key:
        return _by_id(child, seen)
    known_apart = said.none_of if said is not None else frozenset()
    rest = [each for each in seen if each.remote not in known_apart]
    exact = [each for each in rest if is_exact(child, each)]
    if exact:
        return _exact(exact, others, accept=accept_exact)
    return _near(child, rest, others)


def is_exact(child: Child, seen: Seen) -> bool:
    """Same first name, last name and birth date."""
    return child.birth_date == seen.birth_date and _names(child) == _names(seen)


def _as_said(remote: str, seen: Sequence[Seen]) -> Recognised:
    if any(each.remote == remote for each in seen):
        return Same(remote, Ground.PERSON)
    return Doubt("export-decided-gone")


def _by_id(child: Child, seen: Sequence[Seen]) -> Recognised:
    """Both ids, where both are known, must be the same student's."""
    holders = {
        each.remote: each
        for each in seen
        if (child.remote and each.remote == child.remote) or (child.key and each.key == child.key)
    }
    if not holders:
        # Deleted, merged or of another SIS: a second record would be the worst that could be made of it.
        return Doubt("export-id-gone", tuple(each.remote for each in seen if is_exact(child, each)))
    if len(holders) > 1:
        return Doubt("export-ids-disagree", tuple(holders))
    ((remote, held),) = holders.items()
    if _is_another(child, held):
        return Doubt("export-id-of-another", (remote,))
    return Same(remote, Ground.ID)


def _is_another(child: Child, held: Seen) -> bool:
    """Birth date and last name both differ. A blank says nothing."""
    if held.birth_date in (None, child.birth_date) or not held.last_name:
        return False
    return normalise(held.last_name) != normalise(child.last_name)


def _exact(exact: Sequence[Seen], others: Collection[str], *, accept: bool) -> Recognised:
    remotes = tuple(each.remote for each in exact)
    if len(exact) > 1:
        return Doubt("export-several", remotes)
    if remotes[0] in others:
        return Doubt("export-of-another", remotes)
    return Same(remotes[0], Ground.NAMES) if accept else Doubt("export-candidate", remotes)


def _near(child: Child, seen: Sequence[Seen], others: Collection[str]) -> Recognised:
    """A twin or a namesake whom Enroll knows as another child is none; one with nearly the same name may still be."""
    reasons = [(nearness(child, each), each.remote) for each in seen]
    found = [
        (reason, remote)
        for reason, remote in reasons
        if reason == "export-near" or (reason and remote not in others)
    ]
    return Doubt(found[0][0], tuple(remote for _, remote in found)) if found else NOBODY


def nearness(child: Child, seen: Seen) -> str:
    """Why the two could be one child although they are not the same to the letter; "" if they could not."""
    (first, last), (other_first, other_last) = _names(child), _names(seen)
    if child.birth_date != seen.birth_date:
        return "export-namesake" if (first, last) == (other_first, other_last) else ""
    if last == other_last and not are_alike(first, other_first):
        return "export-twin"
    both = are_alike(first, other_first) and are_alike(last, other_last)
    return "export-near" if both or first == other_first else ""


def are_alike(name: str, other: str) -> bool:
    """Spelled nearly the same, or one the beginning of the other."""
    shorter, longer = sorted((name, other), key=len)
    if len(shorter) >= _SHORT and longer.startswith(shorter):
        return True
    return JaroWinkler.similarity(name, other) >= _ALIKE


def _names(who: Child | Seen) -> tuple[str, str]:
    return normalise(who.first_name), normalise(who.last_name)
