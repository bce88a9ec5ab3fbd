"""Finding a child, places to write to and the fields that are taken (powerschool dossier 6, 7, 9.3, 13)."""

from datetime import date

import httpx2
import pytest

from yellowbus.connectors.powerschool.targets import groups
from yellowbus.connectors.registry import manifest
from yellowbus.connectors.writing import Place, Sought, Standing
from yellowbus.errors import NeedsAdmin, NotUnderstood
from yellowbus.messages import MESSAGES

LIST = "/ws/v1/district/student"
BORN = "2015-03-09"
DAY = date(2015, 3, 9)


def child(number, first, last, born=BORN, status="A"):
    return {
        "id": number,
        "local_id": 200_000 + number,
        "name": {"first_name": first, "last_name": last},
        "demographics": {"birth_date": born},
        "school_enrollment": {"enroll_status": status, "school_number": 310, "grade_level": 4},
    }


@pytest.fixture
def roll(office):
    office.students = [
        child(1, "Kit", "Moss"),
        child(2, "Kit", "Moss", born="2009-01-01", status="G"),
        child(3, "Moss", "Kit", born="2014-04-04"),
        child(4, "Katharine", "Mosse"),
        child(5, "Ben", "Moss", born="2011-11-11"),
        child(6, "Una", "Vale", born="2011-11-11"),
    ]
    for student in office.students:
        office.born(student)
    return office


def found(roll, **sought):
    return [int(held.remote) for held in roll.open().look(Sought(**sought))]


