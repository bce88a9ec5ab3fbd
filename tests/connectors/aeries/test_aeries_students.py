"""Children of Aeries as records (aeries dossier 4 to 6 and 16.3)."""

import pytest
from aeries_server import child, contact

from yellowbus.connectors.aeries import wire
from yellowbus.errors import NeedsAdmin, NotUnderstood, RecordError


def values(record):
    return {name: value for name, value in record.values.items() if value is not None}


class TestOneChild:
    def test_a_record_is_read_with_dates_as_days_and_blanks_as_none(self, aeries):
        aeries.students = [
            child(1, FamilyKey=0, LockerNumber=" ", AddressVerified=False, HomePhone="5550100199")
        ]
        assert values(aeries.one()) == {
            "StudentID": "70000001",
            "SchoolCode": "210",
            "StudentNumber": "1",
            "StateStudentID": "1000000001",
            "LastName": "Last1",
            "FirstName": "First1",
            "Birthdate": "2015-03-09",
            "Grade": "4",
            "SchoolEnterDate": "2026-08-12",
            "Status": "active",
            "AddressVerified": "false",
            "HomePhone": "5550100199",
        }

    def test_grade_0_is_kindergarten_and_not_blank(self, aeries):
        aeries.students = [child(1, Grade=0, NextGrade=1, NextSchoolCode=0)]
        assert aeries.one("Grade", "NextGrade", "NextSchoolCode").values == {
            "Grade": "0",
            "NextGrade": "1",
            "NextSchoolCode": None,
        }

    @pytest.mark.parametrize(
        ("code", "status"),
        [("", "active"), (" ", "active"), (None, "active"), ("*", "pre-enrolled"), ("N", "inactive")],
    )
    def test_the_status_is_said_in_words(self, aeries, code, status):
        aeries.students = [child(1, InactiveStatusCode=code)]
        assert aeries.one("Status").values == {"Status": status}

    def test_races_are_listed_once_each(self, aeries):
        aeries.students = [
            child(1, RaceCode1="700", RaceCode2="201", RaceCode3="700", RaceCode4="", RaceCode5=None)
        ]
        assert aeries.one("Races", "RaceCode2").values == {"Races": "700,201", "RaceCode2": "201"}

    def test_what_older_builds_called_otherwise_is_found(self, aeries):
        aeries.students = [child(1, CorrespondanceLanguageCode="01", AtRiskPoints="12.0000")]
        aeries.contacts = [contact(1, 1, CorrespondanceLanguageCode="00")]
        found = aeries.one(
            "CorrespondenceLanguageCode", "EarlyWarningPoints", "Contact.CorrespondenceLanguageCode"
        )
        assert (found.values, list(found.contacts)) == (
            {"CorrespondenceLanguageCode": "01", "EarlyWarningPoints": "12.0000"},
            [{"Contact.CorrespondenceLanguageCode": "00"}],
        )

    def test_an_unknown_field_is_none(self, aeries):
        aeries.students = [child(1, NewProperty="x")]
        assert aeries.one("no such field", "StudentNumber").values == {
            "no such field": None,
            "StudentNumber": "1",
        }

    def test_a_record_without_an_id_fails_alone(self, aeries):
        aeries.students = [child(1), child(2, StudentID=0)]
        [page] = aeries.pages("FirstName")
        told = []
        for raw in page.records:
            try:
                told.append(page.decode(raw).values["FirstName"])
            except RecordError as error:
                told.append(error.code)
        assert sorted(told) == ["First1", "record-without-id"]

    @pytest.mark.parametrize("raw", [b"", b"{}", b'{"students":[]}', b'{"students":[7]}'])
    def test_a_damaged_record_says_nothing_of_itself(self, aeries, raw):
        aeries.students = [child(1)]
        [page] = aeries.pages("FirstName")
        with pytest.raises(RecordError) as raised:
            page.decode(raw)
        assert (raised.value.code, raised.value.facts) == ("record-unreadable", {"system": "Aeries"})

    @pytest.mark.parametrize(
        ("name", "value", "told"),
        [
            ("Birthdate", "0001-01-01T00:00:00", None),
            ("Birthdate", "2015-03-09T00:00:00.000", "2015-03-09"),
            ("RecordAddedDateTime", "2015-03-09T08:30:00", "2015-03-09T08:30:00"),
            ("RaceCode1", "0", "0"),
            ("StudentNumber", 7, "7"),
            ("RedFlag", True, "true"),
            ("ExtendedProperties", [{}], None),
            ("LastName", " Ny ", " Ny "),
        ],
    )
    def test_a_cell_keeps_what_it_means(self, name, value, told):
        assert wire.cell(name, value) == told


