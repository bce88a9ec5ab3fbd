"""Our own end points under /simulator/ and the administrator's pages."""

import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from simulated_client import Client, plugin_xml

from yellowbus.simulators.district import District
from yellowbus.simulators.powerschool import PowerSchool

STUDENTS = "/ws/v1/district/student"


@pytest.fixture
def http(district: District) -> httpx2.Client:
    """A browser or a test in another process, before anything is installed."""
    app = PowerSchool(district)
    return httpx2.Client(
        transport=httpx2.WSGITransport(app=app), base_url="https://sis.example.org", follow_redirects=True
    )


def sign_in(http: httpx2.Client, client_id: str, secret: str) -> httpx2.Response:
    return http.post(
        "/oauth/access_token", auth=(client_id, secret), data={"grant_type": "client_credentials"}
    )


# --- JSON ---


def test_a_plugin_is_installed_and_enabled_by_hooks(http: httpx2.Client) -> None:
    plugin = http.post("/simulator/plugins", content=plugin_xml(fields={"students": "dcid"})).json()
    assert (plugin["enabled"], plugin["client_id"], plugin["fields"]) == (
        False,
        "",
        ["students.dcid: ViewOnly"],
    )
    plugin = http.post(f"/simulator/plugins/{plugin['id']}/enable").json()
    assert (plugin["enabled"], plugin["v1_level"]) == (True, "READ")
    assert sign_in(http, plugin["client_id"], plugin["client_secret"]).status_code == 200
    assert http.get("/simulator/plugins").json() == {"plugins": [plugin]}
    assert http.get(f"/simulator/plugins/{plugin['id']}").json() == plugin


def test_an_upload_that_is_refused_says_why(http: httpx2.Client) -> None:
    reply = http.post("/simulator/plugins", content=plugin_xml(fields={"students": "shoe_size"}))
    assert reply.status_code == 400
    assert reply.json()["message"].startswith("access_request names the field students.shoe_size")


def test_the_administrator_may_change_level_and_page_sizes(client: Client) -> None:
    path = f"/simulator/plugins/{client.plugin.id}"
    changed = client.http.patch(path, json={"v1_level": "NONE", "page_sizes": {"student": 25}}).json()
    assert (changed["v1_level"], changed["page_sizes"]["student"]) == ("NONE", 25)
    assert client.ask(STUDENTS).status_code == 401


@pytest.mark.parametrize(
    "document", [{"v1_level": "ALL"}, {"page_sizes": {"pets": 5}}, {"page_sizes": {"student": 0}}]
)
def test_a_change_that_makes_no_sense_is_refused(client: Client, document: dict[str, Any]) -> None:
    before = dict(client.plugin.page_sizes)
    assert client.http.patch(f"/simulator/plugins/{client.plugin.id}", json=document).status_code == 400
    assert client.plugin.page_sizes == before


def test_a_plugin_can_be_disabled_regenerated_and_deleted(client: Client) -> None:
    path = f"/simulator/plugins/{client.plugin.id}"
    old = client.plugin.client_id
    assert client.http.post(f"{path}/regenerate").json()["client_id"] != old
    assert client.http.post(f"{path}/disable").json()["enabled"] is False
    assert client.http.post(f"{path}/explode").status_code == 400
    assert client.http.delete(path).json() == {"plugins": []}
    assert client.http.get(path).status_code == 404


def test_faults_are_set_shown_and_cleared(client: Client) -> None:
    fault = {"kind": "too-many", "path": STUDENTS, "seconds": 3}
    shown = client.http.post("/simulator/faults", json=[fault, {"kind": "html"}]).json()["faults"]
    assert [(f["kind"], f["path"]) for f in shown] == [("too-many", STUDENTS), ("html", "/ws/*")]
    assert client.ask(STUDENTS).status_code == 429
    assert [f["kind"] for f in client.http.get("/simulator/faults").json()["faults"]] == ["html"]
    assert client.http.delete("/simulator/faults").json() == {"faults": []}
    assert client.ask(STUDENTS).status_code == 200


