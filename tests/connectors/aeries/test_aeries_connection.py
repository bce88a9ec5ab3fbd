"""Opening, checking, finding, schools, codes and changes (aeries dossier 2, 5, 6.2, 12.1, 14)."""

import json
from datetime import UTC, datetime
from importlib import resources

import httpx2
import pytest
from aeries_server import CERTIFICATE, child, contact, school

from protocols.oneroster_provider import ID, SECRET
from yellowbus.catalog import catalog
from yellowbus.connectors.aeries.check import WRITING
from yellowbus.connectors.base import Code, School
from yellowbus.connectors.registry import Credential
from yellowbus.errors import NeedsAdmin, RecordError
from yellowbus.mapping.check import check_mapping
from yellowbus.mapping.document import from_document

VISIBLE = {"sourcedId": "STU_70000001", "status": "active"}
GOOD = [
    ("Reached", True, False, ""),
    ("Certificate", True, False, ""),
    ("Student Data", True, False, ""),
    ("Contacts", True, False, ""),
    ("Student Programs", True, False, ""),
    ("Insert and Update", True, False, ""),
    ("OneRoster signed in", True, False, ""),
    ("OneRoster students", True, False, ""),
    ("OneRoster demographics", True, False, ""),
]


@pytest.fixture
def district(aeries):
    aeries.students = [child(1, SchoolCode=310)]
    aeries.lists["students"] = [VISIBLE]
    return aeries


def lines(aeries, **settings):
    return [(line.name, line.ok, line.warning, line.code) for line in aeries.open(**settings).check()]


def replaced(*others):
    """GOOD with the lines of the same name put in."""
    by_name = {line[0]: line for line in others}
    return [by_name.get(line[0], line) for line in GOOD]


class TestCheck:
    def test_where_all_is_well_every_line_of_both_apis_says_so(self, district):
        assert lines(district) == GOOD

    def test_it_names_the_version_the_year_and_the_schools(self, district):
        says = {line.name: line.says for line in district.open().check()}
        assert says["Reached"] == "sis.example.org answers: Aeries 9.25.1.1, database year 2026-2027."
        assert says["Certificate"] == "The certificate is accepted. 2 schools can be read."

    def test_it_says_that_writing_cannot_be_proved_by_reading(self, district):
        says = {line.name: line.says for line in district.open().check()}
        assert says["Insert and Update"] == WRITING
        assert "only the first Send Record shows" in WRITING

    def test_every_right_that_lacks_is_named_and_where_to_grant_it(self, district):
        district.lacking = {"Student Data", "Contacts", "Student Programs"}
        assert lines(district) == replaced(
            ("Student Data", False, False, "aeries-right"),
            ("Contacts", False, False, "aeries-right"),
            ("Student Programs", False, True, "aeries-right"),
        )
        error = NeedsAdmin("aeries-right", area="Contacts", right="Read")
        assert error.remedy == (
            "In Aeries open API Security, choose the product of this connection and select Read for Contacts."
        )

    def test_a_refused_certificate_leaves_oneroster_to_be_tested(self, district):
        district.certificate = "f" * 32
        assert lines(district) == [GOOD[0], ("Certificate", False, False, "credentials-refused"), *GOOD[6:]]

    def test_a_swapped_key_and_secret_leave_the_standard_api_tested(self, district):
        assert lines(district, consumer_id=SECRET, consumer_secret=ID) == [
            *GOOD[:6],
            ("OneRoster signed in", False, False, "credentials-refused"),
        ]

    def test_a_year_that_aeries_does_not_open_is_said(self, district):
        assert lines(district, database_year="2019")[0] == ("Reached", False, False, "aeries-year")

    def test_a_sign_in_page_with_status_200_is_told_from_aeries(self, district):
        district.answers["/aeries/api/v5/systeminfo"] = lambda _: httpx2.Response(
            200, html="<html>Sign in</html>"
        )
        assert lines(district)[0] == ("Reached", False, False, "html-not-json")

    def test_nobody_in_oneroster_is_a_warning(self, district):
        district.lists["students"] = []
        assert lines(district) == replaced(("OneRoster students", False, True, "oneroster-no-students"))

    @pytest.mark.parametrize("sourced_id", ["70000001", "STU_abc", "PAT_7"])
    def test_ids_of_another_make_are_a_warning(self, district, sourced_id):
        district.lists["students"] = [VISIBLE | {"sourcedId": sourced_id}]
        assert lines(district) == replaced(("OneRoster students", False, True, "aeries-sourced-id"))

    def test_a_prefix_of_the_districts_own_can_be_entered(self, district):
        district.lists["students"] = [VISIBLE | {"sourcedId": "S-70000001"}]
        assert lines(district, student_prefix="S-") == GOOD

    def test_a_district_without_a_school_is_said(self, district):
        district.schools = [school(0)]
        assert lines(district)[1] == ("Certificate", False, False, "aeries-no-schools")


