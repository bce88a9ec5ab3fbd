"""Writing one student and what PowerSchool says of it (powerschool dossier 9)."""

import json
from datetime import date

import httpx2
import pytest

from yellowbus.connectors.writing import Enrollment, Receipt, Sought, Standing, StudentWrite
from yellowbus.errors import NeedsAdmin, NotUnderstood, OutcomeUnknown, RecordError, TryLater, YellowbusError
from yellowbus.records import Problem

POST = "/ws/v1/student"
ENROLLED = Enrollment("310", 2026, date(2026, 8, 3), date(2027, 5, 22), Standing.PRE_REGISTERED)
ADA = {"name.first_name": "Ada", "name.last_name": "Canaryname", "school_enrollment.grade_level": "0"}
ADDRESS = {
    "addresses.physical.street": "9 Oak Ln",
    "addresses.physical.city": "Mesa",
    "addresses.physical.state_province": "AZ",
    "addresses.physical.postal_code": "01854",
}
KIT = {
    "id": 812,
    "local_id": 204417,
    "name": {"first_name": "Kit", "last_name": "Moss"},
    "demographics": {"gender": "F", "birth_date": "2015-03-09"},
    "school_enrollment": {"enroll_status": "A", "school_number": 310, "grade_level": 4},
}


def new(token="t-1", enrollment=ENROLLED, **values):
    return StudentWrite(token, {**ADA, **values}, enrollment=enrollment)


def change(values, token="t-1"):
    return StudentWrite(token, values, remote="812")


@pytest.fixture
def school(office):
    office.students = [dict(KIT)]
    return office


def refused(school, written):
    with pytest.raises(RecordError) as raised:
        school.open().write(written)
    return raised.value


class TestCreating:
    def test_a_new_student_is_sent_whole_and_once(self, school):
        receipt = school.open().write(new(**ADDRESS))
        assert school.posted == [
            {
                "client_uid": "t-1",
                "action": "INSERT",
                "name": {"first_name": "Ada", "last_name": "Canaryname"},
                "school_enrollment": {
                    "school_number": "310",
                    "entry_date": "2026-08-03",
                    "exit_date": "2027-05-22",
                    "enroll_status": "P",
                    "grade_level": "0",
                },
                "addresses": {
                    "physical": {
                        "street": "9 Oak Ln",
                        "city": "Mesa",
                        "state_province": "AZ",
                        "postal_code": "01854",
                    }
                },
            }
        ]
        assert receipt == Receipt("900")

    def test_what_was_created_is_found_with_the_number_that_powerschool_gave(self, school):
        connector = school.open()
        receipt = connector.write(new())
        (found,) = connector.look(Sought(remote=receipt.remote))
        assert (found.key, found.standing, found.school) == ("300900", Standing.PRE_REGISTERED, "310")

    def test_a_number_of_our_own_comes_back_in_the_receipt(self, school):
        assert school.open().write(new(local_id="77")).key == "77"

    @pytest.mark.parametrize(
        ("standing", "letter"),
        [(Standing.ACTIVE, "A"), (Standing.PRE_REGISTERED, "P"), (Standing.INACTIVE, "I")],
    )
    def test_the_standing_goes_as_its_letter(self, school, standing, letter):
        enrollment = Enrollment("310", 2026, date(2026, 8, 3), date(2027, 5, 22), standing)
        school.open().write(new(enrollment=enrollment))
        assert school.posted[0]["school_enrollment"]["enroll_status"] == letter

    def test_a_mapped_entry_date_counts_before_the_rule(self, school):
        school.open().write(new(**{"school_enrollment.entry_date": "2026-09-01"}))
        assert school.posted[0]["school_enrollment"]["entry_date"] == "2026-09-01"

    def test_a_blank_value_is_not_sent_to_a_new_student(self, school):
        blank = dict.fromkeys(ADDRESS)
        school.open().write(new(**blank, **{"name.middle_name": None}))
        assert "addresses" not in school.posted[0]
        assert "middle_name" not in school.posted[0]["name"]

    def test_what_a_new_student_needs_is_said_before_anything_is_sent(self, school):
        written = StudentWrite("t-1", {"name.first_name": "Ada"}, enrollment=ENROLLED)
        error = refused(school, written)
        assert (error.code, error.refused) == (
            "write-required",
            (("name.last_name", "REQUIRED"), ("school_enrollment.grade_level", "REQUIRED")),
        )
        assert error.sentence == (
            "PowerSchool does not take the record without these: Last name, Grade level. Nothing was sent."
        )
        assert school.posted == []

    def test_without_an_enrollment_nobody_is_created(self, school):
        error = refused(school, new(enrollment=None))
        assert error.facts["fields"] == "School number, Entry date, Exit date, Enroll status"