class TestJoined:
    def test_extended_data_are_those_of_the_record_that_counts(self, aeries):
        aeries.students = [child(1), child(1, SchoolCode=310, StudentNumber=9, InactiveStatusCode="N")]
        keys = {"StudentID": 70_000_001}
        aeries.extended = [
            keys
            | {
                "SchoolCode": 210,
                "StudentNumber": 1,
                "BirthCity": "Aspen",
                "USEnterDate": None,
                "NextSchool": 0,
            },
            keys | {"SchoolCode": 310, "StudentNumber": 9, "BirthCity": "Elsewhere"},
        ]
        assert aeries.one("Extended.BirthCity", "Extended.USEnterDate", "Extended.NextSchool").values == {
            "Extended.BirthCity": "Aspen",
            "Extended.USEnterDate": None,
            "Extended.NextSchool": None,
        }

    def test_a_child_without_extended_data_has_none(self, aeries):
        aeries.students = [child(1)]
        assert aeries.one("Extended.BirthCity").values == {"Extended.BirthCity": None}

    def test_contacts_come_by_their_order_and_then_by_number(self, aeries):
        aeries.students = [child(1)]
        aeries.contacts = [
            contact(1, 3, ContactOrder=1),
            contact(1, 10, ContactOrder=2),
            contact(1, 2, ContactOrder=2),
        ]
        found = aeries.one("Contact.SequenceNumber").contacts
        assert [each["Contact.SequenceNumber"] for each in found] == ["3", "2", "10"]

    def test_contacts_of_a_child_in_two_schools_come_once(self, aeries):
        aeries.students = [child(1), child(1, SchoolCode=310, StudentNumber=9)]
        aeries.contacts = [contact(1, 1), contact(1, 2)]
        assert len(aeries.one("Contact.FirstName").contacts) == 2

    def test_programs_are_codes_with_and_without_an_end(self, aeries):
        aeries.students = [child(1)]
        row = {"StudentID": 70_000_001, "EligibilityEndDate": None, "ParticipationEndDate": None}
        ended = row | {"ParticipationEndDate": "2026-01-31T00:00:00"}
        aeries.programs = [
            row | {"ProgramCode": "144"},
            ended | {"ProgramCode": "144"},
            ended | {"ProgramCode": "127"},
        ]
        assert aeries.one("Programs.Open", "Programs.All").values == {
            "Programs.Open": "144",
            "Programs.All": "127,144",
        }

    @pytest.mark.parametrize(
        ("field", "asked"),
        [
            ("FirstName", {"students"}),
            ("Extended.BirthCity", {"students", "extended"}),
            ("Contact.FirstName", {"students", "contacts"}),
            ("Programs.Open", {"students", "programs"}),
        ],
    )
    def test_only_what_is_mapped_is_asked_for(self, aeries, field, asked):
        aeries.students = [child(1)]
        aeries.records(field)
        assert {path.rpartition("/")[2] for path in aeries.counted()} - {"systeminfo", "schools"} == asked


class TestChildrenOfSeveralSchools:
    def test_an_active_record_counts_before_others(self, aeries):
        aeries.students = [
            child(1, InactiveStatusCode="N"),
            child(1, SchoolCode=310, StudentNumber=9, Grade=5, SchoolEnterDate="2020-08-12T00:00:00"),
        ]
        assert aeries.one("SchoolCode", "Grade", "Status").values == {
            "SchoolCode": "310",
            "Grade": "5",
            "Status": "active",
        }

    def test_of_two_active_records_the_later_counts_and_the_other_is_named(self, aeries):
        aeries.students = [
            child(1),
            child(1, SchoolCode=310, StudentNumber=9, SchoolEnterDate="2026-10-01T00:00:00"),
        ]
        assert aeries.one("SchoolCode", "OtherSchools.Active").values == {
            "SchoolCode": "310",
            "OtherSchools.Active": "210",
        }

    def test_a_school_where_the_child_will_go_is_named(self, aeries):
        aeries.students = [child(1), child(1, SchoolCode=310, StudentNumber=9, InactiveStatusCode="*")]
        assert aeries.one("SchoolCode", "OtherSchools.PreEnrolled").values == {
            "SchoolCode": "210",
            "OtherSchools.PreEnrolled": "310",
        }

    def test_a_child_only_pre_enrolled_counts_so_though_it_once_left(self, aeries):
        aeries.students = [
            child(1, InactiveStatusCode="N", SchoolEnterDate="2026-09-01T00:00:00"),
            child(1, SchoolCode=310, StudentNumber=9, InactiveStatusCode="*"),
        ]
        assert aeries.one("Status", "SchoolCode").values == {"Status": "pre-enrolled", "SchoolCode": "310"}

    def test_the_same_record_gives_the_same_bytes_whatever_the_order_of_schools(self, aeries):
        aeries.students = [child(1), child(1, SchoolCode=310, StudentNumber=9)]
        [once] = aeries.pages()[0].records
        aeries.students.reverse()
        aeries.schools.reverse()
        [again] = aeries.pages()[0].records
        assert once == again

    def test_two_children_under_one_id_by_mistake_stay_two(self, aeries):
        aeries.students = [
            child(1),
            child(1, StudentNumber=2, FirstName="Other", Birthdate="2016-01-01T00:00:00"),
        ]
        assert sorted(record.values["FirstName"] for record in aeries.records("FirstName")) == [
            "First1",
            "Other",
        ]