class TestOpening:
    @pytest.mark.parametrize(
        "typed",
        [
            "sis.example.org/aeries",
            "https://sis.example.org/aeries/",
            "https://sis.example.org/aeries/Login.aspx",
            "https://sis.example.org/aeries/api/v5/",
            "https://sis.example.org/aeries/api",
        ],
    )
    def test_the_url_is_taken_as_people_copy_it(self, district, typed):
        assert len(district.records("FirstName", aeries_url=typed)) == 1

    @pytest.mark.parametrize("path", ["", "/", "/ims/oneroster/v1p1", "/ims/oneroster/v1p1/"])
    def test_the_oneroster_url_is_taken_with_and_without_path(self, district, path):
        assert lines(district, oneroster_url=f"https://sis.example.org/aeries{path}")[6:] == GOOD[6:]

    @pytest.mark.parametrize("certificate", [CERTIFICATE[:-1], CERTIFICATE + "0", CERTIFICATE[:-1] + "-", ""])
    def test_a_certificate_that_lost_a_character_is_noticed_before_anything_is_sent(
        self, district, certificate
    ):
        with pytest.raises(NeedsAdmin) as raised:
            district.open(certificate=certificate)
        assert (raised.value.code, raised.value.facts) == (
            "aeries-certificate-form",
            {"length": len(certificate)},
        )
        assert district.calls == []

    def test_blanks_around_a_certificate_do_not_count(self, district):
        assert len(district.records("FirstName", certificate=f" {CERTIFICATE}\n")) == 1

    @pytest.mark.parametrize("year", ["26", "next", "2026/27"])
    def test_what_is_no_year_is_said(self, district, year):
        with pytest.raises(NeedsAdmin) as raised:
            district.open(database_year=year)
        assert (raised.value.code, raised.value.facts["value"]) == ("setting-not-understood", year)

    def test_a_token_address_with_a_slash_is_found(self, district):
        district.answers["/aeries/token"] = lambda _: httpx2.Response(400)
        district.token_path = "/aeries/token/"
        assert lines(district)[6] == GOOD[6]


class TestFind:
    FIELDS = frozenset({"FirstName", "SchoolCode", "Contact.FirstName", "Extended.BirthCity", "Programs.All"})

    @pytest.mark.parametrize("scope", ["school", "all"])
    def test_whom_one_finds_is_whom_one_reads(self, aeries, scope):
        aeries.by_id_scope = scope
        aeries.students = [
            child(1, InactiveStatusCode="N"),
            child(1, SchoolCode=310, StudentNumber=9),
            child(2),
        ]
        aeries.contacts = [contact(1, 2), contact(1, 1), contact(2, 1)]
        aeries.extended = [
            {"StudentID": 70_000_001, "SchoolCode": 310, "StudentNumber": 9, "BirthCity": "Aspen"}
        ]
        aeries.programs = [{"StudentID": 70_000_001, "ProgramCode": "144"}]
        [read] = [
            one for one in aeries.records(*self.FIELDS, "StudentID") if one.values["StudentID"] == "70000001"
        ]
        found = aeries.open().find("70000001", self.FIELDS | {"StudentID"})
        assert (found.values, list(found.contacts)) == (read.values, list(read.contacts))
        assert found.values["SchoolCode"] == "310"

    @pytest.mark.parametrize("key", ["", "*", "no id", "0", "99999999", "70000001/extended", "\u0667"])
    def test_nobody_is_none(self, aeries, key):
        aeries.students = [child(1)]
        assert aeries.open().find(key) is None

    def test_of_two_children_with_one_id_none_is_chosen(self, aeries):
        aeries.students = [child(1), child(1, SchoolCode=310, Birthdate="2016-01-01T00:00:00")]
        with pytest.raises(RecordError) as raised:
            aeries.open().find("70000001")
        assert raised.value.code == "id-repeated"


