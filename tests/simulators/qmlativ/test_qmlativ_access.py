"""Dossier 3.1 and 3.2: Integration Access, by hooks and on the administrator's pages."""

import base64
import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from qmlativ_client import HOST, Client

from yellowbus.simulators.district import District
from yellowbus.simulators.qmlativ import BASE, UI, Qmlativ

INTEGRATION = f"{UI}/api/integration"
FORM = {
    "name": "Yellowbus",
    "key": "district-key",
    "authentication_type": "Any",
    "active": "on",
    "effective": "2026-07-01",
    "expiration": "2027-06-30",
    "entities": ["all"],
}


@pytest.fixture
def http(district: District) -> httpx2.Client:
    """A browser or a test in another process, before anything is set up."""
    app = Qmlativ(district, clock=lambda: 1_789_000_000.0)
    return httpx2.Client(transport=httpx2.WSGITransport(app=app), base_url=HOST)


def sign_in(http: httpx2.Client, key: str, secret: str) -> int:
    pair = base64.b64encode(f"{quote(key, safe='')}:{quote(secret, safe='')}".encode()).decode()
    headers = {"Authorization": f"Basic {pair}"}
    form = {"grant_type": "client_credentials"}
    return http.post(f"{BASE}/oauth/token", headers=headers, data=form).status_code


# --- hooks ---


def test_an_access_is_added_and_its_secret_told_once(http: httpx2.Client) -> None:
    made = http.post("/simulator/accesses", json={"name": "Yellowbus", "expiration": "2027-06-30"}).json()
    assert sign_in(http, made["key"], made["secret"]) == 200
    shown = http.get(f"/simulator/accesses/{made['id']}").json()
    assert shown == {
        "id": 31,
        "name": "Yellowbus",
        "key": made["key"],
        "effective": "2026-09-09",
        "description": "",
        "authentication_type": "Any",
        "active": True,
        "expiration": "2027-06-30",
        "entities": None,
    }
    assert http.get("/simulator/accesses").json() == {"accesses": [shown]}


def test_section_4_keys_and_secrets_hold_characters_that_need_encoding(http: httpx2.Client) -> None:
    made = http.post("/simulator/accesses", json={"name": "Yellowbus"}).json()
    assert all(quote(made[name], safe="") != made[name] for name in ("key", "secret"))


def test_a_new_secret_is_generated(http: httpx2.Client) -> None:
    made = http.post("/simulator/accesses", json={"name": "Yellowbus"}).json()
    new = http.post(f"/simulator/accesses/{made['id']}/secret").json()
    assert [sign_in(http, made["key"], body["secret"]) for body in (made, new)] == [401, 200]


@pytest.mark.parametrize(
    "change", [{"active": False}, {"expiration": "2026-09-01"}, {"effective": "2026-12-01"}, {"key": "other"}]
)
def test_a_changed_access_lets_nobody_in(http: httpx2.Client, change: dict[str, Any]) -> None:
    made = http.post("/simulator/accesses", json={"name": "Yellowbus", "effective": "2026-07-01"}).json()
    assert sign_in(http, made["key"], made["secret"]) == 200
    assert http.patch(f"/simulator/accesses/{made['id']}", json=change).status_code == 200
    assert sign_in(http, made["key"], made["secret"]) == 401


