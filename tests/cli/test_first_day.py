"""The block of the README that a person types on the first day, as it stands there."""

import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def commands() -> list[list[str]]:
    text = (ROOT / "README.md").read_text("utf-8").partition("## Your own data on the first day")[2]
    block = text.split("```")[1]
    return [shlex.split(line) for line in block.strip().splitlines()]


def test_the_first_day_of_the_readme_works_as_it_stands(yellowbus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    ended = [(words, yellowbus(*words[1:])) for words in commands()]
    assert {words[0] for words, _ in ended} == {"yellowbus"}
    assert [done.status for _, done in ended] == [0] * 9
    assert "This import creates 20 students." in ended[7][1].out
    assert "This import created 20 students." in ended[8][1].out
    rows = yellowbus("enroll", "students", "list", "--json").json
    assert len(rows) == 20
    assert {row["students_annual.school_code"] for row in rows} == {"310", "320"}
    assert rows[0]["students.student_district_id"] == "200001"


def test_its_next_step_is_one_that_can_be_typed(yellowbus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for words in commands()[:3]:
        said = yellowbus(*words[1:])
    assert "yellowbus mapping suggest --all 'First look' --kind schools," in said.out
