"""The mapping engine against a loop by hand: `python benchmarks/mapping_engine.py` (`--check` for CI).

Both do the 40 rules of targets.py on the same invented records, in turns in one process, and what they give
is compared value for value. The loop is `mapped` of plain.py, once as it stands and once with dates
remembered, as the engine remembers them; it refuses a bad record at its first fault, while the engine checks
every value against the catalog and keeps every problem. The bar is on the faster loop. Prints one line of
JSON.
"""

import argparse
import csv
import gc
import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import plain
from data import write_nights
from targets import FIELDS, REQUIRED
from yellowbus.catalog import catalog
from yellowbus.mapping.compile import Compiled, Context, compile_mapping
from yellowbus.mapping.document import from_document
from yellowbus.records import Record

BAR = 2.0
_REQUIRED = [FIELDS.index(field) for field in REQUIRED]
_AS_IT_STANDS = plain.day

Row = dict[str, str]
Values = tuple[str | None, ...]


def invented(students: int, seed: int) -> list[Row]:
    with TemporaryDirectory() as folder:
        first, _ = write_nights(Path(folder), students, seed)
        with first.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


def compiled() -> Compiled:
    document = json.loads((Path(__file__).parent / "mapping.json").read_text("utf-8"))
    return compile_mapping(from_document(document), catalog("students"), Context(date(2025, 9, 1), 2025))


def by_hand(rows: list[Row], day: Callable[[str, str], str | None]) -> Iterator[Values | None]:
    """The 40 values of each row, None for a refused one."""
    plain.day = day
    for row in rows:
        try:
            values = plain.mapped(row)
        except (ValueError, KeyError):
            yield None
        else:
            yield values if all(values[index] for index in _REQUIRED) else None


def by_engine(rows: list[Row], mapping: Compiled) -> Iterator[object]:
    for row in rows:
        yield mapping.apply(Record(row))


def cpu(work: Iterator[object]) -> float:
    """Seconds of CPU to go through all of it, keeping nothing, as a run does."""
    gc.collect()
    start = time.process_time()
    for _ in work:
        pass
    return time.process_time() - start


def compare(rows: list[Row], mapping: Compiled) -> dict[str, int]:
    """Refuse to measure two things that do not do the same. A row refused by hand has a problem with us."""
    problems = refused = 0
    for row, values in zip(rows, by_hand(rows, _AS_IT_STANDS), strict=True):
        mapped = mapping.apply(Record(row))
        problems += len(mapped.problems)
        if values is None:
            refused += 1
            assert mapped.problems, row
        else:
            assert mapped.values == {f: v for f, v in zip(FIELDS, values, strict=True) if v}, row
            assert not mapped.problems, row
    return {"records": len(rows), "refused_by_hand": refused, "problems_kept": problems}


def measure(rows: list[Row], rounds: int) -> dict[str, float]:
    taken: dict[str, list[float]] = {"hand": [], "hand_remembering": [], "engine": []}
    for _ in range(rounds):
        remembering = lru_cache(maxsize=1 << 16)(_AS_IT_STANDS)
        turns = {
            "hand": partial(by_hand, rows, _AS_IT_STANDS),
            "hand_remembering": partial(by_hand, rows, remembering),
            "engine": partial(by_engine, rows, compiled()),
        }
        for name, work in turns.items():
            taken[name].append(cpu(work()))
    ratios = (engine / hand for engine, hand in zip(taken["engine"], taken["hand_remembering"], strict=True))
    plain_ratios = (engine / hand for engine, hand in zip(taken["engine"], taken["hand"], strict=True))
    return {
        "cpu_ratio": round(median(ratios), 2),
        "cpu_ratio_to_loop_without_memory": round(median(plain_ratios), 2),
        **{f"{name}_microseconds": round(min(times) / len(rows) * 1e6, 1) for name, times in taken.items()},
        "engine_records_per_second": round(len(rows) / min(taken["engine"])),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare the mapping engine with a loop written by hand.")
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--check", action="store_true", help=f"exit 1 where the ratio is over {BAR}")
    given = parser.parse_args()
    rows = invented(given.records, given.seed)
    told = compare(rows, compiled()) | measure(rows, given.rounds) | {"bar": BAR}
    print(json.dumps(told))
    if given.check and told["cpu_ratio"] > BAR:
        sys.exit(f"The engine takes {told['cpu_ratio']} times the CPU of the loop; the bar is {BAR}.")


if __name__ == "__main__":
    main()
