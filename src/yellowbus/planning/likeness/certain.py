"""The one rule under which records are linked without a person. It knows no score.

Twins, brothers and sisters at one address, namesakes and father and son defeat every score. So all of this is asked:
the names agree or are known variants, the birth dates are equal, the households agree, no other child of that birth date
lives there, and neither side has anybody else who comes into question.
"""

from collections.abc import Iterable

from yellowbus.planning.likeness.child import Child
from yellowbus.planning.likeness.household import shared
from yellowbus.planning.likeness.reasons import Reason
from yellowbus.planning.likeness.weigh import Likeness

_NAMES = (
    frozenset({Reason.FIRST_SAME, Reason.FIRST_SHORT}),
    frozenset({Reason.LAST_SAME, Reason.LAST_TURNED, Reason.LAST_CUT}),
    frozenset({Reason.BORN_SAME}),
)
_AGAINST = frozenset({Reason.MIDDLE_OTHER, Reason.SUFFIX_OTHER, Reason.GENDER_OTHER})
# First names that families give to several children and tell apart by the second: José Luis, José Antonio.
_SHARED_BY_TWINS = frozenset(
    [
        "jose",
        "juan",
        "luis",
        "maria",
        "ana",
        "anna",
        "mary",
        "marie",
        "miguel",
        "carlos",
        "jesus",
        "angel",
        "rosa",
        "john",
        "jean",
        "muhammad",
        "mohammad",
        "mohammed",
        "mohamed",
        "ahmad",
        "ahmed",
        "abdul",
        "ali",
        "fatima",
        "nguyen",
        "thi",
        "van",
        "minh",
        "sai",
        "sri",
        "lee",
        "jo",
        "mae",
        "rose",
        "grace",
    ]
)


def agree(ours: Child, theirs: Child, like: Likeness) -> bool:
    """Whether two records agree in everything that one child has."""
    reasons = set(like.reasons)
    return (
        all(not wanted.isdisjoint(reasons) for wanted in _NAMES)
        and reasons.isdisjoint(_AGAINST)
        and like.sure_home
        and _given_names_are_told(ours, theirs, reasons)
    )


def _given_names_are_told(ours: Child, theirs: Child, reasons: set[Reason]) -> bool:
    """A first name that twins share says nothing without the second; two second names must agree."""
    one, other = ours.given[1:], theirs.given[1:]
    if one and other:
        return not reasons.isdisjoint({Reason.MIDDLE_SAME, Reason.MIDDLE_INITIAL})
    return not (one or other) or ours.given[0] not in _SHARED_BY_TWINS


def another_at_home(child: Child, of_that_date: Iterable[Child], *, homes: Iterable[Child]) -> bool:
    """Whether a further child of that birth date may live in any of `homes`, by whatever they share."""
    return any(
        other.id != child.id and any(shared(other.home, home.home) for home in homes)
        for other in of_that_date
    )