@pytest.mark.parametrize(
    "fault", [{}, {"kind": "nonsense"}, {"kind": "html", "colour": "red"}, {"kind": "html", "times": "x"}, 5]
)
def test_a_fault_that_is_none_is_refused(client: Client, fault: Any) -> None:
    assert client.http.post("/simulator/faults", json=fault).status_code == 400


def test_a_switch_is_turned_while_the_server_runs(client: Client) -> None:
    before = client.http.get("/simulator/options").json()
    assert client.get(f"{STUDENTS}/count") == {"resource": {"count": 600}}
    changed = {"count_in_resource": False, "over_maximum": "refuse", "unknown_expansions": ["phones"]}
    assert client.http.patch("/simulator/options", json=changed).json() == before | changed
    assert client.get(f"{STUDENTS}/count") == {"count": 600}
    assert client.ask(STUDENTS, pagesize=101).status_code == 400
    assert "phones" not in client.get("/ws/v1/student/801", expansions="phones")["student"]


def test_a_rendered_student_does_not_outlive_a_switch(client: Client, shared_district: District) -> None:
    number = next(s.number for s in shared_district.students[:100] if s.number[0] == "0")
    assert number in {s["local_id"] for s in client.get(STUDENTS)["students"]["student"]}
    client.http.patch("/simulator/options", json={"numeric_student_numbers": True})
    assert int(number) in {s["local_id"] for s in client.get(STUDENTS)["students"]["student"]}


@pytest.mark.parametrize("document", [{"colour": "red"}, {"over_maximum": "explode"}, {"page_size": "many"}])
def test_a_switch_that_does_not_exist_is_refused(client: Client, document: dict[str, Any]) -> None:
    assert client.http.patch("/simulator/options", json=document).status_code == 400


def test_tokens_can_be_revoked(client: Client) -> None:
    assert client.http.delete("/simulator/tokens").json() == {"revoked": 1}
    assert client.ask(STUDENTS).status_code == 401


def test_the_log_counts_by_path_pattern_and_keeps_no_values(client: Client) -> None:
    client.http.delete("/simulator/log")
    client.ask(f"{STUDENTS}/count", q="local_id==200003")
    client.ask("/ws/v1/student/801")
    client.ask("/ws/v1/student/802")
    client.ask("/nowhere")
    body = client.http.get("/simulator/log").json()
    assert body["counts"] == {
        "GET (unknown)": 1,
        "GET /ws/v1/district/student/count": 1,
        "GET /ws/v1/student/{dcid}": 2,
    }
    assert (body["total"], body["max_in_flight"], body["statuses"]) == (4, 1, {"200": 3, "404": 1})
    assert body["requests"][0]["parameters"] == ["q"]
    assert "200003" not in str(body)


def test_a_change_is_asked_for_and_told(connect: Callable[..., Client], district: District) -> None:
    client = connect(district=district)
    body = client.http.post("/simulator/change", json={"share": 0.2, "seed": 5}).json()
    assert set(body) == {"changed", "added", "transferred"}
    assert len(body["changed"]) >= 24
    assert client.http.post("/simulator/change", json={"seed": 5}).status_code == 400


def test_what_the_sis_holds_can_be_inspected(client: Client, shared_district: District) -> None:
    student = shared_district.students[0]
    body = client.http.get(f"/simulator/students/{student.number}").json()
    assert body["student"]["id"] == 801
    assert [c["id"] for c in body["contacts"]] == [tie.contact.id for tie in student.ties]
    assert client.http.get("/simulator/students/0").status_code == 404
    assert len(client.http.get("/simulator/students").json()["numbers"]) == 600
    district = client.http.get("/simulator/district").json()
    assert (district["students"], len(district["schools"]), district["schools"][0]["years"][0]) == (
        600,
        4,
        2025,
    )


