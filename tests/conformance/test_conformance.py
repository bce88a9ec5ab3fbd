"""What every connector must do, against the system it speaks to (conftest.py says how)."""

import inspect
import re
import sys
import time
from itertools import chain

import pytest
from declarations import declared, sentence

from yellowbus.connectors.base import Code, Page, ReadFilter
from yellowbus.connectors.registry import SYSTEMS
from yellowbus.errors import NeedsAdmin, RecordError, YellowbusError
from yellowbus.records import Record

ALL = ReadFilter()


def pages(side, kind: str = "students", after: str = "", wanted: ReadFilter = ALL) -> list[Page]:
    connector = side.connector()
    try:
        return list(connector.read(kind, after, wanted))
    finally:
        connector.close()


def raw(read: list[Page]) -> list[bytes]:
    return [record for page in read for record in page.records]


def records(read: list[Page]) -> list[Record]:
    return [page.decode(record) for page in read for record in page.records]


def refusal(action) -> YellowbusError:
    with pytest.raises(YellowbusError) as caught:
        action()
    return caught.value


def test_a_sound_system_passes_its_own_check(side):
    assert [check.says for check in side.connector().check() if not check.ok and not check.warning] == []


def test_a_refused_login_needs_an_administrator(side):
    side.refuse_login()
    error = refusal(lambda: pages(side))
    assert (type(error), error.code) == (NeedsAdmin, "credentials-refused")


def test_a_check_says_that_the_login_is_refused(side):
    side.refuse_login()
    assert [check.code for check in side.connector().check() if not check.ok][:1] == ["credentials-refused"]


def test_a_missing_right_needs_an_administrator(side):
    side.take_right_away()
    assert type(refusal(lambda: pages(side))) is NeedsAdmin


def test_a_slow_answer_changes_nothing(side):
    usual = raw(pages(side))
    side.strike("slow")
    assert raw(pages(side)) == usual


def test_too_many_requests_are_waited_out(side):
    usual = raw(pages(side))
    side.strike("too-many")
    assert raw(pages(side)) == usual


def test_a_token_that_expires_between_pages_changes_nothing(side):
    usual = raw(pages(side))
    side.strike("expired-token")
    assert raw(pages(side)) == usual


def test_a_system_without_students_gives_no_record_and_a_last_page(side):
    side.empty()
    read = pages(side)
    assert (raw(read), read[-1].last) == ([], True)


def test_only_the_last_page_says_so(side):
    read = pages(side)
    assert [page.last for page in read] == [False] * (len(read) - 1) + [True]
    assert len(read) > 2


def test_as_many_records_come_as_were_announced(side):
    read = pages(side)
    announced = {page.total for page in read} - {None}
    assert announced <= {len(raw(read))}


def test_no_record_comes_twice(side):
    keys = [record.values[side.key] for record in records(pages(side))]
    assert len(set(keys)) == len(keys)


def test_a_page_read_again_after_a_crash_is_the_same(side):
    first, second, *_ = pages(side)
    again = side.connector().read("students", first.bookmark, ALL)
    assert next(again).records == second.records
    again.close()
    once_more = side.connector().read("students", first.bookmark, ALL)
    assert next(once_more).records == second.records
    once_more.close()


def test_reading_from_each_bookmark_gives_the_rest(side):
    read = pages(side)
    for number, page in enumerate(read, 1):
        assert raw(pages(side, after=page.bookmark)) == raw(read[number:])


def test_a_bookmark_holds_nothing_of_a_student(side):
    read = pages(side)
    keys = {record.values[side.key] for record in records(read)}
    parts = {part for page in read for part in re.findall(r"\w+", page.bookmark)}
    assert parts & keys == set()


def test_an_unknown_field_is_left_out_and_disturbs_no_other(side):
    known = frozenset({side.key})
    usual = records(pages(side, wanted=ReadFilter(fields=known)))
    asked = records(pages(side, wanted=ReadFilter(fields=known | {"no such field"})))
    assert [record.values[side.key] for record in asked] == [record.values[side.key] for record in usual]
    assert {record.values.get("no such field") for record in asked} == {None}


