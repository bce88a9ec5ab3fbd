"""Schools, fields and codes (powerschool dossier 6, 7, 8, 13)."""

from datetime import date

import pytest

from yellowbus.connectors.powerschool.schools import school_year_of
from yellowbus.errors import RecordError

YEAR = {"id": 77, "portion": 1, "start_date": "2026-08-03", "end_date": "2027-05-21"}
FALL = {"id": 78, "portion": 2, "start_date": "2026-08-03", "end_date": "2026-12-18"}
SPRING = {"id": 79, "portion": 2, "start_date": "2027-01-04", "end_date": "2027-05-20"}
CEDAR = {
    "id": 6,
    "name": "Cedar Ridge",
    "school_number": 310,
    "addresses": {"physical": {"postal_code": 85201}},
}
ASPEN = {"id": 7, "name": "Aspen", "school_number": 20}


@pytest.fixture
def district(vendor):
    vendor.schools = [CEDAR, ASPEN]
    vendor.terms = {"6": [YEAR, FALL, SPRING]}
    return vendor


@pytest.mark.parametrize(
    ("day", "year"), [(date(2026, 6, 30), 2025), (date(2026, 7, 1), 2026), (date(2027, 1, 1), 2026)]
)
def test_a_school_year_begins_in_july(day, year):
    assert school_year_of(day) == year


def test_schools_come_in_the_order_of_their_numbers_with_what_they_lack(district):
    schools = district.open().schools()
    assert [(school.code, school.name, school.ready) for school in schools] == [
        ("20", "Aspen", False),
        ("310", "Cedar Ridge", True),
    ]
    assert schools[0].note.startswith("No Years & Terms for 2026-2027.")


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
def test_all_schools_are_read_whatever_the_size_of_a_page(vendor, count):
    vendor.page_size = 2
    vendor.schools = [{"id": n, "name": "S", "school_number": n} for n in range(count)]
    assert len(vendor.open().schools()) == count


def test_a_server_that_repeats_its_first_page_does_not_go_on_for_ever(district):
    district.page_size = 2
    path = "/ws/v1/district/school"
    district.answers[path] = lambda _: district.reply({"schools": {"school": [CEDAR, ASPEN]}})
    assert len(district.open().schools()) == 2


def test_a_school_is_read_with_the_days_of_its_year_term(district):
    cedar, aspen = district.records(kind="schools")
    assert cedar.values == {
        "id": "6",
        "name": "Cedar Ridge",
        "school_number": "310",
        "addresses.physical.postal_code": "85201",
        "terms.first_day": "2026-08-03",
        "terms.last_day": "2027-05-21",
        "terms.portions": "1,2",
    }
    assert (aspen.values["terms.first_day"], aspen.values["terms.portions"]) == (None, None)


def test_without_a_year_term_the_days_are_those_of_all_terms(district):
    district.terms = {"6": [FALL, SPRING]}
    cedar, _ = district.records(kind="schools")
    assert (cedar.values["terms.first_day"], cedar.values["terms.last_day"]) == ("2026-08-03", "2027-05-20")


def test_a_school_without_a_number_is_an_error_of_its_own(district):
    district.schools = [CEDAR, {"id": 9, "name": "Nameless"}]
    (page,) = district.read(kind="schools")
    with pytest.raises(RecordError) as raised:
        page.decode(page.records[1])
    assert raised.value.code == "record-without-id"


class TestFields:
    def names(self, district, kind):
        return [field.name for field in district.open().fields(kind)]

    def test_no_name_stands_twice(self, district):
        for kind in ("students", "schools"):
            names = self.names(district, kind)
            assert sorted(set(names)) == sorted(names)

    def test_contact_fields_are_marked(self, district):
        marked = {field.name for field in district.open().fields("students") if field.contact}
        assert {"contact.first_name", "contact.phone_mobile"} <= marked
        assert marked.isdisjoint({"contact.mother", "contact.emergency_phone1", "local_id"})

    def test_every_balance_of_lunch_has_a_field(self, district):
        names = [f.name for f in district.open().fields("students") if f.name.startswith("lunch.")]
        balances = [f"lunch.balance_{number}" for number in range(1, 5)]
        assert names == ["lunch.lunch_id", *balances]

    def test_a_field_names_its_codes_type_and_right(self, district):
        fields = {field.name: field for field in district.open().fields("students")}
        assert fields["demographics.birth_date"].type == "date"
        assert fields["school_enrollment.entry_code"].codes == "entry_code"
        assert fields["demographics.ssn"].needs_right == "Students.SSN"

    def test_extension_tables_are_asked_of_the_server(self, district):
        district.extensions = "U_Students,studentcorefields"
        columns = {"columns": [{"name": "StudentsDCID"}, {"name": "PreferredName"}, {"name": "whoCreated"}]}
        district.answers["/ws/schema/table/u_students/metadata"] = lambda _: district.reply(columns)
        district.answers["/ws/schema/table/studentcorefields/metadata"] = lambda _: district.reply(
            {"columns": {"name": "area"}}
        )
        found = [name for name in self.names(district, "students") if name.startswith("_extension")]
        assert found == ["_extension.u_students.preferredname", "_extension.studentcorefields.area"]

    def test_where_a_table_is_closed_the_fields_in_use_are_taken(self, district):
        district.extensions = "u_students"
        cells = [{"name": "b", "value": 1}, {"name": "a", "value": "x"}]
        data = {"_table_extension": {"name": "u_students", "_field": cells}}
        district.held(2, _extension_data=data)
        found = [name for name in self.names(district, "students") if name.startswith("_extension")]
        assert found == ["_extension.u_students.a", "_extension.u_students.b"]


