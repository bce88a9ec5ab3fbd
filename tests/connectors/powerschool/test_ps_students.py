"""Reading students page by page (powerschool dossier 6, 7, 12.3, 16)."""

import json
import logging
from contextlib import suppress

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowbus.errors import NotUnderstood, RecordError, TryLater, YellowbusError

STUDENTS = "/ws/v1/district/student"
COUNT = f"{STUDENTS}/count"
KEYS = st.sampled_from(
    ["id", "name", "races", "_extension_data", "_table_extension", "_field", "value", "@x"]
)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(), inner, max_size=4),
    max_leaves=12,
)


def numbers(records):
    return [int(record.values["local_id"]) - 200_000 for record in records]


@pytest.mark.parametrize("count", [0, 1, 2, 99, 100, 101, 250])
def test_every_student_is_read_once_in_order(vendor, count):
    vendor.held(count)
    assert numbers(vendor.records()) == list(range(1, count + 1))


def test_the_last_page_says_so_and_every_page_tells_the_total(vendor):
    vendor.held(250)
    pages = list(vendor.read())
    assert [(len(page.records), page.last, page.total) for page in pages] == [
        (100, False, 250),
        (100, False, 250),
        (50, False, 250),
        (0, True, 250),
    ]


def test_a_read_costs_its_pages_and_four_questions(vendor):
    vendor.held(1000)
    vendor.records()
    assert vendor.counted() == {
        "/oauth/access_token": 1,
        "/ws/v1/metadata": 1,
        COUNT: 2,
        STUDENTS: 10,
    }


def test_never_more_requests_in_flight_than_agreed(vendor):
    vendor.held(2000)
    vendor.records()
    assert 1 <= vendor.door.most_in_flight <= 4


def test_any_bookmark_leads_to_the_rest(vendor):
    vendor.held(450)
    pages = list(vendor.read())
    for number, page in enumerate(pages):
        rest = numbers(vendor.records(after=page.bookmark))
        assert rest == list(range(min(450, (number + 1) * 100) + 1, 451))


def test_a_bookmark_still_holds_when_pages_have_become_smaller(vendor):
    vendor.held(450)
    bookmark = next(vendor.read()).bookmark
    vendor.page_size = 30
    pages = list(vendor.read(after=bookmark))
    found = numbers([page.decode(raw) for page in pages for raw in page.records])
    assert found == list(range(91, 451))
    assert pages[-1].bookmark == "1-16-30-450"


def test_closing_a_read_ends_the_fetching(vendor):
    vendor.held(5000)
    pages = vendor.read()
    next(pages)
    pages.close()
    assert vendor.counted()[STUDENTS] < 15


class TestWhatIsAskedFor:
    def params(self, vendor, *fields, **options):
        vendor.held(1)
        vendor.records(*fields, **options)
        (params,) = vendor.params(STUDENTS)
        return params

    def test_only_the_blocks_of_the_fields_wanted(self, vendor):
        params = self.params(vendor, "local_id", "name.first_name", "demographics.gender", "contact.mother")
        assert params == {"page": "1", "pagesize": "100", "expansions": "demographics,contact"}

    def test_no_block_where_none_is_needed(self, vendor):
        assert self.params(vendor, "id", "name.last_name") == {"page": "1", "pagesize": "100"}

    def test_the_extension_tables_of_the_fields_wanted(self, vendor):
        params = self.params(vendor, "_extension.u_two.b", "_extension.u_one.a", "_extension.u_one.c")
        assert params["extensions"] == "u_one,u_two"

    def test_contact_fields_ask_nothing_of_the_student(self, vendor):
        assert self.params(vendor, "contact.first_name", "contact.emergency") == {
            "page": "1",
            "pagesize": "100",
        }

    @pytest.mark.parametrize(
        ("statuses", "letters"),
        [(("active",), "A"), (("pre-registered", "active"), "(A,P)"), (("historical", "inactive"), "(H,I)")],
    )
    def test_statuses_become_one_filter_of_list_and_count(self, vendor, statuses, letters):
        params = self.params(vendor, statuses=statuses)
        assert params["q"] == f"school_enrollment.enroll_status=={letters}"
        assert vendor.params(COUNT) == [{"q": params["q"]}] * 2

    def test_no_fields_means_every_block_and_every_extension(self, vendor):
        from yellowbus.connectors.base import ReadFilter

        vendor.held(1)
        vendor.extensions = "u_one, u_two"
        vendor.answers |= {
            f"/ws/schema/table/{name}/metadata": lambda _: vendor.reply({"columns": [{"name": "a"}]})
            for name in ("u_one", "u_two")
        }
        list(vendor.open().read("students", "", ReadFilter()))
        params = vendor.params(STUDENTS)[-1]
        assert params["extensions"] == "u_one,u_two"
        assert params["expansions"].split(",") == [
            "demographics",
            "addresses",
            "phones",
            "school_enrollment",
            "ethnicity_race",
            "contact",
            "contact_info",
            "initial_enrollment",
            "schedule_setup",
            "lunch",
        ]