class TestSchools:
    def test_they_come_without_the_district_and_say_who_is_closed(self, aeries):
        aeries.schools = [school(310), school(0), school(210, InactiveStatusCode="I")]
        assert aeries.open().schools() == [
            School("210", "School 210", ready=False, note="Closed in Aeries."),
            School("310", "School 310"),
        ]

    def test_one_object_is_a_list_of_one(self, aeries):
        aeries.schools = school(210)
        assert [found.code for found in aeries.open().schools()] == ["210"]

    def test_a_record_has_the_days_of_its_terms(self, aeries):
        terms = [
            {"TermCode": "F", "StartDate": "2026-08-12T00:00:00", "EndDate": "2026-12-18T00:00:00"},
            {"TermCode": "S", "StartDate": "2027-01-11T00:00:00", "EndDate": "2027-05-28T00:00:00"},
        ]
        aeries.schools = [school(210, Terms=terms, LowGradeLevel=-2, HighGradeLevel=0)]
        told = {name: value for name, value in aeries.one(kind="schools").values.items() if value is not None}
        assert told == {
            "SchoolCode": "210",
            "Name": "School 210",
            "LowGradeLevel": "-2",
            "HighGradeLevel": "0",
            "Terms.FirstDay": "2026-08-12",
            "Terms.LastDay": "2027-05-28",
        }


class TestCodes:
    def codes(self, aeries, name):
        return [code for code in aeries.open().codes() if code.set == name]

    def test_a_set_is_read_once_each_with_its_label(self, aeries):
        aeries.codes["contact/relationshiptostudent"] = [
            {"Code": "11", "Description": "Father"},
            {"Code": "11", "Description": "Father again"},
            {"Code": "13 ", "Description": ""},
            {"Code": "", "Description": "Blank"},
        ]
        assert self.codes(aeries, "relationship") == [
            Code("relationship", "11", "Father"),
            Code("relationship", "13", "13"),
        ]

    def test_a_grade_is_the_number_that_students_carry(self, aeries):
        aeries.codes["student/grade"] = [{"Code": "K", "Description": "Kindergarten", "AeriesCode": "0"}]
        assert self.codes(aeries, "grade") == [Code("grade", "0", "Kindergarten")]

    def test_schools_and_statuses_are_codes_too(self, aeries):
        assert self.codes(aeries, "school") == [
            Code("school", "210", "School 210"),
            Code("school", "310", "School 310"),
        ]
        assert [code.value for code in self.codes(aeries, "status")] == ["active", "pre-enrolled", "inactive"]

    def test_a_set_that_the_district_does_not_have_is_empty(self, aeries):
        assert self.codes(aeries, "race") == []


class TestChanges:
    def test_who_changed_is_asked_by_the_clock_of_the_server_with_an_overlap(self, aeries):
        when = "2026-11-03-07-45"
        aeries.changes = {
            ("student", when): [{"StudentID": 70_000_001, "SchoolCode": 210, "StudentNumber": 1}],
            ("contact", when): [{"StudentID": 70_000_002}, {"StudentID": 70_000_001}],
            ("program", when): [{"StudentID": 0}],
        }
        since = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)
        assert aeries.open().changed(since) == {"70000001", "70000002"}

    def test_a_server_without_a_time_is_asked_in_the_zone_of_the_caller(self, aeries):
        aeries.info["CurrentDateTime"] = "soon"
        aeries.changes = {("student", "2026-11-03-15-45"): [{"StudentID": 70_000_001}]}
        assert aeries.open().changed(datetime(2026, 11, 3, 16, 0, tzinfo=UTC)) == {"70000001"}


@pytest.mark.parametrize("kind", ["students", "schools"])
def test_the_ready_mapping_can_be_used_as_it_is(aeries, kind):
    file = resources.files("yellowbus.connectors.aeries").joinpath("ready", f"{kind}.json")
    mapping = from_document(json.loads(file.read_text("utf-8")))
    known = {field.name for field in aeries.open().fields(kind)}
    assert check_mapping(mapping, catalog(kind), known) == []


def test_the_card_asks_for_what_the_article_names():
    import tomllib

    told = tomllib.loads(
        resources.files("yellowbus.connectors.aeries").joinpath("manifest.toml").read_text("utf-8")
    )
    boxes = [Credential(**box) for box in told["credentials"]]
    assert [(box.label, box.secret, box.required) for box in boxes] == [
        ("Aeries URL", False, True),
        ("Certificate", True, True),
        ("OneRoster URL", False, True),
        ("Consumer ID", False, True),
        ("Consumer Secret", True, True),
        ("Database year", False, False),
        ("Student id prefix", False, False),
    ]
