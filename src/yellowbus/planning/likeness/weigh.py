"""Two records beside each other: what speaks for one child and what against, and whether a person should look."""

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from yellowbus.planning.likeness.child import Child
from yellowbus.planning.likeness.household import SURE, Shared, shared
from yellowbus.planning.likeness.names import exchanged, first_names, last_names, middle_names
from yellowbus.planning.likeness.reasons import Reason

LEAST = 16  # below this a pair is not worth a person's look; found with the seeds of tests/planning/likeness


@dataclass(frozen=True, slots=True)
class Likeness:
    """One known child as a candidate: its id, the reasons, what the households share."""

    id: int
    reasons: tuple[Reason, ...]
    home: tuple[Shared, ...] = ()

    @property
    def weight(self) -> int:
        return sum(reason.weight for reason in self.reasons)

    @property
    def sure_home(self) -> bool:
        return not SURE.isdisjoint(self.home)


def birth_dates(one: str, other: str) -> Reason:
    """How two dates, as YYYY-MM-DD or "", relate.

    >>> birth_dates("2015-03-04", "2015-04-03").name, birth_dates("2015-03-04", "2015-03-14").name
    ('BORN_TURNED', 'BORN_ONE_OFF')
    """
    if one == other and one:
        return Reason.BORN_SAME
    if not one or not other:
        return Reason.BORN_BLANK
    same = (one[:4] == other[:4]) + (one[5:7] == other[5:7]) + (one[8:] == other[8:])
    if same == 2:
        return Reason.BORN_ONE_OFF if OSA.distance(one, other, score_cutoff=1) == 1 else Reason.BORN_PART
    return Reason.BORN_TURNED if turned(one) == other else Reason.BORN_OTHER


def turned(born: str) -> str:
    """The date with day and month exchanged; "" if that is no other date.

    >>> turned("2015-03-04"), turned("2015-03-14")
    ('2015-04-03', '')
    """
    year, month, day = born[:4], born[5:7], born[8:]
    return f"{year}-{day}-{month}" if "00" < day <= "12" and day != month else ""


def weigh(ours: Child, theirs: Child) -> Likeness:
    """Everything that speaks for or against one child, in the order in which a person looks."""
    home = shared(ours.home, theirs.home)
    born = birth_dates(ours.born, theirs.born)
    names = list(_names(ours, theirs))
    if Reason.FIRST_OTHER in names and born is Reason.BORN_SAME and home and Reason.MIDDLE_SAME not in names:
        names[names.index(Reason.FIRST_OTHER)] = Reason.FIRST_OF_TWINS
    reasons = (born, *names, *_rest(ours, theirs), *_home(ours, theirs, home))
    return Likeness(theirs.id, reasons, home)


def _names(ours: Child, theirs: Child) -> Iterable[Reason]:
    first = first_names(ours, theirs)
    if first is Reason.FIRST_OTHER and exchanged(ours, theirs):
        return [Reason.NAMES_EXCHANGED]
    found = (first, last_names(ours.last, theirs.last), middle_names(ours, theirs))
    return [reason for reason in found if reason]


def _rest(ours: Child, theirs: Child) -> Iterable[Reason]:
    if ours.suffix and theirs.suffix and ours.suffix != theirs.suffix:
        yield Reason.SUFFIX_OTHER
    if ours.gender and theirs.gender:
        yield Reason.GENDER_SAME if ours.gender == theirs.gender else Reason.GENDER_OTHER


def _home(ours: Child, theirs: Child, home: tuple[Shared, ...]) -> Iterable[Reason]:
    if not SURE.isdisjoint(home):
        yield Reason.HOME_SAME
    elif home:
        yield Reason.HOME_PARTLY
    elif ours.home and theirs.home:
        yield Reason.HOME_OTHER


def comes_into_question(like: Likeness) -> bool:
    """Whether a person should look at the pair.

    Some likeness of the first name is needed, whatever the household: without it they are brothers and sisters, unless
    all else agrees, the middle name included. With another birth date all names and the household must agree.
    """
    reasons = set(like.reasons)
    if reasons.isdisjoint(_FIRST) and not reasons >= _ALL_BUT_THE_FIRST:
        return False
    if Reason.BORN_OTHER in reasons and not _same_but_for_the_date(reasons):
        return False
    return like.weight >= LEAST


_FIRST = frozenset(
    {
        Reason.FIRST_SAME, Reason.FIRST_SHORT, Reason.FIRST_VARIANT, Reason.FIRST_LIKE, Reason.FIRST_MIDDLE,
        Reason.FIRST_INITIAL, Reason.NAMES_EXCHANGED,
    }
)  # fmt: skip
_ALL_BUT_THE_FIRST = {Reason.BORN_SAME, Reason.FIRST_OTHER, Reason.MIDDLE_SAME, Reason.HOME_SAME}


def _same_but_for_the_date(reasons: set[Reason]) -> bool:
    return {Reason.FIRST_SAME, Reason.LAST_SAME, Reason.HOME_SAME} <= reasons and reasons.isdisjoint(
        {Reason.MIDDLE_OTHER, Reason.SUFFIX_OTHER, Reason.GENDER_OTHER}
    )


def worth_weighing(ours: Child, theirs: Child) -> bool:
    """A quick look that refuses no pair which would come into question. Most pairs of a block end here."""
    if ours.born != theirs.born and birth_dates(ours.born, theirs.born) is Reason.BORN_OTHER:
        return _first_letter(ours) == _first_letter(theirs) and "".join(ours.last) == "".join(theirs.last)
    first = first_names(ours, theirs)
    if first is None:
        return False
    if first is Reason.FIRST_OTHER and not exchanged(ours, theirs):
        return ours.born == theirs.born != "" and ours.given[1:2] == theirs.given[1:2] != ()
    return True


def could_weigh(ours: Child, theirs: Child) -> int:
    """The most that a pair could weigh of which only names and birth dates are known; the first name of `theirs` may be
    the other's middle name.
    """
    first = first_names(ours, theirs)
    if first is None or first is Reason.FIRST_OTHER:
        first = Reason.NAMES_EXCHANGED if exchanged(ours, theirs) else Reason.FIRST_MIDDLE
    last = last_names(ours.last, theirs.last)
    names = first.weight + (last.weight if last and first is not Reason.NAMES_EXCHANGED else 0)
    return birth_dates(ours.born, theirs.born).weight + names + _UNKNOWN


_UNKNOWN = Reason.MIDDLE_SAME.weight + Reason.GENDER_SAME.weight + Reason.HOME_SAME.weight


def _first_letter(child: Child) -> str:
    return child.given[0][0] if child.given else ""


def rank(ours: Child, others: Iterable[Child]) -> tuple[Likeness, ...]:
    """Those among `others` who come into question, the likeliest first."""
    found = [
        like
        for like in (weigh(ours, theirs) for theirs in others if worth_weighing(ours, theirs))
        if comes_into_question(like)
    ]
    return tuple(sorted(found, key=lambda like: (-like.weight, like.id)))
