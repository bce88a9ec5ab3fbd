"""The bars, on invented districts that nothing was tuned on. `benchmarks/matching.py` does the same at full size."""

import pytest

from planning.likeness.invented import district
from planning.likeness.measured import measure


def test_one_seed_makes_one_district():
    assert district(300, 5) == district(300, 5)
    assert district(300, 5).known != district(300, 6).known


@pytest.mark.parametrize("seed", [101, 102])
def test_the_bars_hold(seed):
    measured = measure(district(4_000, seed))
    assert measured.false_links == 0
    assert measured.linked >= 0.75
    assert measured.first >= 0.998
    assert measured.seconds <= 0.5
    assert measured.pairs <= 240