def test_an_unknown_hook_names_those_there_are(http: httpx2.Client) -> None:
    reply = http.get("/simulator/nonsense")
    assert reply.status_code == 404
    assert "GET log" in reply.json()["message"]


def test_hooks_are_no_part_of_the_log(client: Client) -> None:
    client.http.delete("/simulator/log")
    client.http.get("/simulator/district")
    assert client.http.get("/simulator/log").json()["total"] == 0


# --- the pages ---


def links(page: str) -> list[str]:
    return re.findall(r'href="([^"]+)"', page)


def test_a_person_walks_from_system_settings_to_client_id_and_secret(http: httpx2.Client) -> None:
    assert links(http.get("/admin").text) == ["/admin/settings"]
    assert links(http.get("/admin/settings").text) == ["/admin/plugins"]
    assert links(http.get("/admin/plugins").text) == ["/admin/plugins/install"]
    listed = http.post(
        "/admin/plugins/install", files={"file": ("ps_plugin.xml", plugin_xml(), "text/xml")}
    ).text
    assert "Invented Sync" in listed
    assert "/admin/plugins/9001/enable" in links(listed)
    asked = http.get("/admin/plugins/9001/enable").text
    assert "<td>students</td><td>dcid</td><td>ViewOnly</td>" in asked
    assert "Disable" in http.post("/admin/plugins/9001/enable").text
    assert "/admin/plugins/9001/provider" in links(http.get("/admin/plugins/9001").text)
    client_id, secret = re.findall("<code>(.*?)</code>", http.get("/admin/plugins/9001/provider").text)
    assert sign_in(http, client_id, secret).status_code == 200


def test_the_provider_page_changes_level_and_page_sizes(client: Client) -> None:
    path = f"/admin/plugins/{client.plugin.id}/provider"
    page = client.http.post(path, data={"level": "FULL", "student": "50"}, follow_redirects=True).text
    assert "<option selected>FULL</option>" in page
    assert 'name="student" type="number" min="1" value="50"' in page


def test_a_refused_upload_is_explained_on_the_page(http: httpx2.Client) -> None:
    reply = http.post("/admin/plugins/install", files={"file": ("a.xml", b"<x/>", "text/xml")})
    assert reply.status_code == 400
    assert "The root element must be plugin" in reply.text


@pytest.mark.parametrize(
    ("step", "data"), [("explode", {}), ("provider", {"level": "ALL"}), ("provider", {"student": "x"})]
)
def test_a_step_that_makes_no_sense_is_explained(client: Client, step: str, data: dict[str, str]) -> None:
    assert client.http.post(f"/admin/plugins/{client.plugin.id}/{step}", data=data).status_code == 400


def test_a_form_without_a_file_is_explained(http: httpx2.Client) -> None:
    assert http.post("/admin/plugins/install", files={"other": (None, "x")}).status_code == 400


def test_names_from_the_file_cannot_become_markup(http: httpx2.Client) -> None:
    http.post("/simulator/plugins", content=plugin_xml(name="&lt;b&gt;bold"))
    assert "&lt;b&gt;bold" in http.get("/admin/plugins").text
    assert "<b>" not in http.get("/admin/plugins").text


def test_a_plugin_can_be_disabled_and_deleted_on_the_pages(client: Client) -> None:
    path = f"/admin/plugins/{client.plugin.id}"
    assert "Enable" in client.http.post(f"{path}/disable", follow_redirects=True).text
    assert "Invented Sync" not in client.http.post(f"{path}/delete", follow_redirects=True).text


def test_every_page_says_that_it_is_a_simulator(http: httpx2.Client) -> None:
    for path in ("/", "/admin", "/admin/settings", "/admin/plugins", "/admin/plugins/install"):
        assert "This is a simulator that belongs to Yellowbus." in http.get(path).text