class TestUpdating:
    def test_only_what_changes_is_sent(self, school):
        receipt = school.open().write(change({"name.first_name": "Katharine"}))
        assert school.posted == [
            {"client_uid": "t-1", "action": "UPDATE", "id": "812", "name": {"first_name": "Katharine"}}
        ]
        assert (receipt, school.students[0]["name"]) == (
            Receipt("812"),
            {"first_name": "Katharine", "last_name": "Moss"},
        )

    def test_none_clears(self, school):
        school.open().write(change({"demographics.birth_date": None}))
        assert school.posted[0]["demographics"] == {"birth_date": ""}

    @pytest.mark.parametrize(
        "name", ["school_enrollment.grade_level", "local_id", "no.such.field", "_extension.x"]
    )
    def test_what_powerschool_would_ignore_is_refused_here(self, school, name):
        error = refused(school, change({name: "5", "name.first_name": "Kit"}))
        assert (error.code, error.refused, school.posted) == ("write-not-taken", ((name, "NOT_TAKEN"),), [])

    def test_a_name_cannot_become_blank(self, school):
        error = refused(school, change({"name.last_name": None}))
        assert (error.code, error.facts["fields"]) == ("write-required", "Last name")

    def test_races_go_as_blocks(self, school):
        school.open().write(change({"ethnicity_race.races": "WH, AS"}))
        assert school.posted[0]["ethnicity_race"] == {
            "races": [{"district_race_code": "WH"}, {"district_race_code": "AS"}]
        }


class TestExtensions:
    TABLE = "_extension.u_students_extension"

    def test_the_table_is_named_in_the_query_or_nothing_would_be_written(self, school):
        school.open().write(change({f"{self.TABLE}.preferredname": "Kit", f"{self.TABLE}.locker": None}))
        assert school.params(POST) == [{"extensions": "u_students_extension"}]
        assert school.posted[0]["_extension_data"] == {
            "_table_extension": {
                "name": "u_students_extension",
                "_field": [{"name": "preferredname", "value": "Kit"}, {"name": "locker", "value": ""}],
            }
        }

    def test_what_is_written_to_an_extension_is_read_back(self, school):
        connector = school.open()
        connector.write(change({f"{self.TABLE}.preferredname": "Kit"}))
        (found,) = connector.look(Sought(remote="812"))
        assert found.values[f"{self.TABLE}.preferredname"] == "Kit"

    def test_two_tables_are_a_list(self, school):
        school.open().write(change({f"{self.TABLE}.a": "1", "_extension.studentcorefields.area": "2"}))
        assert school.params(POST) == [{"extensions": "studentcorefields,u_students_extension"}]
        tables = school.posted[0]["_extension_data"]["_table_extension"]
        assert [table["name"] for table in tables] == ["studentcorefields", "u_students_extension"]

    def test_without_extension_fields_no_table_is_named(self, school):
        school.open().write(change({"name.first_name": "Kit"}))
        assert school.params(POST) == [{}]


class TestGroups:
    def test_half_an_address_is_refused_with_the_parts_that_lack(self, school):
        half = {name: value for name, value in ADDRESS.items() if "city" not in name}
        error = refused(school, new(**half))
        assert error.sentence == (
            "PowerSchool takes Address whole or not at all, and this is blank: City. Nothing was sent."
        )
        assert (error.refused, school.posted) == ((("addresses.physical.city", "REQUIRED"),), [])

    @pytest.mark.parametrize(
        ("values", "lacking"),
        [
            (dict.fromkeys(ADDRESS), tuple(ADDRESS)),
            ({**ADDRESS, "addresses.physical.city": None}, ("addresses.physical.city",)),
            ({"addresses.physical.city": "Mesa"}, tuple(name for name in ADDRESS if "city" not in name)),
            ({"contact.doctor_name": "Dr. Vale"}, ("contact.doctor_phone",)),
            ({"contact.doctor_name": "Dr. Vale", "contact.doctor_phone": None}, ("contact.doctor_phone",)),
            ({"contact.emergency_phone2": "1"}, ("contact.emergency_contact_name2",)),
            ({"contact.emergency_phone2": None}, ("contact.emergency_contact_name2",)),
            ({"schedule_setup.sched_next_year_grade": "5"}, ("schedule_setup.next_school",)),
        ],
    )
    def test_a_group_that_is_not_whole_is_not_sent(self, school, values, lacking):
        error = refused(school, change(values))
        assert (error.code, tuple(name for name, _ in error.refused)) == ("write-group-incomplete", lacking)
        assert school.posted == []

    @pytest.mark.parametrize(
        "values",
        [
            ADDRESS,
            {"contact.doctor_name": "Dr. Vale", "contact.doctor_phone": "480-555-0199"},
            {"contact.doctor_name": None, "contact.doctor_phone": None},
            {"schedule_setup.next_school": None, "schedule_setup.sched_next_year_grade": None},
            {"schedule_setup.next_school": "320", "schedule_setup.sched_next_year_grade": "5"},
        ],
    )
    def test_a_whole_group_is_sent(self, school, values):
        assert school.open().write(change(values)) == Receipt("812")


