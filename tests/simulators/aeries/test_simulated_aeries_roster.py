"""Aeries dossier 14: its OneRoster service."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from simulated_aeries_client import ROSTER, AeriesClient

from yellowbus.simulators.aeries import Options, Right, roster_options
from yellowbus.simulators.district import Status
from yellowbus.simulators.oneroster.clients import CORE, scope_uri
from yellowbus.simulators.oneroster.clients import ROSTER as ROSTER_SCOPE

Connect = Callable[..., AeriesClient]


def switched(**changes: Any) -> Options:
    return Options(oneroster=replace(roster_options(), **changes))


def rows(client: AeriesClient, path: str, key: str, **query: Any) -> list[dict[str, Any]]:
    reply = client.roster(path, **query)
    assert reply.status_code == 200, reply.text
    found: list[dict[str, Any]] = reply.json()[key]
    return found


def of_status(client: AeriesClient, status: Status) -> list[str]:
    return [f"STU_{int(s.number)}" for s in client.app.sis.district.of_status(status)]


# --- token ---


def test_section_14_2_a_token_lives_six_hours_and_says_its_scope(client: AeriesClient) -> None:
    body = client.token(scopes=(CORE, ROSTER_SCOPE)).json()
    assert list(body) == ["access_token", "token_type", "expires_in", "scope"]
    assert (len(body["access_token"]), body["token_type"], body["expires_in"]) == (32, "bearer", 21_600)
    assert body["scope"].split() == [scope_uri(CORE, "1.1"), scope_uri(ROSTER_SCOPE, "1.1")]


def test_section_14_2_without_a_scope_there_is_no_token(client: AeriesClient) -> None:
    reply = client.token(scope="")
    assert (reply.status_code, reply.json()) == (400, {"error": "invalid_scope"})


def test_section_14_2_switch_basic_alone_with_an_empty_body(connect: Connect) -> None:
    client = connect(switched(scope_required=False))
    assert client.roster_product.client is not None
    auth = (client.roster_product.client.id, client.roster_product.client.secret)
    assert client.http.post("/aeries/token", auth=auth).status_code == 200


@pytest.mark.parametrize(
    ("slash", "plain", "slashed"), [(None, 200, 200), (True, 400, 200), (False, 200, 400)]
)
def test_section_14_1_switch_the_slash_behind_token(
    connect: Connect, slash: bool | None, plain: int, slashed: int
) -> None:
    client = connect(switched(token_slash=slash))
    replies = [client.token(path) for path in ("/token", "/token/")]
    assert [reply.status_code for reply in replies] == [plain, slashed]
    assert {reply.text for reply in replies if reply.status_code == 400} <= {""}


def test_section_14_1_the_service_may_stand_at_another_root(connect: Connect) -> None:
    client = connect(Options(root="/aeries", oneroster=roster_options("/admin")))
    assert client.get("/systeminfo")["DatabaseYear"] == "2026-2027"
    client.root = "/admin"
    assert client.roster("/orgs").status_code == 200


@pytest.mark.parametrize(("sticky", "without"), [(False, 200), (True, 401)])
def test_section_14_2_switch_the_cookies_of_the_token_must_come_back(
    connect: Connect, sticky: bool, without: int
) -> None:
    client = connect(Options(sticky_cookies=sticky))
    token = client.token()
    assert sorted(token.cookies) == ["ARRAffinity", "ASP.NET_SessionId"]
    assert client.roster("/orgs").status_code == 200
    client.http.cookies.clear()
    headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
    reply = client.http.get(f"/aeries{ROSTER}/orgs", headers=headers)
    assert reply.status_code == without


def test_section_14_1_signatures_and_version_1_2_are_not_known(client: AeriesClient) -> None:
    headers = {"Authorization": 'OAuth oauth_consumer_key="a"'}
    assert client.http.get(f"/aeries{ROSTER}/orgs", headers=headers).status_code == 401
    assert client.http.get("/aeries/ims/oneroster/rostering/v1p2/orgs").status_code == 404


# --- rights ---


@pytest.mark.parametrize(
    ("area", "paths"),
    [
        ("Student Data", ["/students", "/demographics", "/users"]),
        ("Schools", ["/orgs", "/schools"]),
        ("Terms", ["/academicSessions", "/terms", "/gradingPeriods"]),
        ("Master Schedule", ["/classes"]),
        ("Classes", ["/enrollments"]),
        ("Teacher Data", ["/teachers"]),
        ("Course Data", ["/courses"]),
    ],
)
def test_section_14_3_each_resource_reads_its_area(connect: Connect, area: str, paths: list[str]) -> None:
    for status in (401, 403):
        client = connect(Options(missing_right=status))
        client.roster_product.grant(area, Right.UPDATE)
        assert [client.roster(path).status_code for path in paths] == [status] * len(paths)
        client.roster_product.grant(area, Right.READ)
        assert [client.roster(path).status_code for path in paths] == [200] * len(paths)


def test_section_2_a_product_that_is_off_gets_no_token(client: AeriesClient) -> None:
    client.roster_product.enable(on=False)
    assert client.token().status_code == 401


# --- who is seen ---


def test_section_14_5_only_students_with_a_current_class_are_seen(client: AeriesClient) -> None:
    found = [row["sourcedId"] for row in rows(client, "/students", "users")]
    assert found == of_status(client, Status.ACTIVE)


def test_section_14_6_a_student_who_is_not_seen_may_well_have_a_record(client: AeriesClient) -> None:
    for status in (Status.PRE_REGISTERED, Status.TRANSFERRED, Status.GRADUATED):
        hidden = of_status(client, status)[0]
        assert client.roster(f"/students/{hidden}").status_code == 404
        assert client.get(f"/schools/0/students/{hidden.removeprefix('STU_')}") != []
    seen = of_status(client, Status.ACTIVE)[0]
    assert client.roster(f"/students/{seen}").json()["user"]["status"] == "active"


def test_section_14_5_switch_the_rule_of_visibility_off(connect: Connect) -> None:
    client = connect(switched(only_with_class=False))
    coming = of_status(client, Status.PRE_REGISTERED)[0]
    assert client.roster(f"/students/{coming}").status_code == 200


def test_section_14_6_a_student_is_found_by_name_and_told_by_birth_date(client: AeriesClient) -> None:
    student = client.app.sis.district.of_status(Status.ACTIVE)[0]
    last, first = (name.replace("'", "''") for name in (student.last, student.first))
    wanted = f"familyName='{last}' AND givenName='{first}'"
    found = rows(client, "/students", "users", filter=wanted, fields="sourcedId")
    assert {"sourcedId": f"STU_{int(student.number)}"} in found
    told = client.roster(f"/demographics/STU_{int(student.number)}").json()["demographics"]
    assert told["birthDate"] == student.birth.isoformat()


# --- ids and shapes ---


def test_section_14_4_ids_are_made_of_tables(client: AeriesClient) -> None:
    assert [row["sourcedId"] for row in rows(client, "/orgs", "orgs", limit=2)] == ["0", "101"]
    codes = [row["sourcedId"] for row in rows(client, "/schools/701/terms", "academicSessions")]
    assert codes == ["701_F", "701_S"]
    assert (
        client.roster("/academicSessions/701_F").json()["academicSession"]["parent"]["sourcedId"] == "701_Y"
    )
    assert rows(client, "/schools/101/classes", "classes")[0]["sourcedId"] == "101_TN_1"
    high = rows(client, "/schools/701/classes", "classes")[0]
    assert high["sourcedId"] == "701_1000"
    one = rows(client, "/schools/701/classes/701_1000/enrollments", "enrollments")
    assert [row["sourcedId"] for row in one][:1] == ["701_TCH_7011000_1000"]
    assert {row["sourcedId"] for row in one[1:]} == {
        f"701_{row['user']['sourcedId']}_1000" for row in one[1:]
    }
    course = client.roster("/courses/TCH_1011000").json()["course"]
    assert course["org"]["sourcedId"] == "0"


def test_section_14_4_parents_are_users_with_a_portal_account(client: AeriesClient) -> None:
    parents = [row for row in rows(client, "/users", "users") if row["sourcedId"].startswith("PAT_")]
    people = {contact.id: contact for contact in client.app.sis.district.contacts()}
    assert parents
    for row in parents:
        number = int(row["sourcedId"].removeprefix("PAT_"))
        assert row["identifier"] == f"0_PAT_{number}"
        assert row["email"] == people[number].emails[0].address
        assert {agent["sourcedId"][:4] for agent in row["agents"]} == {"STU_"}


def test_section_14_4_values_are_written_as_recorded(client: AeriesClient) -> None:
    student = client.app.sis.district.of_status(Status.ACTIVE)[0]
    row = client.roster(f"/students/STU_{int(student.number)}").json()["user"]
    code = str(student.school.number)
    assert row["orgs"] == [{"href": f"~/ims/oneroster/v1p1/orgs/{code}", "sourcedId": code, "type": "org"}]
    assert (row["enabledUser"], row["metadata"], row["userIds"], row["sms"], row["agents"]) == (
        "true",
        None,
        None,
        None,
        [],
    )
    assert row["username"] == row["email"] == student.email
    assert row["dateLastModified"].endswith(".000Z")
    grades = {grade for each in rows(client, "/students", "users") for grade in each["grades"]}
    assert grades == {"PK", "KG", *(f"{grade:02d}" for grade in range(1, 13))}


def test_section_14_4_a_school_year_is_its_ending_year(client: AeriesClient) -> None:
    assert {row["schoolYear"] for row in rows(client, "/academicSessions", "academicSessions")} == {"2027"}


def test_oneroster_1_3_singles_are_named_after_their_path(client: AeriesClient) -> None:
    paths = {"/schools/701": "school", "/orgs/701": "org", "/terms/701_F": "term"}
    assert {path: list(client.roster(path).json()) for path in paths} == {
        path: [key] for path, key in paths.items()
    }


def test_section_14_3_resources_that_aeries_lacks(client: AeriesClient) -> None:
    assert client.roster("/schools/701/courses").status_code == 404
    assert client.roster("/resources").status_code == 404


def test_section_14_5_without_a_limit_everybody_comes(client: AeriesClient) -> None:
    assert len(rows(client, "/students", "users")) == len(of_status(client, Status.ACTIVE))
    assert len(rows(client, "/students", "users", limit=7, offset=3)) == 7