class TestLooking:
    def test_the_id_that_powerschool_writes_by_answers_alone(self, roll):
        assert found(roll, remote="5", key="200001", first_name="Kit", last_name="Moss", birth_date=DAY) == [
            5
        ]
        assert roll.counted()[LIST] == 1  # the extension tables

    def test_an_id_that_is_gone_leaves_it_to_the_number(self, roll):
        assert found(roll, remote="77", key="200001", last_name="Moss") == [1]

    def test_numbers_that_are_gone_leave_it_to_the_name(self, roll):
        assert found(roll, remote="77", key="7", first_name="Una", last_name="Vale") == [6]

    def test_two_students_with_one_number_are_both_shown(self, roll):
        roll.students.append(child(9, "Kim", "Moss") | {"local_id": 200_001})
        assert found(roll, key="200001") == [1, 9]

    def test_a_server_that_does_not_regard_the_query_finds_nobody_by_number(self, roll):
        roll.answers[LIST] = lambda _: roll.reply({"students": {"student": roll.students}})
        assert found(roll, key="999") == []

    def test_nobody_is_asked_for_twice(self, roll):
        found(roll, first_name="Kit", last_name="Moss", birth_date=DAY)
        assert sorted(path for path in roll.counted() if path.startswith("/ws/v1/student/")) == [
            "/ws/v1/student/4"
        ]

    @pytest.mark.parametrize("key", ["", "no number", "1;name.last_name==Moss", "*", "٣"])
    def test_what_is_no_number_asks_for_none(self, roll, key):
        assert found(roll, key=key, remote=key) == []
        assert roll.params(LIST) == []

    def test_namesakes_swapped_names_birthdays_and_the_last_name_are_all_shown(self, roll):
        assert found(roll, first_name="Kit", last_name="Moss", birth_date=DAY) == [1, 2, 3, 4, 5]

    def test_without_a_birth_date_it_is_the_name_alone(self, roll):
        assert found(roll, first_name="Kit", last_name="Moss") == [1, 2, 3, 5]

    def test_a_name_written_otherwise_is_found_by_the_birth_date(self, roll):
        assert found(roll, first_name="Cath", last_name="Nosse", birth_date=DAY) == [1, 4]

    def test_every_status_is_looked_at_and_told(self, roll):
        held = roll.open().look(Sought(first_name="Kit", last_name="Moss", birth_date=DAY))
        assert [each.standing for each in held[:2]] == [Standing.ACTIVE, Standing.GRADUATED]
        assert not any("enroll_status" in params.get("q", "") for params in roll.params(LIST))

    def test_a_common_last_name_alone_is_one_page(self, roll):
        roll.page_size = 2
        roll.students += [child(number, "Ann", "Moss", born="2010-10-10") for number in range(20, 60)]
        assert found(roll, first_name="Zed", last_name="Moss") == [1, 2]

    def test_namesakes_are_all_read_whatever_the_size_of_a_page(self, roll):
        roll.page_size = 2
        roll.students += [child(number, "Ann", "Moss", born="2010-10-10") for number in range(20, 25)]
        assert found(roll, first_name="Ann", last_name="Moss") == [20, 21, 22, 23, 24, 1, 2]

    @pytest.mark.parametrize("status", [400, 403, 404, 405])
    def test_without_the_table_of_birth_dates_the_names_are_read_and_compared(self, roll, status):
        refusal = {
            "message": "lacks",
            "errors": [{"code": "NoAccess", "field": "dob", "resource": "Students"}],
        }
        roll.answers["/ws/schema/table/students"] = lambda _: roll.reply(refusal, status)
        roll.students.append(child(9, "Kit", "Nosse"))
        assert found(roll, first_name="Kit", last_name="Moss", birth_date=DAY) == [1, 2, 3, 9, 5]

    def test_another_refusal_is_not_taken_for_a_missing_right(self, roll):
        body = {"errorMessage": {"message": "accessLevelV1Api"}}
        roll.answers["/ws/schema/table/students"] = lambda _: roll.reply(body, 401)
        with pytest.raises(NeedsAdmin):
            found(roll, first_name="Kit", last_name="Moss", birth_date=DAY)

    @pytest.mark.parametrize(
        ("last", "asked"),
        [
            (" Moss ", "name.last_name==Moss;name.first_name==Kit"),
            ("O'Hara", "name.last_name==O*;name.first_name==Kit"),
            ("Li;id==1", "name.last_name==Li*;name.first_name==Kit"),
        ],
    )
    def test_a_name_is_never_read_as_part_of_the_query(self, roll, last, asked):
        found(roll, first_name="Kit", last_name=last)
        assert next(params["q"] for params in roll.params(LIST) if "q" in params) == asked

    @pytest.mark.parametrize("last", ["", "*", "(A,P)"])
    def test_a_name_of_nothing_but_signs_is_not_asked_for(self, roll, last):
        assert found(roll, first_name="Kit", last_name=last) == []

    def test_nothing_known_finds_nobody_and_asks_nothing(self, roll):
        assert (found(roll), roll.asked) == ([], [])

    def test_an_answer_about_another_student_stops(self, roll):
        roll.answers["/ws/v1/student/1"] = lambda _: roll.reply({"student": {"id": 2}})
        with pytest.raises(NotUnderstood):
            found(roll, remote="1")

    @pytest.mark.parametrize("body", [b"", b"{", b"<html>"])
    def test_an_answer_that_is_no_student_stops(self, roll, body):
        roll.answers["/ws/v1/student/1"] = lambda _: httpx2.Response(200, content=body)
        with pytest.raises(NotUnderstood):
            found(roll, remote="1")


