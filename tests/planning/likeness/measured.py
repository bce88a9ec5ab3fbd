"""What the engine makes of an invented district, as the numbers that the bars are set for."""

from collections import Counter
from dataclasses import dataclass

from planning.likeness.invented import District
from yellowbus.planning.likeness import Child, Found, child_of, look_up


@dataclass(frozen=True)
class Measured:
    """Shares are of the known children among the incoming; the last two per 1,000 incoming records.

    `first`: of those that a person is asked about or that are linked, the right one stands first. `first_of_reviews` the
    same without the linked. `seconds`: known children (or new ones that came twice) whom nothing shows as known, so that
    they would be added once more.
    """

    false_links: int
    linked: float
    first: float
    first_of_reviews: float
    seconds: float
    pairs: float


def children(district: District) -> tuple[list[Child], list[Child]]:
    return (
        [child_of(values, number) for number, values in district.incoming.items()],
        [child_of(values, number) for number, values in district.known.items()],
    )


def measure(district: District) -> Measured:
    return measured(district, list(look_up(*children(district))))


def measured(district: District, every: list[Found]) -> Measured:
    counts: Counter[str] = Counter()
    for found in every:
        _count(counts, found, district)
    known = counts["known"]
    return Measured(
        false_links=counts["false"],
        linked=counts["linked"] / known,
        first=counts["first"] / counts["asked"],
        first_of_reviews=(counts["first"] - counts["linked"])
        / (counts["asked"] - counts["linked"] - counts["false of known"]),
        seconds=counts["second"] * 1_000 / len(every),
        pairs=counts["pairs"] * 1_000 / len(every),
    )


def _count(counts: Counter[str], found: Found, district: District) -> None:
    right = district.truth[found.child.id]
    if found.link is None:
        counts["pairs"] += len(found.candidates) + len(found.again)
    elif found.link != right:
        counts["false"] += 1
        counts["false of known"] += right is not None
    if right is None:
        earlier = district.again.get(found.child.id)
        shown = {like.id for like in found.again} or found.candidates
        counts["second"] += earlier is not None and not shown
        return
    counts["known"] += 1
    counts["linked"] += found.link == right
    counts["asked"] += bool(found.candidates)
    counts["first"] += bool(found.candidates) and found.candidates[0].id == right
    counts["second"] += all(like.id != right for like in found.candidates)