def test_odd_characters_arrive_as_they_are(side):
    key, field, value = side.odd()
    [found] = [record for record in records(pages(side)) if record.values[side.key] == key]
    assert found.values[field] == value


def test_two_students_with_one_key_are_both_read(side):
    key = side.twins()
    assert [record.values[side.key] for record in records(pages(side))].count(key) == 2


def test_of_two_students_with_one_key_none_is_chosen(side):
    key = side.twins()
    assert type(refusal(lambda: side.connector().find(key))) is RecordError


def test_an_error_says_neither_secret_nor_student(side):
    for code, provoke in side.troubles().items():
        provoke()
        error = refusal(lambda: records(pages(side)))
        said = f"{error!s} {error!r} {error.detail} {error.facts} {getattr(error, 'sample', '')}"
        assert error.code == code
        assert [word for word in (*side.secrets, *side.personal) if word in said] == []


def test_a_read_stays_within_its_requests(side):
    before = side.requests()
    pages(side)
    assert side.requests() - before <= side.most_requests


def test_a_read_that_is_left_asks_no_more(side):
    reading = side.connector().read("students", "", ALL)
    next(reading)
    reading.close()
    then = side.requests()
    time.sleep(0.2)
    assert side.requests() == then


def test_fields_name_everything_that_records_carry(side):
    connector = side.connector()
    fields = connector.fields("students")
    own, contact = ({each.name for each in fields if each.contact is of} for of in (False, True))
    read = records(pages(side))
    assert set(chain.from_iterable(record.values for record in read)) <= own
    assert set(chain.from_iterable(one for record in read for one in record.contacts)) <= contact
    assert {name for record in records(pages(side, "schools")) for name in record.values} <= {
        each.name for each in connector.fields("schools")
    }


def test_no_field_is_named_twice(side):
    names = [(each.contact, each.name) for each in side.connector().fields("students")]
    assert sorted(set(names)) == sorted(names)


def test_every_value_is_text_or_none_and_never_empty(side):
    values = {value for record in records(pages(side)) for value in record.values.values()}
    assert {type(value) for value in values} <= {str, type(None)}
    assert "" not in values


def test_codes_have_a_set_a_value_and_a_label_and_come_once(side):
    codes = list(side.connector().codes())
    assert [code for code in codes if not (code.set and code.value and code.label)] == []
    assert len({(code.set, code.value) for code in codes}) == len(codes)
    assert {type(code) for code in codes} <= {Code}


def test_fields_name_only_code_sets_that_there_are(side):
    connector = side.connector()
    named = {each.codes for each in connector.fields("students") if each.codes}
    assert named - {code.set for code in connector.codes()} == set()


def test_a_student_that_is_found_is_the_student_that_is_read(side):
    connector, read = side.connector(), records(pages(side))
    for record in (read[0], read[len(read) // 2], read[-1]):
        found = connector.find(record.values[side.key])
        assert (found.values, list(found.contacts)) == (record.values, list(record.contacts))


def test_an_id_that_nobody_has_finds_nobody(side):
    connector = side.connector()
    assert [connector.find(key) for key in ("99999999999", "no id at all", "", "*")] == [None] * 4


def test_the_schools_are_those_that_are_read(side):
    codes = [school.code for school in side.connector().schools()]
    read = [record.values[side.school_code] for record in records(pages(side, "schools"))]
    assert codes == sorted(codes)
    assert sorted(codes) == sorted(read)
    assert len(codes) > 1


CHECKS = [
    sentence(name)
    for name, function in inspect.getmembers(sys.modules[__name__], inspect.isfunction)
    if name.startswith("test_") and "side" in inspect.signature(function).parameters
]


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_connector_declares_every_check(system):
    assert sorted(declared(system)) == sorted(CHECKS)


@pytest.mark.parametrize("system", SYSTEMS)
def test_an_exemption_says_why(system):
    said = [value for value in declared(system).values() if value != "done"]
    assert [value for value in said if not value.startswith("exempt: ") or len(value) < 25] == []