class TestWhatPowerSchoolSays:
    def test_status_200_with_an_error_is_a_refusal(self, school):
        school.refuse = [("student/local_id", "INVALID_LOCAL_ID")]
        error = refused(school, new(local_id="204417"))
        assert (error.code, error.refused) == ("write-refused", (("local_id", "INVALID_LOCAL_ID"),))
        assert error.facts["named"] == "Student number (INVALID_LOCAL_ID)"
        assert len(school.students) == 1

    def test_several_errors_are_all_named_and_each_once(self, school):
        school.refuse = [
            ("students/demographics/birth_date", "INVALID_DATE_VALUE"),
            ("student/school_enrollment/school_number", "FIELD_VALIDATION_ERROR"),
            ("student/school_enrollment/school_number", "FIELD_VALIDATION_ERROR"),
        ]
        assert refused(school, new()).refused == (
            ("demographics.birth_date", "INVALID_DATE_VALUE"),
            ("school_enrollment.school_number", "FIELD_VALIDATION_ERROR"),
        )

    def test_a_refusal_repeats_nothing_of_the_student(self, school):
        school.refuse = [("student/name/last_name", "BAD")]
        error = refused(school, new())
        assert "Canaryname" not in f"{error} {error!r} {error.detail} {error.facts} {error.refused}"

    @pytest.mark.parametrize("odd", ["Ada Canaryname is bad", "", None, 7, "<b>"])
    def test_what_is_no_path_and_no_code_is_not_repeated(self, school, odd):
        school.refuse = [(odd, odd)]
        assert refused(school, new()).refused == (("unnamed", "no code"),)

    def test_a_block_is_no_lock(self, school):
        school.refuse = [("student", "BLOCKED_BY_RULE")]
        assert refused(school, change({"name.first_name": "Kit"})).code == "write-refused"

    @pytest.mark.parametrize("code", ["RECORD_LOCKED", "recordLocked", "LOCK"])
    def test_a_code_that_speaks_of_a_lock_is_a_locked_record(self, school, code):
        school.refuse = [("student", code)]
        error = refused(school, change({"name.first_name": "Kit"}))
        assert (error.code, error.sentence) == (
            "record-locked",
            "PowerSchool has the record locked; most likely someone has it open there. It was not changed.",
        )

    def test_a_warning_is_a_receipt_with_a_note(self, school):
        school.warn = [("student/fees", "FEES_ASSIGN_FEES_FAILED")]
        receipt = school.open().write(new())
        facts = {"system": "PowerSchool", "field": "fees", "warning": "FEES_ASSIGN_FEES_FAILED"}
        assert receipt == Receipt(
            "900", "", (Problem("write-warned", "fees", facts, warning=True, note=True),)
        )

    def test_a_warning_about_a_field_that_was_sent_is_more_than_a_note(self, school):
        school.warn = [("student/name/first_name", "TRUNCATED"), ("student/fees", "FEES")]
        warnings = school.open().write(new()).warnings
        assert [(each.field, each.warning, each.note) for each in warnings] == [
            ("name.first_name", True, False),
            ("fees", True, True),
        ]

    @pytest.mark.parametrize(
        ("path", "code", "right"),
        [
            ("student/demographics/ssn", "FIELD_IGNORED", "Students.SSN"),
            ("student/phones/main/number", "NoAccess", "phones.main.number"),
        ],
    )
    def test_a_right_that_lacks_is_named(self, school, path, code, right):
        school.warn = [(path, code)]
        (warning,) = school.open().write(change({"demographics.ssn": "1"})).warnings
        assert (warning.code, warning.facts["right"]) == ("write-right-lacking", right)

    @pytest.mark.parametrize("token", ["204417", "01854", "1e5", "a-b", "7f3c"])
    def test_a_token_is_known_again_whatever_became_of_its_type(self, school, token):
        assert school.open().write(change({"name.first_name": "Kit"}, token)) == Receipt("812")

    def test_a_list_with_one_result_is_one_result(self, school):
        result = {"client_uid": "t-1", "status": "SUCCESS", "success_message": {"id": 812}}
        school.answers[POST] = lambda _: school.reply({"results": {"result": [result]}})
        assert school.open().write(change({"name.first_name": "Kit"})) == Receipt("812")