def test_a_removed_access_lets_nobody_in(http: httpx2.Client) -> None:
    made = http.post("/simulator/accesses", json={"name": "Yellowbus"}).json()
    assert http.delete(f"/simulator/accesses/{made['id']}").json() == {"accesses": []}
    assert sign_in(http, made["key"], made["secret"]) == 401
    assert http.get(f"/simulator/accesses/{made['id']}").status_code == 404


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({}, "Name is required."),
        ({"name": "B", "key": "taken"}, "Key must be unique."),
        ({"name": "B", "effective": "2026-09-01", "expiration": "2026-08-01"}, "Expiration Date must not"),
        ({"name": "B", "entities": [999]}, "There is no entity 999."),
        ({"name": "B", "colour": "red"}, "An access has no colour."),
        ({"name": "B", "authentication_type": "OAuth 1"}, "OAuth 1"),
        ({"name": "B", "effective": "tomorrow"}, "isoformat"),
        ({"name": "B", "active": "perhaps"}, "bool"),
    ],
)
def test_an_access_that_cannot_be_is_refused(http: httpx2.Client, document: Any, says: str) -> None:
    assert http.post("/simulator/accesses", json={"name": "A", "key": "taken"}).status_code == 200
    reply = http.post("/simulator/accesses", json=document)
    assert reply.status_code == 400
    assert says in reply.json()["message"]


def test_an_unknown_step_is_refused(http: httpx2.Client) -> None:
    made = http.post("/simulator/accesses", json={"name": "Yellowbus"}).json()
    assert http.post(f"/simulator/accesses/{made['id']}/explode").status_code == 400


def test_the_permission_file_is_handed_out_loaded_and_withdrawn_from(client: Client) -> None:
    whole = client.http.get("/simulator/permissions")
    assert whole.headers["content-type"].startswith("application/xml")
    counts = client.http.post("/simulator/permissions", content=whole.content).json()
    gone = {"object": "Student/Student", "field": "Grade"}
    left = client.http.post("/simulator/permissions/withdraw", json=gone).json()
    assert (left["objects"], left["fields"]) == (counts["objects"], counts["fields"] - 1)
    assert client.ask("/Custom/2/Student/Student/1/5", "Grade").status_code == 403
    fewer = client.http.post("/simulator/permissions/withdraw", json={"object": "Student/Student"}).json()
    assert fewer["objects"] == counts["objects"] - 1
    assert client.http.delete("/simulator/permissions").json() == counts
    assert client.ask("/Custom/2/Student/Student/1/5", "Grade").status_code == 200


@pytest.mark.parametrize("field", ["Grade", "Nothing"])
def test_only_what_is_granted_can_be_withdrawn(client: Client, field: str) -> None:
    document = {"object": "Student/Nobody", "field": field}
    assert client.http.post("/simulator/permissions/withdraw", json=document).status_code == 400


def test_a_permission_file_that_is_none_is_refused(http: httpx2.Client) -> None:
    assert http.post("/simulator/permissions", content=b"<Other/>").status_code == 400


def test_the_integration_is_shown_and_its_flags_turned(http: httpx2.Client) -> None:
    before = http.get("/simulator/integration").json()
    assert (before["development_permissions"], before["can_generate_secret"]) == (False, True)
    changed = http.patch("/simulator/integration", json={"development_permissions": True}).json()
    assert changed == before | {"development_permissions": True}
    assert http.patch("/simulator/integration", json={"vendor": "x"}).status_code == 400
    assert http.patch("/simulator/integration", json={"can_generate_secret": 1}).status_code == 400


def test_the_year_is_cloned_by_a_hook(connect: Callable[..., Client], district: District) -> None:
    client = connect(district=district)
    before = client.http.get("/simulator/years").json()
    assert before["ids"] == {"2024": 11, "2025": 12, "2026": 13, "2027": 14, "2028": 15}
    after = client.http.post("/simulator/clone-year", json={}).json()
    assert (before["current"], after["current"]) == (2026, 2027)
    assert {school["set_up"][-1] for school in after["schools"].values()} == {2028}
    assert client.http.post("/simulator/clone-year", json={"closing": ["x"]}).status_code == 400


