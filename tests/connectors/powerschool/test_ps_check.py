"""What the connection check tells, and to whom (powerschool dossier 1.1, 5.5, 13.5, 14)."""

import httpx2
import pytest

YEAR = {"id": 1, "portion": 1, "start_date": "2026-08-03", "end_date": "2027-05-21", "start_year": 2026}

NEXT = {"id": 2, "portion": 1, "start_date": "2027-08-02", "end_date": "2028-05-26", "start_year": 2027}


@pytest.fixture
def district(vendor):
    vendor.schools = [
        {"id": 6, "name": "Cedar Ridge", "school_number": 310},
        {"id": 7, "name": "Aspen", "school_number": 20},
    ]
    vendor.terms = {"6": [YEAR, NEXT], "7": [YEAR, NEXT]}
    return vendor


def lines(vendor):
    return [(line.name, line.ok, line.warning, line.code) for line in vendor.open().check()]


GOOD = [
    ("Reached", True, False, ""),
    ("Signed in", True, False, ""),
    ("Rights", True, False, ""),
    ("Contacts", True, False, ""),
    ("Schools", True, False, ""),
    ("Years & Terms", True, False, ""),
    ("Years & Terms, next year", True, False, ""),
    ("Birth dates", True, False, ""),
    ("Writing", True, False, ""),
]


def failing(number, code, *, warning=False):
    """The lines up to the failing one; after a warning the check goes on."""
    name = GOOD[number][0]
    rest = GOOD[number + 1 :] if warning else []
    return [*GOOD[:number], (name, False, warning, code), *rest]


def test_where_all_is_well_every_line_says_so(district):
    assert lines(district) == GOOD


def test_the_lines_name_the_version_and_the_number_of_schools(district):
    says = {line.name: line.says for line in district.open().check()}
    assert says["Signed in"] == "The credentials are accepted. PowerSchool 25.12.0.0.1."
    assert says["Schools"] == "2 of 2 schools can be read."
    assert says["Years & Terms"] == "All 2 schools have 2026-2027 set up."


def test_a_server_that_is_not_there_is_unreachable(district):
    def gone(_):
        raise httpx2.ConnectError("refused")

    district.answers["/ws/v1/time"] = gone
    assert lines(district) == failing(0, "unreachable")


def test_maintenance_is_told_apart_from_a_wrong_address(district):
    district.answers["/ws/v1/time"] = lambda _: httpx2.Response(
        302, headers={"location": "https://m.example.com"}
    )
    assert lines(district) == failing(0, "maintenance")
    district.answers["/ws/v1/time"] = lambda _: httpx2.Response(200, html="<html>Welcome</html>")
    assert lines(district) == failing(0, "html-not-json")


def test_bad_credentials_end_the_check(district):
    district.answers["/oauth/access_token"] = lambda _: district.reply({"error": "invalid_client"}, 401)
    assert lines(district) == failing(1, "credentials-refused")


def test_a_missing_access_level_is_for_a_powerschool_administrator(district):
    body = {"errorMessage": {"message": "accessLevelV1Api must be READ"}}
    district.answers["/ws/v1/district/school/count"] = lambda _: district.reply(body, 401)
    assert lines(district) == failing(2, "powerschool-access-level")


def test_missing_grants_are_named_and_the_rest_still_checked(district):
    def refused(resource, *fields):
        errors = [{"code": "NoAccess", "field": field, "resource": resource} for field in fields]
        return lambda _: district.reply({"message": "lacks", "errors": errors}, 403)

    district.answers["/ws/schema/table/person"] = refused("Person", "Employer", "FirstName")
    district.answers["/ws/schema/table/codeset"] = refused("CodeSet", "Code")
    assert lines(district) == failing(3, "powerschool-grants", warning=True)
    says = [line for line in district.open().check() if line.name == "Contacts"]
    assert says[0].facts["missing"] == "Person.Employer, Person.FirstName, CodeSet.Code"


@pytest.mark.parametrize("status", [400, 403, 404, 405])
def test_a_table_without_a_named_column_is_named_itself(district, status):
    district.answers["/ws/schema/table/emailaddress"] = lambda _: httpx2.Response(status)
    (line,) = (line for line in district.open().check() if line.name == "Contacts")
    assert (line.warning, line.facts["missing"]) == (True, "emailaddress")


def test_a_district_without_schools_is_told(district):
    district.schools = []
    assert lines(district) == failing(4, "powerschool-no-schools")


def test_schools_without_terms_are_named_with_the_way_to_term_setup(district):
    from yellowbus.messages import MESSAGES

    district.terms["7"] = [NEXT]
    assert lines(district) == failing(5, "powerschool-terms-missing", warning=True)
    (line,) = (line for line in district.open().check() if line.name == "Years & Terms")
    assert line.says == (
        "1 of 2 schools have no Years & Terms for 2026-2027: Aspen."
        " Students can be read, but not sent to these schools."
    )
    assert "Start Page > School Setup > Years and Terms > Term Setup" in MESSAGES[line.code].remedy


def test_many_schools_without_terms_are_not_all_listed(district):
    district.schools = [{"id": n, "name": f"School {n}", "school_number": n} for n in range(1, 14)]
    district.terms = {}
    (line,) = (line for line in district.open().check() if line.name == "Years & Terms")
    assert line.facts["schools"].endswith("School 10 and 3 more")


def test_terms_are_asked_for_the_school_year_of_the_connection(district):
    list(district.open(school_year="2027").check())
    asked = [params["q"] for params in district.params("/ws/v1/school/6/term")]
    assert asked == ["start_year==2027", "start_year==2028"]


def test_schools_without_the_next_year_are_named_on_a_line_of_its_own(district):
    district.terms["7"] = [YEAR]
    assert lines(district) == failing(6, "powerschool-next-terms", warning=True)
    (line,) = (line for line in district.open().check() if line.name == "Years & Terms, next year")
    assert line.facts == {"lacking": 1, "all": 2, "year": "2027-2028", "schools": "Aspen"}


def test_a_missing_right_to_birth_dates_is_named(district):
    errors = [{"code": "NoAccess", "field": "dob", "resource": "Students"}]
    body = {"message": "lacks", "errors": errors}
    district.answers["/ws/schema/table/students"] = lambda _: district.reply(body, 403)
    assert lines(district) == failing(7, "powerschool-grants", warning=True)
    (line,) = (line for line in district.open().check() if line.name == "Birth dates")
    assert line.facts["missing"] == "Students.dob"


def test_the_check_writes_nothing_and_says_what_it_cannot_know(district):
    *_, last = district.open().check()
    assert last.says == (
        "Nothing was written. Whether the plugin may create and update students and contacts, only the first"
        " Send Record shows."
    )
    assert [path for path, _ in district.asked if path == "/ws/v1/student"] == []
