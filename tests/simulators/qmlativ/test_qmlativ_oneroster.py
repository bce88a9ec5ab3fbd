"""Dossier 7: the OneRoster end points."""

from collections.abc import Callable
from typing import Any

import pytest
from qmlativ_client import Client

from yellowbus.simulators.district import District, Status
from yellowbus.simulators.district.families import GUARDIANS
from yellowbus.simulators.qmlativ import Options

ROOT = "/ims/oneroster"
SCOPE = "https://purl.imsglobal.org/spec/or/v1p1/scope/roster.readonly"


def listed(client: Client, path: str, **query: Any) -> list[Any]:
    (found,) = client.get(ROOT + path, **{"limit": 5000, **query}).values()
    return list(found)


def test_section_7_the_collection_is_the_key_of_its_page(client: Client) -> None:
    for name in ("orgs", "users", "students", "schools", "academicSessions", "demographics", "classes"):
        assert list(client.get(f"{ROOT}/v1p1/{name}", limit=1)) == [name]


@pytest.mark.parametrize(
    "path",
    [
        "/v1p1/nothing",
        "/v1p3/orgs",
        "/rostering/v1p2/orgs",
        "/v1p2/students",
        "/v1p2/schools",
        "/v1p1/scoreScales",
    ],
)
def test_section_7_what_a_version_does_not_have_is_404(client: Client, path: str) -> None:
    assert client.ask(ROOT + path).status_code == 404


def test_section_7_students_are_those_of_the_custom_api(client: Client, whole_district: District) -> None:
    rows = listed(client, "/v1p1/students")
    assert [(row["sourcedId"], row["identifier"], row["role"]) for row in rows] == [
        (f"Student_{s.id}", s.number, "student") for s in whole_district.students
    ]
    entities = {entity["sourcedId"]: entity for entity in listed(client, "/v1p1/schools")}
    for row, student in zip(rows, whole_district.students, strict=True):
        assert row["familyName"] == student.last
        if student.status is Status.ACTIVE:
            assert entities[row["orgs"][0]["sourcedId"]]["identifier"] == str(student.school.number)


def test_section_7_guardians_carry_agents_that_lead_to_students(
    client: Client, whole_district: District
) -> None:
    users = {row["sourcedId"]: row for row in listed(client, "/v1p1/users")}
    for student in whole_district.students:
        row = users[f"Student_{student.id}"]
        wanted = [f"Guardian_{t.contact.id}" for t in student.ties if t.relationship in GUARDIANS]
        assert [agent["sourcedId"] for agent in row["agents"]] == wanted
        for guardian in wanted:
            agents = [agent["sourcedId"] for agent in users[guardian]["agents"]]
            assert row["sourcedId"] in agents


def test_section_7_version_1_2_has_roles_and_a_primary_org(client: Client) -> None:
    old = listed(client, "/v1p1/users")[0]
    new = listed(client, "/v1p2/users")[0]
    assert {"role", "orgs"} <= old.keys()
    assert {"roles", "primaryOrg", "userProfiles", "preferredFirstName", "userMasterIdentifier"} <= new.keys()
    assert not {"role", "orgs"} & new.keys()
    assert new["roles"][0]["org"] == new["primaryOrg"] == old["orgs"][0]


def test_section_7_flags_are_text_in_1_1_and_booleans_in_1_2(client: Client) -> None:
    old, new = (listed(client, f"/{version}/demographics")[0] for version in ("v1p1", "v1p2"))
    assert (old["white"], new["white"], old["sex"]) == ("true", True, "male")
    assert old["sourcedId"] == listed(client, "/v1p1/students")[0]["sourcedId"]


def test_section_7_limit_and_offset(client: Client) -> None:
    whole = [row["sourcedId"] for row in listed(client, "/v1p1/students")]
    pages = [listed(client, "/v1p1/students", limit=250, offset=offset) for offset in (0, 250, 500, 750)]
    assert [len(page) for page in pages] == [250, 250, 100, 0]
    assert [row["sourcedId"] for page in pages for row in page] == whole
    assert len(client.get(f"{ROOT}/v1p1/students")["students"]) == 100
    assert client.ask(f"{ROOT}/v1p1/students", limit="many").status_code == 400


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("status='active'", lambda s: s.status is Status.ACTIVE),
        ("status!='active'", lambda s: s.status is not Status.ACTIVE),
        (
            "familyName~'an' AND status='active'",
            lambda s: "an" in s.last.lower() and s.status is Status.ACTIVE,
        ),
        ("identifier='200003' OR identifier='200006'", lambda s: s.number in {"200003", "200006"}),
    ],
)
def test_section_7_a_filter(
    client: Client, whole_district: District, text: str, holds: Callable[[Any], bool]
) -> None:
    rows = listed(client, "/v1p1/students", filter=text)
    assert [row["identifier"] for row in rows] == [s.number for s in whole_district.students if holds(s)]


def test_a_filter_that_is_none_is_refused(client: Client) -> None:
    assert client.ask(f"{ROOT}/v1p1/students", filter="status is active").status_code == 400


def test_one_by_its_sourced_id(client: Client) -> None:
    assert client.get(f"{ROOT}/v1p1/students/Student_4001")["student"]["identifier"] == "200003"
    assert client.ask(f"{ROOT}/v1p1/students/Student_1").status_code == 404


@pytest.mark.parametrize("status", [500, 401, 403])
def test_section_4_a_bad_token_surfaces_as_500_here(connect: Callable[..., Client], status: int) -> None:
    client = connect(Options(oneroster_expired_status=status))
    client.app.sis.tokens.revoke_all()
    assert client.ask(f"{ROOT}/v1p1/orgs").status_code == status
    assert client.ask("/Custom/GetSystemMetadata").status_code == 403


def test_section_7_switch_scopes_are_needed(connect: Callable[..., Client]) -> None:
    client = connect(Options(oneroster_scopes=True))
    assert client.ask(f"{ROOT}/v1p1/orgs").status_code == 403
    token = client.token(scope=f"{SCOPE} other").json()["access_token"]
    client.headers = {"Authorization": f"Bearer {token}"}
    paths = ("/v1p1/orgs", "/v1p1/demographics", "/v1p2/orgs")
    assert [client.ask(ROOT + path).status_code for path in paths] == [200, 403, 403]


def test_section_7_years_are_sessions_and_move_with_the_clone(
    connect: Callable[..., Client], district: District
) -> None:
    client = connect(district=district)
    assert [row["schoolYear"] for row in listed(client, "/v1p1/academicSessions")] == [
        *("2025", "2026", "2027", "2028")
    ]
    client.app.sis.clone_year((), move=True)
    assert listed(client, "/v1p1/academicSessions")[-1]["schoolYear"] == "2029"


def test_section_7_rosters_cannot_be_written(client: Client) -> None:
    reply = client.http.put(f"/JuniperFlatsAZStuAPI{ROOT}/v1p1/orgs/Entity_2", headers=client.headers)
    assert reply.status_code == 404