def test_switches_are_turned_while_the_server_runs(client: Client) -> None:
    before = client.http.get("/simulator/options").json()
    changed = {
        "next_at_end": "itself",
        "token_styles": ["body-post"],
        "required_parameters": {"Student/Student": ["AsOfDate"]},
        "max_page_size": 3,
    }
    after = client.http.patch("/simulator/options", json=changed).json()
    assert after == before | changed
    assert client.token().status_code == 401
    assert client.ask("/Custom/2/Student/Student/1/5").status_code == 400
    page = client.get("/Custom/2/Demographics/Name/1/5")
    assert len(page["Objects"]) == 3
    assert client.http.patch("/simulator/options", json={"next_at_end": "never"}).status_code == 400


def test_hooks_stand_under_the_base_too(client: Client) -> None:
    reply = client.http.get(f"{BASE}/simulator/district")
    assert reply.json()["students"] == 600


def test_tokens_are_revoked_by_a_hook(client: Client) -> None:
    assert client.http.delete("/simulator/tokens").json()["revoked"] >= 1
    assert client.ask("/Custom/GetSystemMetadata").status_code == 403


def test_what_the_sis_holds_can_be_inspected(client: Client, whole_district: District) -> None:
    student = whole_district.students[0]
    body = client.http.get(f"/simulator/students/{student.number}").json()
    assert (body["student_id"], body["name_id"], body["last"]) == (
        student.id,
        student.person_id,
        student.last,
    )
    assert [contact["priority"] for contact in body["contacts"]] == [tie.priority for tie in student.ties]
    assert len(client.http.get("/simulator/students").json()["numbers"]) == 600
    assert client.http.get("/simulator/students/0").status_code == 404


def test_the_log_counts_by_path_pattern_and_keeps_no_values(client: Client) -> None:
    client.http.delete("/simulator/log")
    client.ask("/Custom/2/Student/Student/4001", "StudentID")
    client.ask("/generic/2/student/student/4002")
    client.search("/Custom/2/Demographics/Name/1/5", body={"SearchSort": [{"FieldName": "LastName"}]})
    client.ask("/ims/oneroster/v1p1/students/Student_4001")
    client.ask("/ims/oneroster/v1p1/students")
    client.ask("/nowhere/4001")
    body = client.http.get("/simulator/log").json()
    assert body["counts"] == {
        "GET (unknown)": 1,
        "GET /Custom/{entity}/Student/Student/{id}": 1,
        "GET /Generic/{entity}/Student/Student/{id}": 1,
        "GET /ims/oneroster/v1p1/students": 1,
        "GET /ims/oneroster/v1p1/students/{id}": 1,
        "POST /Custom/{entity}/Demographics/Name/{page}/{size}": 1,
    }
    assert "4001" not in str(body)


def test_section_5_2_every_call_is_a_row_of_usage(client: Client) -> None:
    client.http.delete("/simulator/usage")
    client.ask("/Custom/2/Student/Student/1/5", SchoolYearID=12)
    client.ask("/ims/oneroster/v1p2/orgs")
    assert client.http.get("/simulator/usage").json()["usage"] == [
        {
            "api": "Custom",
            "method": "GET",
            "url": "/Custom/{entity}/Student/Student/{page}/{size}",
            "status": 200,
            "entity": "2",
            "school_year": "12",
        },
        {
            "api": "OneRoster",
            "method": "GET",
            "url": "/ims/oneroster/v1p2/orgs",
            "status": 200,
            "entity": "",
            "school_year": "",
        },
    ]


# --- the pages ---


def links(page: str) -> list[str]:
    return re.findall(r'href="([^"]+)"', page)


def told(page: str) -> list[str]:
    return [unescape(text) for text in re.findall("<code>(.*?)</code>", page)]