class TestAListThatChanges:
    """Students come and go while the pages are read (dossier 16.27)."""

    def after_page(self, vendor, number, change):
        """`change` happens once, after page `number` was served."""
        left = [change]

        def served(request):
            params = request.url.params
            answer = vendor.resource(STUDENTS, params)
            if int(params["page"]) == number and left:
                left.pop()()
            return answer

        vendor.answers[STUDENTS] = served

    def test_a_student_seen_on_two_pages_is_handed_on_once(self, vendor):
        vendor.held(250)
        pages = {1: range(100), 2: range(99, 199), 3: range(199, 250)}
        vendor.answers[STUDENTS] = lambda request: vendor.reply(
            {"students": {"student": [vendor.students[n] for n in pages[int(request.url.params["page"])]]}}
        )
        assert numbers(vendor.records()) == list(range(1, 251))

    def test_students_added_at_the_end_are_read_too(self, vendor):
        vendor.held(250)
        more = [vendor.student(number) for number in range(251, 360)]
        self.after_page(vendor, 3, lambda: vendor.students.extend(more))
        found = numbers(vendor.records())
        assert found == list(range(1, 360))

    def test_one_who_slipped_between_pages_is_found_in_a_second_sweep(self, vendor):
        vendor.held(250)
        first = [True] * 3

        def served(request):
            number = int(request.url.params["page"])
            rows = vendor.cut(vendor.students, request.url.params)
            if number == 2 and first:
                first.clear()
                rows = [vendor.students[0], *rows[1:]]  # 101 is missed, 1 comes again
            return vendor.reply({"students": {"student": rows}})

        vendor.answers[STUDENTS] = served
        found = numbers(vendor.records())
        assert (found[-1], sorted(found)) == (101, list(range(1, 251)))

    def test_one_who_left_early_does_not_hide_another(self, vendor):
        vendor.held(250)
        vendor.in_flight = 1
        self.after_page(vendor, 1, lambda: vendor.students.pop(0))  # now 101 is on page 1
        found = numbers(vendor.records())
        assert (found[-1], sorted(found)) == (101, list(range(1, 251)))

    def test_one_who_came_early_is_found(self, vendor):
        vendor.held(250)
        vendor.in_flight = 1
        self.after_page(vendor, 2, lambda: vendor.students.insert(0, vendor.student(999)))
        assert sorted(numbers(vendor.records())) == [*range(1, 251), 999]

    def test_one_who_left_does_not_stop_the_read(self, vendor):
        vendor.held(250)
        self.after_page(vendor, 3, vendor.students.pop)
        assert numbers(vendor.records()) == list(range(1, 251))

    def test_one_who_is_never_given_out_stops_it(self, vendor):
        vendor.held(150)
        vendor.answers[COUNT] = lambda _: vendor.reply({"resource": {"count": 151}})
        with pytest.raises(NotUnderstood) as raised:
            vendor.records()
        assert (raised.value.code, raised.value.facts["read"], raised.value.facts["count"]) == (
            "count-mismatch",
            150,
            151,
        )

    @pytest.mark.parametrize("kept", [0, 1, 99])
    def test_a_short_page_in_the_middle_stops_it(self, vendor, kept):
        vendor.held(350)

        def served(request):
            rows = vendor.cut(vendor.students, request.url.params)
            short = rows[:kept] if request.url.params["page"] == "2" else rows
            return vendor.reply({"students": {"student": short}})

        vendor.answers[STUDENTS] = served
        with pytest.raises(NotUnderstood) as raised:
            vendor.records()
        assert (raised.value.code, raised.value.facts["page"], raised.value.facts["got"]) == (
            "page-short",
            2,
            kept,
        )


class TestOneRecord:
    def page_of(self, vendor, *students, fields=("local_id",)):
        vendor.students = list(students)
        return next(vendor.read(*fields))

    def test_values_are_text_and_what_was_asked_for_is_there(self, vendor):
        student = {
            "id": 812,
            "local_id": 204417,
            "name": {"first_name": "Kit"},
            "addresses": {"physical": {"postal_code": 85203}, "mailing": ""},
            "demographics": {"birth_date": "2015-03-09"},
            "alerts": "",
        }
        fields = ("local_id", "addresses.physical.postal_code", "addresses.mailing.city")
        page = self.page_of(vendor, student, fields=fields)
        assert page.decode(page.records[0]).values == {
            "local_id": "204417",
            "id": "812",
            "name.first_name": "Kit",
            "addresses.physical.postal_code": "85203",
            "addresses.mailing.city": None,
            "demographics.birth_date": "2015-03-09",
        }

    def test_contacts_have_every_field_that_was_asked_for(self, vendor):
        from yellowbus.connectors.powerschool.students import Reading, joined

        plan = Reading.of(frozenset({"contact.a", "contact.b"}), frozenset({"contact.a", "contact.b"}))
        record = plan.decode(joined(b'{"id":1}', b'[{"contact.b":"x"},{}]'))
        assert record.contacts == [
            {"contact.a": None, "contact.b": "x"},
            {"contact.a": None, "contact.b": None},
        ]

    @given(value=JSON)
    def test_whatever_stands_in_a_page_is_a_record_or_an_error_of_its_own(self, value):
        from yellowbus.connectors.powerschool.students import NOBODY, Reading, joined

        plan = Reading.of(frozenset({"name.first_name"}), frozenset())
        with suppress(RecordError):
            record = plan.decode(joined(json.dumps(value).encode(), NOBODY))
            assert {type(held) for held in record.values.values()} <= {str, type(None)}

    def test_equal_students_are_equal_bytes(self, vendor):
        vendor.held(3)
        first, second = next(vendor.read()).records, next(vendor.read()).records
        assert first == second
        vendor.students[1]["name"]["first_name"] = "New"
        third = next(vendor.read()).records
        assert [a == b for a, b in zip(first, third, strict=True)] == [True, False, True]

    @pytest.mark.parametrize("broken", [{"local_id": 1}, {"id": "", "local_id": 1}, {"id": None}])
    def test_one_without_an_id_is_an_error_of_its_own(self, vendor, broken):
        page = self.page_of(vendor, vendor.student(1), broken, vendor.student(3))
        outcomes = []
        for raw in page.records:
            try:
                outcomes.append(page.decode(raw).values["id"])
            except RecordError as error:
                outcomes.append(error.code)
        assert outcomes == ["1", "record-without-id", "3"]

    @pytest.mark.parametrize("broken", ["text", 7, None])
    def test_one_that_is_no_object_is_an_error_of_its_own(self, vendor, broken):
        page = self.page_of(vendor, vendor.student(1), broken)
        with pytest.raises(RecordError):
            page.decode(page.records[1])


