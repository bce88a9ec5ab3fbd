"""The golden cases of tests/golden. Their form is explained in tests/golden/README.txt."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from yellowbus.catalog import Field, Section, catalog
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.compile import Compiled, Context, compile_mapping
from yellowbus.mapping.document import from_document
from yellowbus.mapping.transforms import TRANSFORMS
from yellowbus.records import Record

FOLDER = Path(__file__).parent.parent / "golden"


@dataclass(frozen=True)
class Case:
    """One line: `steps` as in a stored mapping; `given` is the value, or a whole record."""

    place: str
    steps: tuple[dict[str, Any], ...]
    given: Any
    expected: str


def cases() -> Iterator[Case]:
    for path in sorted(FOLDER.glob("*.txt")):
        if path.name != "README.txt":
            yield from _cases_of(path)


def _cases_of(path: Path) -> Iterator[Case]:
    steps: tuple[dict[str, Any], ...] = ()
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        place = f"{path.name}:{number}"
        if text.startswith("step "):
            steps = (_step(text),)
        elif text.startswith("then "):
            steps = (*steps, _step(text))
        else:
            given, arrow, expected = text.partition(" => ")
            assert arrow, f"{place}: a case is written: value => result"
            yield Case(place, steps, _value(given.strip()), expected.strip())


def _step(text: str) -> dict[str, Any]:
    _, use, *arguments = text.split(None, 2)
    return {"use": use, **(json.loads(arguments[0]) if arguments else {})}


def _value(text: str) -> Any:
    """Bare text stands for itself; what starts with a quote or a brace is JSON; blank is no value."""
    if text == "blank":
        return None
    return json.loads(text) if text[0] in '"{' else text


TARGET = "custom.golden"
CATALOG = catalog("students", (Field(TARGET, "Golden", Section.CUSTOM, max_length=10_000),))
CONTEXT = Context(today=date(2025, 9, 1), school_year=2025)
CASES = tuple(cases())


def compiled(case: Case) -> Compiled:
    rule = {
        "field": TARGET,
        "type": "transformation",
        "source": "value",
        "steps": list(case.steps),
        "overwrite": True,
    }
    document = {"format": 1, "kind": "students", "rules": [rule]}
    return compile_mapping(from_document(document), CATALOG, CONTEXT)


def said(case: Case) -> str:
    """What the compiled mapping gives, in the words of a golden file."""
    try:
        mapping = compiled(case)
    except NeedsAdmin as refused:
        return f"refused {refused.code}"
    values = case.given if isinstance(case.given, dict) else {"value": case.given}
    mapped = mapping.apply(Record(values))
    assert mapping.trace(Record(values))[0].problems == mapped.problems
    problem = mapped.problems[0] if mapped.problems else None
    if TARGET not in mapped.values:
        return f"error {problem.code}" if problem else "unmapped"
    value = mapped.values[TARGET]
    text = "blank" if value is None else value
    return f"{text} warning {problem.code}" if problem else text


def as_written(expected: str) -> str:
    """A result that is JSON text stands for the text, a warning after it stays."""
    if not expected.startswith('"'):
        return expected
    text, end = json.JSONDecoder().raw_decode(expected)
    return f"{text}{expected[end:]}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.place)
def test_golden(case: Case) -> None:
    assert said(case) == as_written(case.expected)


@pytest.mark.parametrize("transform", TRANSFORMS, ids=lambda transform: transform.use)
def test_every_transformation_has_golden_cases_of_its_own(transform) -> None:
    own = [case for case in CASES if case.place.startswith(f"{transform.use}.txt:")]

    assert len(own) >= 3
    assert all(transform.use in [step["use"] for step in case.steps] for case in own)


def test_every_golden_file_is_named_after_a_transformation() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} - {"README"} == {each.use for each in TRANSFORMS}
