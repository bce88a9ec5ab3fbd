"""Many records against many known children at once."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from yellowbus.planning.likeness.blocks import Index
from yellowbus.planning.likeness.certain import agree, another_at_home
from yellowbus.planning.likeness.child import Child
from yellowbus.planning.likeness.weigh import Likeness, rank


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for one record: the known child it is beyond doubt, or those it may be, the likeliest first.

    `again` are earlier records of the batch that may be the same child, where none of the known comes into question.
    """

    child: Child
    link: int | None
    candidates: tuple[Likeness, ...]
    again: tuple[Likeness, ...] = ()


def look_up(incoming: Sequence[Child], known: Sequence[Child]) -> Iterator[Found]:
    """What each incoming record is, in their order. Ids are unique on each side."""
    sides = _Sides(Index(known), Index(incoming), {child.id: child for child in known})
    ranked = [rank(child, sides.known.near(child)) for child in incoming]
    asked = Counter(like.id for likes in ranked for like in likes)
    earlier = Index(())
    for child, likes in zip(incoming, ranked, strict=True):
        alone = len(likes) == 1 and asked[likes[0].id] == 1
        link = likes[0].id if alone and sides.certain(child, likes[0]) else None
        again = () if likes else rank(child, earlier.near(child))
        if not likes:
            earlier.add(child)
        yield Found(child, link, likes, again)


@dataclass(frozen=True, slots=True)
class _Sides:
    known: Index
    incoming: Index
    by_id: Mapping[int, Child]

    def certain(self, ours: Child, like: Likeness) -> bool:
        """Whether the only candidate is linked without a person."""
        theirs = self.by_id[like.id]
        homes = (ours, theirs)
        return (
            agree(ours, theirs, like)
            and not another_at_home(theirs, self.known.born(ours.born), homes=homes)
            and not another_at_home(ours, self.incoming.born(ours.born), homes=homes)
        )
