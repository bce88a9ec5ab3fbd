"""PowerSchool's XML in JSON's clothes, shape by shape (powerschool dossier 5.3, 8)."""

import json

import msgspec
import pytest

from yellowbus.connectors.powerschool import wire

ONE = {"id": 1}
TWO = {"id": 2}


@pytest.mark.parametrize(
    ("students", "found"),
    [
        ({"student": [ONE, TWO]}, [ONE, TWO]),
        ({"student": ONE}, [ONE]),
        ({"student": []}, []),
        ({"student": ""}, []),
        ({"@expansions": "a, b"}, []),
        ("", []),
        (None, []),
    ],
)
def test_many_one_and_none_are_all_a_list(students, found):
    body = json.dumps({"students": students}).encode()
    assert [json.loads(raw) for raw in wire.raw_items(body, "students", "student")] == found


def test_records_stay_the_bytes_that_were_sent():
    body = b'{"students":{ "student" : [ {"id": 1, "b":"01854"} , {"id":2} ] }}'
    assert wire.raw_items(body, "students", "student") == [b'{"id": 1, "b":"01854"}', b'{"id":2}']


@pytest.mark.parametrize("body", [b"", b"[]", b'{"errorMessage":{}}', b'{"students":7}', b'{"students":{'])
def test_another_shape_is_no_list(body):
    with pytest.raises(msgspec.MsgspecError):
        wire.raw_items(body, "students", "student")


@pytest.mark.parametrize("body", [b'{"resource":{"count":7}}', b'{"count":7}', b'{"count":"7"}'])
def test_a_count_is_read_with_and_without_its_wrapper(body):
    assert wire.count_in(body) == 7


@pytest.mark.parametrize("body", [b"{}", b'{"resource":{}}', b'{"count":-1}', b"[]", b""])
def test_what_holds_no_count_is_refused(body):
    with pytest.raises(msgspec.MsgspecError):
        wire.count_in(body)


def test_numbers_stay_as_they_were_written():
    told = wire.value_of(
        b'{"zip":85203,"lead":"01854","fte":12.50,"big":1.0E10,"long":12345678901234567890123}'
    )
    assert dict(wire.flat(told)) == {
        "zip": "85203",
        "lead": "01854",
        "fte": "12.50",
        "big": "1.0E10",
        "long": "12345678901234567890123",
    }


def test_empty_blocks_and_blank_leaves_are_left_out():
    told = {
        "addresses": "",
        "alerts": "",
        "phones": {"main": {"number": ""}},
        "id": 8,
        "ok": True,
        "none": None,
    }
    assert dict(wire.flat(told)) == {"id": "8", "ok": "true"}


def test_a_name_belongs_to_its_block():
    told = {
        "@x": "y",
        "main": {"@x": "y", "number": "1"},
        "number": "2",
        "work": {"number": 3.5, "ok": False},
    }
    found = {"main.number": "1", "number": "2", "work.number": "3.5", "work.ok": "false"}
    assert [wire.flat(told), wire.flat(told)] == [found, found]


RACE = {
    "district_race_code": "WH",
    "district_race_code_description": "White",
    "federal_race_code_category": "White",
}
OTHER = {"district_race_code": 5, "federal_race_code_category": "Asian"}


@pytest.mark.parametrize(
    ("races", "codes", "federal"),
    [(RACE, "WH", "White"), ([RACE], "WH", "White"), ([RACE, OTHER], "WH,5", "White,Asian")],
)
def test_one_race_reads_as_several_do(races, codes, federal):
    found = dict(wire.flat({"ethnicity_race": {"races": races}}))
    assert (found["ethnicity_race.races"], found["ethnicity_race.races_federal"]) == (codes, federal)


def test_no_race_is_no_field():
    assert dict(wire.flat({"ethnicity_race": {"federal_ethnicity": "NO"}})) == {
        "ethnicity_race.federal_ethnicity": "NO"
    }


CELL = {"name": "PreferredName", "type": "String", "value": "Kit"}
NUMBER = {"name": "locker", "type": "Integer", "value": 12}
TABLE = {"recordFound": True, "name": "U_Students_Extension"}


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (
            {"_table_extension": TABLE | {"_field": CELL}},
            {"_extension.u_students_extension.preferredname": "Kit"},
        ),
        (
            {"_table_extension": [TABLE | {"_field": [CELL, NUMBER]}, {"name": "more", "_field": NUMBER}]},
            {
                "_extension.u_students_extension.preferredname": "Kit",
                "_extension.u_students_extension.locker": "12",
                "_extension.more.locker": "12",
            },
        ),
        ({"_table_extension": {"recordFound": False, "name": "more"}}, {}),
        ({"_table_extension": TABLE | {"_field": {"name": "locker"}}}, {}),
        ("", {}),
    ],
)
def test_extension_fields_are_named_by_table_and_field(data, found):
    assert dict(wire.flat({"_extension_data": data})) == found