def test_section_3_1_a_person_walks_to_key_and_secret(http: httpx2.Client) -> None:
    assert links(http.get(f"{UI}/Session/Signin").text) == [INTEGRATION]
    listed = http.get(INTEGRATION).text
    for column in ("Vendor Name", "Product Name", "Has Development Permissions", "Can Generate Secret"):
        assert f"<th>{column}</th>" in listed
    assert f"{INTEGRATION}/add" in links(listed)
    form = http.get(f"{INTEGRATION}/add").text
    for label in ("Name", "Key", "Authentication Type", "Is Active", "Effective Date", "Expiration Date"):
        assert f"<label>{label} " in form
    page = http.post(f"{INTEGRATION}/add", data=FORM, follow_redirects=True).text
    assert f"{INTEGRATION}/31" in links(page)
    key, secret = told(http.post(f"{INTEGRATION}/31/secret").text)
    assert (key, sign_in(http, key, secret)) == ("district-key", 200)
    assert secret not in http.get(f"{INTEGRATION}/31").text


def test_section_3_1_what_is_filled_in_is_kept_and_shown(http: httpx2.Client) -> None:
    http.post(f"{INTEGRATION}/add", data=FORM | {"entities": ["2", "1"], "authentication_type": "Basic"})
    assert http.get("/simulator/accesses/31").json() == {
        "id": 31,
        "name": "Yellowbus",
        "key": "district-key",
        "effective": "2026-07-01",
        "description": "",
        "authentication_type": "Basic",
        "active": True,
        "expiration": "2027-06-30",
        "entities": [1, 2],
    }
    page = http.get(f"{INTEGRATION}/31").text
    assert "<option selected>Basic</option>" in page
    assert 'name="expiration" value="2027-06-30"' in page
    assert '<option value="2" selected>' in page


def test_section_3_1_a_box_that_is_not_ticked_makes_it_inactive(http: httpx2.Client) -> None:
    http.post(f"{INTEGRATION}/add", data=FORM)
    without = {name: value for name, value in FORM.items() if name not in {"active", "expiration"}}
    http.post(f"{INTEGRATION}/31", data=without)
    shown = http.get("/simulator/accesses/31").json()
    assert (shown["active"], shown["expiration"]) == (False, None)


@pytest.mark.parametrize("change", [{"name": ""}, {"effective": "soon"}, {"expiration": "2026-01-01"}])
def test_what_is_filled_in_wrongly_is_explained(http: httpx2.Client, change: dict[str, str]) -> None:
    reply = http.post(f"{INTEGRATION}/add", data=FORM | change)
    assert (reply.status_code, "note" in reply.text) == (400, True)


@pytest.mark.parametrize("path", ["99", "99/secret", "nowhere", ""])
def test_a_step_that_makes_no_sense_is_explained(http: httpx2.Client, path: str) -> None:
    assert http.post(f"{INTEGRATION}/{path}", data=FORM).status_code == 400
    assert http.get("/simulator/accesses").json() == {"accesses": []}


def test_an_access_is_deleted_on_its_page(http: httpx2.Client) -> None:
    http.post(f"{INTEGRATION}/add", data=FORM)
    assert "Yellowbus</a>" not in http.post(f"{INTEGRATION}/31/delete", follow_redirects=True).text


def test_names_cannot_become_markup(http: httpx2.Client) -> None:
    http.post(f"{INTEGRATION}/add", data=FORM | {"name": "<b>bold", "key": '"><i>'})
    for path in (INTEGRATION, f"{INTEGRATION}/31"):
        page = http.get(path).text
        assert "<b>" not in page
        assert "<i>" not in page
    assert "&lt;b&gt;bold" in http.get(INTEGRATION).text


def test_section_3_1_the_fields_of_the_integration_are_listed(http: httpx2.Client) -> None:
    page = http.get(f"{INTEGRATION}/fields").text
    assert "<td>Student/Student</td><td>StudentNumber</td><td>Yes</td><td>No</td><td>No</td>" in page


def test_every_page_says_that_it_is_a_simulator(http: httpx2.Client) -> None:
    for path in ("/", UI, INTEGRATION, f"{INTEGRATION}/add", f"{INTEGRATION}/fields", f"{INTEGRATION}/99"):
        assert "This is a simulator that belongs to Yellowbus." in http.get(path).text