class TestFind:
    def test_a_student_is_found_by_number(self, vendor):
        vendor.students = [vendor.student(7)]
        found = vendor.open().find("200007", frozenset({"name.first_name"}))
        assert found.values["name.first_name"] == "First7"
        assert vendor.params(STUDENTS) == [{"q": "local_id==200007", "page": "1"}]

    def test_another_student_than_asked_for_is_not_taken(self, vendor):
        vendor.students = [vendor.student(7)]
        assert vendor.open().find("200008", frozenset({"id"})) is None

    def test_of_two_with_one_number_none_is_taken(self, vendor):
        vendor.students = [vendor.student(7), vendor.student(8) | {"local_id": 200007}]
        with pytest.raises(RecordError) as raised:
            vendor.open().find("200007", frozenset({"id"}))
        assert (raised.value.code, raised.value.facts) == ("id-repeated", {"column": "local_id"})

    def test_nobody_is_none(self, vendor):
        assert vendor.open().find("200007", frozenset({"id"})) is None

    @pytest.mark.parametrize("key", ["", "1;name.last_name==*", "*", "(1,2)"])
    def test_a_key_that_would_be_a_query_asks_nothing(self, vendor, key):
        assert vendor.open().find(key, frozenset({"id"})) is None
        assert vendor.asked == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx2.Response(200, html="<html>Ann Canary</html>"), "html-not-json"),
        (httpx2.Response(200, json={"students": [{"name": "Ann Canary"}]}), "reply-not-understood"),
        (httpx2.Response(200, content=b'{"students":{"student":[{"name":"Ann Ca'), "reply-not-understood"),
        (httpx2.Response(400, json={"message": "Invalid field Ann Canary"}), "powerschool-refused"),
        (httpx2.Response(404, json={"message": "Ann Canary"}), "powerschool-refused"),
        (httpx2.Response(500, text="Ann Canary"), "server-error"),
        (httpx2.Response(302, headers={"location": "http://sis.example.org/Ann-Canary"}), "redirected"),
        (httpx2.Response(403, json={"errors": []}), "powerschool-grants"),
    ],
)
def test_whatever_goes_wrong_no_secret_and_no_person_is_told(vendor, answer, code, caplog):
    caplog.set_level(logging.DEBUG)
    vendor.held(1)
    vendor.answers[STUDENTS] = lambda _: answer
    with pytest.raises(YellowbusError) as raised:
        vendor.records(statuses=("active",))
    error = raised.value
    told = " ".join((str(error), error.detail, caplog.text, getattr(error, "sample", "")))
    assert error.code == code
    assert [word for word in ("Canary", "s3cret-canary", "token-1", "enroll_status") if word in told] == []


def test_a_page_that_fails_for_a_while_is_tried_again(vendor):
    vendor.held(250)
    left = [httpx2.Response(503), httpx2.Response(429, headers={"retry-after": "2"})]
    vendor.answers[STUDENTS] = lambda request: (
        left.pop() if left else vendor.resource(STUDENTS, request.url.params)
    )
    assert numbers(vendor.records()) == list(range(1, 251))


def test_a_page_that_fails_for_good_keeps_what_was_read(vendor):
    vendor.held(450)
    vendor.answers[STUDENTS] = lambda request: (
        httpx2.Response(503)
        if request.url.params["page"] == "3"
        else vendor.resource(STUDENTS, request.url.params)
    )
    pages = vendor.read()
    kept = [next(pages), next(pages)]
    with pytest.raises(TryLater):
        next(pages)
    del vendor.answers[STUDENTS]
    assert numbers(vendor.records(after=kept[-1].bookmark)) == list(range(201, 451))