class TestHeld:
    def test_values_are_by_target_with_extensions_and_blanks(self, roll):
        roll.extensions = "U_Students"
        cell = {"name": "Locker", "value": 12}
        roll.students[0] |= {
            "addresses": {"physical": {"street": "9 Oak Ln", "postal_code": "85203"}, "mailing": ""},
            "_extension_data": {"_table_extension": {"name": "U_Students", "_field": cell}},
        }
        (held,) = roll.open().look(Sought(remote="1"))
        values = {name: value for name, value in held.values.items() if value is not None}
        assert values == {
            "local_id": "200001",
            "name.first_name": "Kit",
            "name.last_name": "Moss",
            "demographics.birth_date": BORN,
            "school_enrollment.grade_level": "4",
            "addresses.physical.street": "9 Oak Ln",
            "addresses.physical.postal_code": "85203",
            "_extension.u_students.locker": "12",
        }
        own = {field.name for field in roll.open().targets() if not field.contact}
        assert set(held.values) - {"_extension.u_students.locker"} == {
            n for n in own if "_extension" not in n
        }
        assert (held.key, held.school, held.birth_date) == ("200001", "310", DAY)

    def test_every_block_that_a_target_is_in_is_asked_for(self, roll):
        roll.extensions = "u_a, u_b"
        roll.open().look(Sought(remote="1"))
        (asked,) = roll.params("/ws/v1/student/1")
        blocks = {name.split(".")[0] for held in [roll.open().targets()] for name in [f.name for f in held]}
        wanted = blocks - {"local_id", "state_province_id", "name", "_extension", "Contacts"}
        assert set(asked["expansions"].split(",")) == wanted
        assert asked["extensions"] == "u_a,u_b"

    @pytest.mark.parametrize(
        ("enrollment", "standing"),
        [
            ({"enroll_status": "P"}, Standing.PRE_REGISTERED),
            ({"enroll_status": "t"}, Standing.TRANSFERRED),
            ({"enroll_status": "H"}, Standing.HISTORICAL),
            ({"enroll_status": "X"}, Standing.INACTIVE),
            ({"enroll_status_code": 0}, Standing.ACTIVE),
            ({"enroll_status_code": -1}, Standing.PRE_REGISTERED),
            ({"enroll_status_code": 3}, Standing.GRADUATED),
            ({"enroll_status_code": -2}, Standing.INACTIVE),
            ({}, Standing.INACTIVE),
        ],
    )
    def test_a_standing_is_told_by_letter_or_number(self, roll, enrollment, standing):
        roll.students[0]["school_enrollment"] = enrollment
        (held,) = roll.open().look(Sought(remote="1"))
        assert held.standing is standing

    def test_what_is_held_shows_no_name_in_a_log(self, roll):
        (held,) = roll.open().look(Sought(remote="1"))
        assert "Moss" not in repr(held)


class TestPlaces:
    YEAR = {"portion": 1, "start_date": "2026-08-03", "end_date": "2027-05-21", "start_year": 2026}
    FALL = {"portion": 2, "start_date": "2026-08-05", "end_date": "2026-12-18", "start_year": 2026}

    def test_a_place_has_the_days_of_its_year_term_and_its_grades(self, office):
        office.terms = {"6": [self.FALL, self.YEAR]}
        assert office.open().places(2026) == [
            Place(
                "310",
                "Cedar Ridge",
                ready=True,
                first_day=date(2026, 8, 3),
                last_day=date(2027, 5, 21),
                grades=frozenset({"-1", "0", "1", "2"}),
            )
        ]

    def test_without_a_year_term_the_days_are_those_of_all_terms(self, office):
        office.terms = {"6": [self.FALL]}
        (place,) = office.open().places(2026)
        assert (place.ready, place.first_day, place.last_day) == (True, date(2026, 8, 5), date(2026, 12, 18))

    @pytest.mark.parametrize("terms", [[], [{"portion": 1}], [{"portion": 1, "start_date": "soon"}]])
    def test_a_school_without_terms_is_not_ready_and_says_where_to_set_them(self, office, terms):
        office.terms = {"6": terms}
        (place,) = office.open().places(2026)
        assert (place.ready, place.code, place.facts) == (
            False,
            "powerschool-school-terms",
            {"school": "Cedar Ridge", "year": "2026-2027"},
        )
        message = MESSAGES[place.code]
        assert message.sentence.format(**place.facts) == (
            "Cedar Ridge has no Years & Terms for 2026-2027 in PowerSchool, so no student can be sent to it for that"
            " year."
        )
        assert message.remedy.format(**place.facts) == (
            "A PowerSchool administrator goes to Start Page > School Setup > Years and Terms > Term Setup of Cedar"
            " Ridge. Under Portions, set “1/2” for semester, “1/3” for trimesters, and “1/4” for quarters."
        )

    def test_each_school_and_year_stands_for_itself(self, office):
        office.schools.append({"id": 7, "name": "Aspen", "school_number": 20})
        office.terms = {"6": [self.YEAR], "7": [self.YEAR | {"start_year": 2027}]}
        connector = office.open()
        ready = {
            year: [(place.school, place.ready) for place in connector.places(year)] for year in (2026, 2027)
        }
        assert ready == {2026: [("20", False), ("310", True)], 2027: [("20", True), ("310", False)]}

    @pytest.mark.parametrize("grades", [{}, {"low_grade": 3}, {"low_grade": "K", "high_grade": 5}])
    def test_where_powerschool_does_not_say_no_grade_is_ruled_out(self, office, grades):
        office.schools = [{"id": 6, "name": "Cedar Ridge", "school_number": 310} | grades]
        office.terms = {"6": [self.YEAR]}
        assert office.open().places(2026)[0].grades == frozenset()

    def test_a_school_without_a_number_is_no_place(self, office):
        office.schools = [{"id": 6, "name": "Nameless"}]
        assert office.open().places(2026) == []