class TestWhatCannotBeUnderstood:
    @pytest.mark.parametrize(
        "answer",
        [
            {},
            {"results": ""},
            {"results": {"insert_count": 1}},
            {
                "results": {
                    "result": {"client_uid": "other", "status": "SUCCESS", "success_message": {"id": 812}}
                }
            },
            {"results": {"result": {"client_uid": "t-1", "status": "DONE", "success_message": {"id": 812}}}},
            {"results": {"result": {"client_uid": "t-1", "status": "SUCCESS"}}},
            {
                "results": {
                    "result": {"client_uid": "t-1", "status": "SUCCESS", "success_message": {"id": 813}}
                }
            },
            {
                "results": {
                    "result": [{"client_uid": "t-1", "status": "SUCCESS", "success_message": {"id": 812}}] * 2
                }
            },
            {"result": [{"status": "SUCCESS", "name": "Canaryname"}]},
        ],
    )
    def test_another_shape_stops_and_shows_no_value(self, school, answer):
        school.answers[POST] = lambda _: school.reply(answer)
        with pytest.raises(NotUnderstood) as raised:
            school.open().write(change({"name.first_name": "Kit"}))
        assert raised.value.code == "reply-not-understood"
        assert "Canaryname" not in raised.value.sample

    @pytest.mark.parametrize("body", [b"", b"  ", b'{"results":{"res', b"Done."])
    def test_an_answer_that_cannot_be_read_may_mean_that_it_was_written(self, school, body):
        school.answers[POST] = lambda _: httpx2.Response(200, content=body)
        with pytest.raises(OutcomeUnknown) as raised:
            school.open().write(new())
        assert (raised.value.code, school.counted()[POST]) == ("write-answer-unreadable", 1)

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    def test_a_server_error_may_mean_that_it_was_written_and_is_not_repeated(self, school, status):
        school.answers[POST] = lambda _: httpx2.Response(status)
        with pytest.raises(OutcomeUnknown):
            school.open().write(new())
        assert school.counted()[POST] == 1

    def test_after_a_lost_answer_the_child_is_there_once(self, school):
        def lost(request):
            school.students_posted(json.loads(request.content)["students"]["student"], {})
            raise httpx2.ReadError("gone")

        school.answers[POST] = lost
        connector = school.open()
        with pytest.raises(OutcomeUnknown) as raised:
            connector.write(new())
        found = connector.look(Sought(first_name="Ada", last_name="Canaryname"))
        assert (raised.value.code, school.counted()[POST], len(found)) == ("answer-lost", 1, 1)

    @pytest.mark.parametrize(
        ("answer", "kind", "code"),
        [
            (
                httpx2.Response(401, json={"errorMessage": {"message": "accessLevelV1Api"}}),
                NeedsAdmin,
                "powerschool-write-level",
            ),
            (
                httpx2.Response(
                    403, json={"errors": [{"field": "dob", "resource": "Students", "code": "NoAccess"}]}
                ),
                NeedsAdmin,
                "powerschool-write-grants",
            ),
            (httpx2.Response(409), RecordError, "record-locked"),
            (httpx2.Response(423), RecordError, "record-locked"),
            (
                httpx2.Response(400, json={"errorMessage": {"message": "Canaryname is bad"}}),
                RecordError,
                "write-refused",
            ),
            (httpx2.Response(404), NotUnderstood, "powerschool-refused"),
            (
                httpx2.Response(200, html="<title>PowerSchool Page Unavailable</title>"),
                TryLater,
                "maintenance",
            ),
            (httpx2.Response(302, headers={"location": "https://m.example.com"}), TryLater, "maintenance"),
        ],
    )
    def test_each_status_has_its_own_meaning(self, school, answer, kind, code):
        school.answers[POST] = lambda _: answer
        with pytest.raises(YellowbusError) as raised:
            school.open().write(change({"name.first_name": "Kit"}))
        assert (type(raised.value), raised.value.code, school.counted()[POST]) == (kind, code, 1)
        assert "Canaryname" not in f"{raised.value} {raised.value.facts}"

    def test_columns_without_a_grant_are_named(self, school):
        errors = [{"field": "dob", "resource": "Students", "code": "NoAccess"}]
        school.answers[POST] = lambda _: school.reply({"errors": errors}, 403)
        with pytest.raises(NeedsAdmin) as raised:
            school.open().write(change({"name.first_name": "Kit"}))
        assert raised.value.facts == {"missing": "Students.dob"}

    def test_an_expired_token_is_renewed_and_the_write_sent_as_it_was_not_taken(self, school):
        answers = iter([httpx2.Response(401, headers={"www-authenticate": 'Bearer error="invalid_token"'})])

        def once(request):
            del school.answers[POST]
            return next(answers)

        school.answers[POST] = once
        assert school.open().write(change({"name.first_name": "Kit"})) == Receipt("812")
        assert (school.tokens, len(school.posted)) == (2, 1)
