"""Pages of schema tables as typed rows, and their spool (powerschool dossier 5.2, 5.3, 11.1)."""

import json
import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowbus.connectors.powerschool import spool
from yellowbus.connectors.powerschool.students import Seen
from yellowbus.connectors.powerschool.tables import (
    CODESET,
    TABLES,
    Person,
    PersonPhoneNumberAssoc,
    PhoneNumber,
    StudentContactAssoc,
    StudentContactDetail,
    needed_for,
)
from yellowbus.errors import NotUnderstood

BY_NAME = {table.name: table for table in TABLES}
PERSON = BY_NAME["person"]


def page(*cells, name="person"):
    return json.dumps({"name": name, "record": [record(cell, name) for cell in cells]}).encode()


def record(cells, name="person"):
    return {"id": 1, "name": name, "tables": {name: cells}}


def test_a_page_is_rows_of_its_table():
    body = page({"id": "50", "firstname": "Ada", "prefixcodesetid": "7"}, {"id": "51"})
    assert PERSON.rows_in(body) == [Person(50, "Ada", prefixcodesetid=7), Person(51)]


def test_a_page_without_rows_has_no_record():
    assert PERSON.rows_in(b'{"name":"person","@extensions":""}') == []


def test_a_name_that_reads_like_nothing_stays_a_name():
    assert PERSON.rows_in(page({"id": "50", "lastname": "Null", "firstname": "null"})) == [
        Person(50, "null", lastname="Null")
    ]


@pytest.mark.parametrize(
    "cells",
    [
        {"id": 50, "firstname": "7", "prefixcodesetid": 9},
        {"id": "50", "firstname": 7, "prefixcodesetid": "9"},
        {"id": "50", "firstname": "7", "prefixcodesetid": "9", "suffixcodesetid": ""},
        {"id": "50", "firstname": "7", "prefixcodesetid": "9", "suffixcodesetid": None},
        {"ID": "50", "FirstName": "7", "PrefixCodeSetID": "9"},
    ],
)
def test_other_ways_to_write_a_row_are_the_same_row(cells):
    assert PERSON.rows_in(page(cells)) == [Person(50, "7", prefixcodesetid=9)]


def test_one_row_without_its_list_is_one_row():
    assert PERSON.rows_in(json.dumps({"record": record({"id": "50"})}).encode()) == [Person(50)]


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"text",
        page({"firstname": "Ada"}),
        page({"id": "Ada"}),
        page({"id": str(2**63)}),
        page({"id": "1", "prefixcodesetid": "Mr."}),
        json.dumps({"record": [{"id": 1, "tables": ""}]}).encode(),
    ],
)
def test_what_is_no_page_of_the_table_is_refused(body):
    with pytest.raises(msgspec.MsgspecError):
        PERSON.rows_in(body)


def test_a_row_without_its_key_is_not_understood_and_not_repeated(vendor):
    vendor.held(1)
    vendor.tables = {"person": [{"id": "50"}], "studentcontactassoc": [], "codeset": []}
    vendor.answers["/ws/schema/table/person"] = lambda _: vendor.reply(
        {"record": [record({"lastname": "Canary"})]}
    )
    with pytest.raises(NotUnderstood) as raised:
        vendor.records("contact.first_name")
    assert raised.value.facts == {"host": "sis.example.org", "expected": "rows of person"}
    assert "Canary" not in f"{raised.value} {raised.value.sample}"


def test_the_codes_are_read_before_what_names_them():
    names = [table.name for table in needed_for(frozenset({"contact.phone1", "contact.prefix"}))]
    assert names == [
        "codeset",
        "studentcontactassoc",
        "studentcontactdetail",
        "person",
        "phonenumber",
        "personphonenumberassoc",
    ]


# --- the spool ---


def spooled(*, parents=1, shuffled=None):
    """Students 1 to 3, each with `parents` contacts of one phone."""
    kept = spool.Spool()
    ids = [(student, 10 * student + parent) for student in (1, 2, 3) for parent in range(parents)]
    if shuffled is not None:
        random.Random(shuffled).shuffle(ids)
    kept.put(BY_NAME["studentcontactassoc"], [StudentContactAssoc(n, student, n, n) for student, n in ids])
    kept.put(BY_NAME["studentcontactdetail"], [StudentContactDetail(n, n) for _, n in ids])
    kept.put(PERSON, [Person(n, f"Ada{n}") for _, n in ids])
    kept.put(BY_NAME["phonenumber"], [PhoneNumber(n, f"555{n}") for _, n in ids])
    links = [PersonPhoneNumberAssoc(n, n, n) for _, n in ids]
    kept.put(BY_NAME["personphonenumberassoc"], links)
    kept.ready()
    return kept


def test_a_contact_is_its_pieces():
    assert spooled().contacts([2]) == {
        2: b'[{"contact.student_contact_id":"20","contact.id":"20","contact.priority":"20"'
        b',"contact.first_name":"Ada20","contact.phone1":"55520"}]'
    }


def test_who_has_no_contacts_is_not_there():
    assert sorted(spooled().contacts([1, 3, 4])) == [1, 3]


def test_the_order_in_which_rows_came_changes_no_byte():
    usual = spooled(parents=4).contacts([1, 2, 3])
    assert [spooled(parents=4, shuffled=seed).contacts([3, 1, 2]) for seed in (1, 2)] == [usual, usual]


def test_a_row_that_comes_again_replaces_the_one_before():
    kept = spool.Spool()
    kept.put(PERSON, [Person(1, "Ada"), Person(2, "Bo")])
    kept.put(PERSON, [Person(2, "Cy")])
    kept.ready()
    assert kept.count(PERSON) == 2


def test_more_rows_than_one_statement_takes_are_all_kept():
    kept = spool.Spool()
    kept.put(PERSON, [Person(n, "Ada") for n in range(1, 1_235)])
    kept.put(PERSON, [])
    kept.ready()
    assert kept.count(PERSON) == 1_234


def test_codes_are_counted_by_their_id(vendor):
    kept = spool.Spool()
    rows = CODESET.rows_in(page({"codesetid": "1"}, {"codesetid": "2", "code": "x"}, name="codeset"))
    kept.put(CODESET, [*rows, *rows])
    assert kept.count(CODESET) == 2


@pytest.mark.parametrize("query", [spool._CONTACTS, spool._EMAILS, spool._PHONES, spool._ADDRESSES])
def test_every_look_up_goes_by_an_index(query):
    plan = [row[3] for row in spooled()._disk.execute(f"EXPLAIN QUERY PLAN {query}", ("[1]",))]
    assert [step for step in plan if step.startswith("SCAN")] == ["SCAN wanted VIRTUAL TABLE INDEX 1:"]


def test_a_closed_spool_leaves_nothing_open():
    kept = spooled()
    kept.close()
    with pytest.raises(spool.sqlite3.ProgrammingError):
        kept.count(PERSON)


# --- who was seen ---


@given(st.lists(st.integers(0, 2_000).map(str) | st.sampled_from(["x", "-1", str(10**20)])))
def test_an_id_is_new_once(keys):
    seen = Seen()
    assert [key for key in keys if seen.add(key)] == list(dict.fromkeys(keys))


def test_the_ids_of_a_district_take_little_room():
    seen = Seen()
    assert all(seen.add(str(number)) for number in range(50_000))
    assert len(seen._blocks) == 98
