from dataclasses import fields
from pathlib import Path

import pytest

from yellowbus.mapping import date_formats
from yellowbus.mapping.transforms import TRANSFORMS
from yellowbus.mapping.transforms.conditions import Condition, Operator

DOCS = (Path(__file__).parents[2] / "docs" / "transformations.md").read_text("utf-8")
ENTRIES = {part.partition("\n")[0]: part for part in DOCS.split("\n## ")[1:]}


@pytest.mark.parametrize("transform", TRANSFORMS, ids=lambda transform: transform.use)
def test_every_transformation_has_an_entry_with_an_example_and_edge_cases(transform) -> None:
    entry = ENTRIES[transform.title]

    assert "*Example:*" in entry
    assert "*Edge cases:*" in entry


@pytest.mark.parametrize("transform", TRANSFORMS, ids=lambda transform: transform.use)
def test_every_argument_is_explained_and_no_other(transform) -> None:
    given = [argument.metadata["label"] for argument in fields(transform)]
    rows = [
        line.split("|")[1].strip() for line in ENTRIES[transform.title].splitlines() if line.startswith("| ")
    ]

    assert [row for row in rows if row in given] == given
    assert rows[1 : len(given) + 1] == given if given else "No arguments." in ENTRIES[transform.title]


def test_every_part_of_a_condition_is_explained() -> None:
    for argument in fields(Condition):
        assert f"| {argument.metadata['label']} |" in ENTRIES["If Then Else"]
    for operator in Operator:
        assert operator.value.replace("-", " ") in ENTRIES["If Then Else"]


def test_every_use_and_title_is_unique_and_every_title_says_something() -> None:
    assert (
        len({each.use for each in TRANSFORMS})
        == len({each.title for each in TRANSFORMS})
        == len(TRANSFORMS)
        == 15
    )
    assert all(each.says.endswith(".") for each in TRANSFORMS)


@pytest.mark.parametrize(
    "form",
    [
        "YYYY-MM-DD",
        "MM/DD/YYYY",
        "M/D/YYYY",
        "YYYYMMDD",
        "MM/DD/YY",
        "D MMM YYYY",
        "ISO timestamp",
        "Excel serial",
    ],
)
def test_the_formats_the_docs_name_can_be_read(form: str) -> None:
    assert date_formats.is_format(form)
