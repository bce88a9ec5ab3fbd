"""Dossier 5.3: from XML to JSON, exactly."""

from datetime import date
from typing import Any

import pytest

from yellowbus.simulators.powerschool.typed_json import KEPT_BLANK, Several, to_json, to_xml, typed


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("85250", 85250),
        ("01854", "01854"),
        ("050010", "050010"),
        ("0.00", "0.00"),
        ("12.5", 12.5),
        ("12.50", "12.50"),
        ("+1 480 555 0101", "+1 480 555 0101"),
        ("1234567890", 1234567890),
        ("-1", -1),
        ("-0", "-0"),
        ("0", 0),
        ("0.0", 0.0),
        ("99999999999999999999", "99999999999999999999"),
        ("12345678.5", "12345678.5"),
        ("0.0001", "0.0001"),
        ("1e5", "1e5"),
        ("true", True),
        ("false", False),
        ("TRUE", "TRUE"),
        ("٣", "٣"),
        ("5 ", "5 "),
        ("Moss", "Moss"),
    ],
)
def test_section_5_3_4_text_is_typed_only_if_it_prints_back_the_same(text: str, value: Any) -> None:
    assert typed(text) == value
    assert type(typed(text)) is type(value)


@pytest.mark.parametrize(
    ("tree", "shown"),
    [
        ({"school": [{"id": 1}, {"id": 2}]}, {"school": [{"id": 1}, {"id": 2}]}),
        ({"school": [{"id": 1}]}, {"school": {"id": 1}}),
        ({"@expansions": "a, b", "school": []}, {"@expansions": "a, b"}),
        ({"school": []}, ""),
    ],
)
def test_section_5_3_1_many_is_an_array_one_is_bare_none_is_absent(tree: Any, shown: Any) -> None:
    assert to_json(tree) == shown


def test_section_5_3_2_an_empty_container_is_an_empty_text() -> None:
    assert to_json({"id": 1, "addresses": {"physical": None, "mailing": None}, "fees": {}}) == {
        "id": 1,
        "addresses": "",
        "fees": "",
    }


def test_section_5_3_3_a_blank_leaf_is_left_out_unless_kept() -> None:
    assert to_json({"a": "", "b": None, "c": KEPT_BLANK, "d": 0, "e": False}) == {"c": "", "d": 0, "e": False}


def test_dates_are_written_year_first() -> None:
    assert to_json({"entry_date": date(2026, 8, 3)}) == {"entry_date": "2026-08-03"}


def test_what_must_stay_an_array_stays_one() -> None:
    assert to_json({"_field": Several([{"value": "1"}])}) == {"_field": [{"value": 1}]}


def test_xml_repeats_the_element_and_keeps_attributes() -> None:
    tree = {"@expansions": "a & b", "term": [{"id": 1, "name": "Q<1>"}, {"id": 2, "name": ""}], "open": True}
    assert to_xml("terms", tree) == (
        '<?xml version="1.0" encoding="UTF-8"?><terms expansions="a &amp; b">'
        "<term><id>1</id><name>Q&lt;1&gt;</name>"
        "</term><term><id>2</id></term><open>true</open></terms>"
    )