class TestCodes:
    def codes(self, district, name):
        return [(code.value, code.label) for code in district.open().codes() if code.set == name]

    def test_the_district_tells_its_lists_one_or_many(self, district):
        district.district = {
            "entry_codes": {
                "entry_code": [
                    {"id": 1, "code": "E1", "description": "New"},
                    {"id": 2, "code": "01", "description": ""},
                ]
            },
            "exit_codes": {"exit_code": {"id": 3, "code": "W1", "description": "Moved"}},
            "district_race_codes": "",
        }
        assert self.codes(district, "entry_code") == [("E1", "New"), ("01", "01")]
        assert self.codes(district, "exit_code") == [("W1", "Moved")]
        assert self.codes(district, "race") == []

    def test_code_sets_come_page_by_page(self, district):
        district.page_size = 2
        rows = [
            {"codesetid": str(n), "codetype": "Relationship", "code": f"R{n}", "description": f"Relation {n}"}
            for n in range(5)
        ]
        district.tables = {"codeset": [*rows, {"codesetid": "9", "codetype": "Gender", "code": "F"}]}
        assert self.codes(district, "relationship") == [(f"R{n}", f"Relation {n}") for n in range(5)]
        assert self.codes(district, "contact_gender") == [("F", "F")]

    def test_a_table_not_granted_leaves_the_other_codes(self, district):
        district.tables = {"codeset": [{"codesetid": "1"}]}
        district.answers["/ws/schema/table/codeset"] = lambda _: district.reply({"errors": []}, 403)
        assert self.codes(district, "gender") == [("F", "Female"), ("M", "Male")]
        assert self.codes(district, "relationship") == []

    def test_fixed_codes_and_schools_are_there(self, district):
        assert ("0", "Kindergarten") in self.codes(district, "grade")
        assert self.codes(district, "school") == [("20", "Aspen"), ("310", "Cedar Ridge")]
        assert [value for value, _ in self.codes(district, "enroll_status")] == ["A", "P", "T", "G", "H", "I"]

    def test_every_code_set_that_a_field_names_exists(self, district):
        types = (
            "Relationship",
            "Prefix",
            "Suffix",
            "Gender",
            "Email",
            "Phone",
            "Address",
            "State",
            "Country",
        )
        district.tables = {
            "codeset": [{"codesetid": str(n), "codetype": name, "code": "x"} for n, name in enumerate(types)]
        }
        block = {"code": "x", "description": "y"}
        district.district = {
            "entry_codes": {"entry_code": block},
            "exit_codes": {"exit_code": block},
            "district_race_codes": {"district_race_code": block},
            "scheduling_reporting_ethnicities": {"scheduling_reporting_ethnicity": block},
            "districts_of_residence": {"district_of_residence": block},
        }
        connector = district.open()
        named = {field.codes for kind in ("students", "schools") for field in connector.fields(kind)} - {""}
        assert named - {code.set for code in connector.codes()} == set()


def test_the_manifest_is_what_the_registry_reads():
    from yellowbus.connectors.registry import manifest

    told = manifest("powerschool")
    assert (told.label, told.secrets) == ("PowerSchool", {"client_secret"})
    assert [box.name for box in told.credentials] == ["server_url", "client_id", "client_secret"]
    # Above 100 a second, or a page of 50 ms is not read 5 times as fast as one after the other.
    assert (told.in_flight, told.per_second) == (8, 150.0)
