"""Who is who, at full size: `python benchmarks/matching.py` (`--help` for other sizes).

50,000 incoming records against 50,000 known children of an invented district (tests/planning/likeness/invented.py), on
seeds that nothing was tuned on. One line a seed, and whether the bars hold.
"""

import argparse
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from planning.likeness.invented import district
from planning.likeness.measured import Measured, children, measured
from yellowbus.planning.likeness import look_up

SECONDS, MEGABYTES = 60, 1_000


def holds(found: Measured) -> bool:
    return (
        found.false_links == 0
        and found.linked >= 0.75
        and found.first >= 0.998
        and found.seconds <= 0.5
        and found.pairs <= 240
    )


def one(size: int, seed: int) -> bool:
    invented = district(size, seed)
    began, cpu = time.perf_counter(), time.process_time()
    found = list(look_up(*children(invented)))
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result = measured(invented, found)
    print(
        f"seed {seed}: {result.false_links} false links, {result.linked:.3f} of the known linked, right candidate"
        f" first for {result.first:.4f} ({result.first_of_reviews:.4f} of those asked about),"
        f" {result.seconds:.2f} second records and {result.pairs:.0f} pairs to review per 1,000,"
        f" {took:.0f} s ({cpu:.0f} s CPU), peak {peak:.0f} MB",
        flush=True,
    )
    return holds(result) and cpu <= SECONDS and peak <= MEGABYTES


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the matching of two sets of invented children.")
    parser.add_argument("--size", type=int, default=50_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[101, 102, 103])
    given = parser.parse_args()
    met = [one(given.size, seed) for seed in given.seeds]
    if not all(met):
        raise SystemExit("A bar is not met.")


if __name__ == "__main__":
    main()
