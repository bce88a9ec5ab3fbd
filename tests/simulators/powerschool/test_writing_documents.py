"""docs/simulators.md says what can be set, and nothing of it is gone."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from yellowbus.simulators.faults import OF_RECORDS, FaultKind
from yellowbus.simulators.powerschool import Options
from yellowbus.simulators.powerschool.journal import Write
from yellowbus.simulators.powerschool.write_codes import OURS, PUBLISHED

TEXT = (Path(__file__).parents[3] / "docs" / "simulators.md").read_text("utf-8")
SAID = set(re.findall(r"`([^`\n]+)`", TEXT))
# Switches of writing, in the order of the class: all that follow the first of them.
SWITCHES = [field.name for field in fields(Options)]
OF_WRITING = SWITCHES[SWITCHES.index("read_level_status") :]


@pytest.mark.parametrize("name", OF_WRITING)
def test_every_switch_of_writing_is_in_the_table(name: str) -> None:
    assert f"| `{name}` |" in TEXT


def test_every_switch_in_the_table_exists() -> None:
    table = TEXT.partition("## Switches of writing")[2].partition("## Codes")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) - set(SWITCHES) == set()


def test_every_code_is_said_to_be_published_or_ours() -> None:
    published, ours = TEXT.partition("All others")[::2]
    assert {code for code in PUBLISHED if f"`{code}`" not in published} == set()
    assert {code for code in OURS if f"`{code}`" not in ours} == set()


def test_faults_around_and_within_a_write_are_told() -> None:
    around = {FaultKind.DROPPED, FaultKind.DROPPED_BEFORE, FaultKind.ERROR_AFTER, FaultKind.HANG_AFTER}
    assert {kind.value for kind in OF_RECORDS | around} - SAID == set()


def test_every_name_of_a_line_of_the_journal_is_told() -> None:
    section = TEXT.partition("## The journal")[2].partition("##")[0]
    assert {name for name in Write.__slots__ if name not in section} == set()
