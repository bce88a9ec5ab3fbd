"""How good suggestions are, in numbers that are printed (`pytest -s`): over the field lists of the four systems, and over
headings as people write them, those that the word list was made with and those that were kept apart from it.
"""

import tomllib
from pathlib import Path
from time import process_time

import pytest
from reading_headings import header_sets
from scoring import Score, score

from yellowbus.catalog import Field, Section, catalog
from yellowbus.connectors.aeries import fields as aeries
from yellowbus.connectors.base import SourceField
from yellowbus.connectors.oneroster import fields as oneroster
from yellowbus.connectors.powerschool import fields as powerschool
from yellowbus.connectors.qmlativ import fields as qmlativ
from yellowbus.connectors.qmlativ.profile import built_in, profile_of
from yellowbus.mapping.model import Mapping
from yellowbus.mapping.suggest import Asked, Source, lay, suggest
from yellowbus.records import Record
from yellowbus.setup.suggesting import known

SYSTEMS = ("powerschool", "aeries", "qmlativ", "oneroster")
HERE = Path(__file__).parent


def lists(system: str, kind: str) -> list[SourceField]:
    """Every field that the system is known to have."""
    if system == "qmlativ":
        profile = profile_of(built_in())
        told = {
            name: frozenset(each.sent for each in table.columns.values())
            for name, table in profile.tables.items()
        }
        return list(qmlativ.known(profile, kind, told))
    module = {"powerschool": powerschool, "aeries": aeries, "oneroster": oneroster}[system]
    found = list(module.known(kind))
    return found + list(module.known("contacts")) if kind == "students" else found


def truth(system: str) -> dict:
    return tomllib.loads((HERE / "systems" / f"{system}.toml").read_text("utf-8"))


def expected(system: str, kind: str) -> dict[str, list[str]]:
    """The sources that are right for each Enroll field that has one."""
    told = truth(system)
    if kind == "schools":
        return {f"schools.{part}": sources for part, sources in told["schools"].items()}
    names = {field.column: name for name, field in catalog("students").fields.items()}
    found = {names[part]: sources for part, sources in told["students"].items()}
    for group in ("guardian", "emergency"):
        for slot in told["slots"]:
            found |= {
                f"students_annual.{group}{slot}_{part}": sources for part, sources in told[group].items()
            }
    return found


def suggested(system: str, kind: str) -> dict[str, frozenset[str]]:
    """What an empty mapping reads for each field after all suggestions are accepted."""
    told = truth(system)
    sources = [
        Source(each.name, each.label, each.group, each.type, each.codes, each.contact)
        for each in lists(system, kind)
    ]
    sources += [Source(name, name.rpartition(".")[2], "Extension") for name in told.get("extra", ())]
    codes = {name: list(pairs.items()) for name, pairs in told["codes"].items()}
    asked = Asked(catalog(kind), sources, Mapping(kind), codes=codes, known=known(system, kind))
    laid = lay(asked.mapping, suggest(asked))
    return {target: frozenset(rule.reads()) for target, rule in laid.targets()}


def score_of(system: str, kind: str) -> Score:
    right_ones, offered = expected(system, kind), suggested(system, kind)
    named = {field: sources for field, sources in offered.items() if sources}
    right = {field for field, sources in named.items() if sources & set(right_ones.get(field, ()))}
    without = catalog(kind).fields.keys() - right_ones.keys()
    faults = [f"{system}: {field} missing" for field in right_ones if field not in named]
    faults += [f"{system}: {field} from {sorted(named[field])}" for field in named.keys() - right]
    return Score(
        len(right_ones), len(right), len(named), len(right), len(without), len(named.keys() & without), tuple(faults)
    )  # fmt: skip


def say(title: str, measured: Score) -> None:
    print(f"\n{title}: {measured}", *measured.faults, sep="\n    ")  # noqa: T201 (the numbers are to be seen)


def test_what_is_known_of_the_four_systems_is_suggested() -> None:
    total = Score()
    for system in SYSTEMS:
        for kind in ("students", "schools"):
            measured = score_of(system, kind)
            say(f"{system} {kind}", measured)
            total += measured
    say("The field lists of the four systems", total)
    assert (total.found >= 0.97, total.precise >= 0.96, total.false <= 0.03) == (True, True, True)


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_required_fields_of_a_system_are_always_suggested(system: str) -> None:
    for kind in ("students", "schools"):
        assert set(catalog(kind).required) - suggested(system, kind).keys() == set()


def test_headings_as_people_write_them_are_understood() -> None:
    total, apart = Score(), header_sets("held_out")
    for headers in apart:
        measured = score(headers)
        say(headers.name, measured)
        total += measured
    say(f"{len(apart)} sets of headings kept apart", total)
    assert len(apart) >= 10
    assert (total.found >= 0.85, total.precise >= 0.96, total.false <= 0.03) == (True, True, True)


def test_the_headings_that_the_words_were_made_with_stay_understood() -> None:
    total, tuned = Score(), header_sets("tuned")
    for headers in tuned:
        total += score(headers)
    say(f"{len(tuned)} sets of headings tuned on", total)
    assert len(tuned) >= 10
    assert (total.found >= 0.95, total.precise >= 0.99, total.false <= 0.01) == (True, True, True)


def test_three_hundred_fields_and_four_hundred_sources_take_less_than_half_a_second() -> None:
    columns = [column for headers in header_sets("held_out") for column in headers.columns]
    sources = [Source(f"{n} {each.heading}", f"{each.heading} {n}") for n, each in enumerate(columns[:400])]
    sources += [Source(f"More {n}", f"Local answer {n} kind") for n in range(400 - len(sources))]
    custom = [
        Field(f"custom.answer_{n}", f"Local question {n}", Section.CUSTOM)
        for n in range(300 - len(catalog("students").fields))
    ]
    fields = catalog("students", custom)
    samples = [Record({each.name: f"value {row}" for each in sources}) for row in range(5)]
    asked = Asked(fields, sources, Mapping("students"), samples)
    suggest(Asked(fields, sources[:3], Mapping("students")))  # the word lists are read once a process
    began = process_time()
    suggest(asked)
    took = process_time() - began
    print(f"\n{len(fields.fields)} fields, {len(sources)} sources: {took * 1000:.0f} ms")  # noqa: T201
    assert (len(fields.fields), len(sources), took < 0.5) == (300, 400, True)
