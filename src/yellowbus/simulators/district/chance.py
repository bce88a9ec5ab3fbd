"""Chance from a seed, with the few draws that making a hundred thousand people needs to be quick."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


def spread(weights: Mapping[Item, int]) -> tuple[Item, ...]:
    """Each item as often as its weight, so that picking one is one look-up.

    >>> spread({"a": 1, "b": 2})
    ('a', 'b', 'b')
    """
    return tuple(item for item, weight in weights.items() for _ in range(weight))


class Chance(Random):
    """A seeded source of chance. `pick` and `between` draw once where the standard ones loop."""

    def pick(self, items: Sequence[Item]) -> Item:
        return items[int(self.random() * len(items))]

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` up to, not including, `high`."""
        return low + int(self.random() * (high - low))