class TestPages:
    def test_everyone_comes_once_and_in_few_requests(self, aeries):
        aeries.students = [child(number, SchoolCode=210 if number % 2 else 310) for number in range(1, 1201)]
        aeries.contacts = [contact(number, 1) for number in range(1, 1201)]
        read = aeries.pages()
        found = [page.decode(raw).values["StudentID"] for page in read for raw in page.records]
        assert sorted(found) == [str(70_000_000 + number) for number in range(1, 1201)]
        assert [page.last for page in read] == [False] * (len(read) - 1) + [True]
        assert {page.total for page in read} == {1200}
        assert len(aeries.calls) == 2 + 2 * 3 + 2 * 1 + 2 + 2

    def test_pages_are_asked_for_by_first_and_last_record(self, aeries):
        aeries.students = [child(number) for number in range(1, 502)]
        aeries.records("FirstName")
        asked = [params for path, params in aeries.calls if path == "/schools/210/students"]
        assert asked == [
            {"StartingRecord": "1", "EndingRecord": "500"},
            {"StartingRecord": "501", "EndingRecord": "1000"},
            {"StartingRecord": "502", "EndingRecord": "1001"},
        ]

    def test_a_later_read_goes_on_after_a_bookmark(self, aeries):
        aeries.students = [child(number) for number in range(1, 601)]
        read = aeries.pages("FirstName")
        after = [raw for page in aeries.pages("FirstName", after=read[0].bookmark) for raw in page.records]
        assert after == [raw for page in read[1:] for raw in page.records]

    def test_the_district_itself_is_not_asked_for_students(self, aeries):
        aeries.students = [child(1)]
        aeries.records("FirstName")
        assert "/schools/0/students" not in aeries.counted()

    def test_nobody_is_an_empty_last_page(self, aeries):
        [page] = aeries.pages("FirstName")
        assert (list(page.records), page.last, page.total) == ([], True, 0)


class TestErrors:
    def refusal(self, aeries, *fields, **settings):
        with pytest.raises((NeedsAdmin, NotUnderstood)) as raised:
            aeries.records(*fields, **settings)
        return raised.value

    @pytest.mark.parametrize("status", [401, 403])
    def test_a_right_that_lacks_is_named_with_its_area(self, aeries, status):
        aeries.students = [child(1)]
        aeries.refuses_with = status
        aeries.lacking = {"Contacts"}
        error = self.refusal(aeries, "Contact.FirstName")
        assert (error.code, error.facts) == ("aeries-right", {"area": "Contacts", "right": "Read"})

    @pytest.mark.parametrize("status", [401, 403])
    def test_a_certificate_that_is_not_taken_is_no_question_of_rights(self, aeries, status):
        aeries.refuses_with = status
        aeries.certificate = "f" * 32
        assert self.refusal(aeries, "FirstName").code == "credentials-refused"

    def test_a_certificate_that_the_server_repeats_is_not_said(self, aeries):
        aeries.certificate = "f" * 32
        error = self.refusal(aeries, "FirstName")
        assert CERTIFICATE_WORD not in f"{error} {error!r} {error.detail} {error.facts}"

    def test_another_year_is_never_read_silently(self, aeries):
        aeries.students = [child(1)]
        error = self.refusal(aeries, "FirstName", database_year="2024")
        assert (error.code, error.facts) == (
            "aeries-year",
            {"asked": "2024", "opened": "2026-2027", "available": "2026-2027, 2025-2026"},
        )

    def test_the_year_asked_for_goes_with_every_request(self, aeries):
        aeries.earlier = [child(1)]
        assert len(aeries.records(database_year="2025-2026")) == 1
        assert {params.get("DatabaseYear") for _, params in aeries.calls} == {"2025"}

    @pytest.mark.parametrize(
        ("body", "kind", "code"),
        [
            ("<html>Sign in</html>", "text/html", "html-not-json"),
            ('<?xml version="1.0"?><ArrayOfSchool/>', "text/xml", "reply-not-understood"),
            ("[", "application/json", "reply-not-understood"),
        ],
    )
    def test_a_page_or_xml_in_place_of_data_stops_the_read(self, aeries, body, kind, code):
        import httpx2

        aeries.answers["/aeries/api/v5/schools"] = lambda _: httpx2.Response(
            200, text=body, headers={"content-type": kind}
        )
        assert self.refusal(aeries, "FirstName").code == code

    def test_another_address_is_told_from_an_empty_district(self, aeries):
        assert self.refusal(aeries, "FirstName", aeries_url="sis.example.org/admin").code == "aeries-address"


CERTIFICATE_WORD = "0123456789abcdef"