class TestTargets:
    @pytest.fixture
    def fields(self, office):
        office.extensions = "u_students"
        columns = {"columns": [{"name": "Locker"}]}
        office.answers["/ws/schema/table/u_students/metadata"] = lambda _: office.reply(columns)
        return {field.name: field for field in office.open().targets()}

    def test_the_manifest_says_that_it_writes(self):
        assert "write" in manifest("powerschool").capabilities

    def test_enrollment_is_taken_on_create_alone(self, fields):
        only = [name for name, field in fields.items() if field.on_create and not field.on_update]
        assert only == [
            "local_id",
            *(
                f"school_enrollment.{name}"
                for name in (
                    "grade_level",
                    "entry_date",
                    "exit_date",
                    "entry_code",
                    "exit_code",
                    "entry_comment",
                    "exit_comment",
                    "district_of_residence",
                    "track",
                    "full_time_equivalency.fteid",
                )
            ),
        ]

    def test_school_and_status_are_not_mapped_since_the_registration_decides(self, fields):
        assert {"school_enrollment.school_number", "school_enrollment.enroll_status"}.isdisjoint(fields)

    def test_what_goes_together_is_named(self):
        assert {group: len(names) for group, names in groups().items()} == {
            "Next school": 2,
            "Address": 4,
            "Mailing address": 4,
            "Emergency contact 1": 2,
            "Emergency contact 2": 2,
            "Doctor": 2,
        }

    def test_students_are_named_as_the_reading_side_names_them(self, office, fields):
        read = {field.name for field in office.open().fields("students")}
        assert {name for name, field in fields.items() if not field.contact} <= read

    def test_contacts_are_spelt_as_the_mapping_shows_them(self, fields):
        contact = [field for field in fields.values() if field.contact]
        assert {field.label for field in contact} == {field.name for field in contact}
        assert {"Contacts.FirstName", "Contacts.LastName", "Contacts.Emails1", "Contacts.Phones1Ext"} <= set(
            fields
        )

    def test_a_field_tells_its_length_codes_and_right(self, fields):
        assert fields["addresses.physical.state_province"].longest == 2
        assert fields["Contacts.Relationship"].codes == "relationship"
        assert fields["demographics.ssn"].needs_right == "Students.SSN"
        assert [name for name, field in fields.items() if field.required] == [
            "name.first_name",
            "name.last_name",
            "school_enrollment.grade_level",
            "Contacts.LastName",
        ]

    def test_extension_fields_are_those_of_the_server(self, fields):
        field = fields["_extension.u_students.locker"]
        assert (field.group, field.on_create, field.on_update) == ("Extension u_students", True, True)

    def test_every_code_set_that_a_target_names_can_be_had(self, office, fields):
        read = {field.codes for field in office.open().fields("students")}
        assert {field.codes for field in fields.values()} <= read
