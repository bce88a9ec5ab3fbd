"""Aeries dossier 1, 2, 10: address, certificate, areas, errors, and the page API Security."""

from collections.abc import Callable

import httpx2
import pytest
from simulated_aeries_client import HOST, AeriesClient

from yellowbus.simulators.aeries import Aeries, Options, Right, Type, WrongRoot
from yellowbus.simulators.district import District

Connect = Callable[..., AeriesClient]
AREA_OF_PATH = {
    "/schools/701/calendar": "Calendar",
    "/schools/701/students": "Student Data",
    "/schools/701/students/0/extended": "Student Data",
    "/schools/701/contacts": "Contacts",
    "/schools/701/students/0/programs": "Student Programs",
    "/schools/701/enrollment/0/year/2026": "Enrollment History",
    "/schools/701/SchoolSupplemental": "Supplemental Data",
    "/schools/701/DistrictSupplemental": "District Supplemental Data",
    "/StudentDataChanges/student/2026/1/1/0/0": "Student Data",
}
NO_AREA = ("/schools", "/schools/701", "/schools/701/terms", "/codes/STU/GN")


def without_right(client: AeriesClient, status: int) -> None:
    for path, area in AREA_OF_PATH.items():
        client.product.grant(area)
        reply = client.ask(path)
        assert (path, reply.status_code, list(reply.json())) == (path, status, ["Message"])
        client.product.grant(area, Right.READ)
        assert client.ask(path).status_code == 200


# --- address ---


@pytest.mark.parametrize("path", ["/AERIES/API/V5/Schools", "/aeries/api/v5/schools/"])
def test_section_1_case_and_a_slash_at_the_end_do_not_matter(client: AeriesClient, path: str) -> None:
    reply = client.http.get(path, headers={"AERIES-CERT": client.product.certificate})
    assert reply.json() == client.get("/schools")


@pytest.mark.parametrize("root", ["/admin", "", "/Parent"])
def test_section_1_the_root_varies(connect: Connect, root: str) -> None:
    client = connect(Options(root=root))
    assert client.get("/systeminfo")["DatabaseYear"] == "2026-2027"


def test_section_1_a_wrong_root_is_a_404_page(client: AeriesClient) -> None:
    reply = client.http.get("/admin/api/v5/systeminfo")
    assert (reply.status_code, reply.headers["content-type"]) == (404, "text/html;charset=UTF-8")


def test_section_1_switch_a_wrong_root_is_the_login_page_with_200(connect: Connect) -> None:
    reply = connect(Options(wrong_root=WrongRoot.LOGIN_PAGE)).http.get("/admin/api/v5/systeminfo")
    assert (reply.status_code, "Sign In" in reply.text) == (200, True)


def test_section_10_an_unknown_route_is_404_with_a_message(client: AeriesClient) -> None:
    reply = client.ask("/shoes")
    assert (reply.status_code, list(reply.json())) == (404, ["Message"])


# --- certificate ---


def test_section_2_a_certificate_is_32_lower_case_hex_digits(client: AeriesClient) -> None:
    certificate = client.product.certificate
    assert (len(certificate), set(certificate) - set("0123456789abcdef")) == (32, set())


def test_section_2_the_system_info_needs_no_certificate(client: AeriesClient) -> None:
    assert client.ask("/systeminfo", certificate="").status_code == 200


def test_section_2_a_certificate_counts_letter_for_letter(client: AeriesClient) -> None:
    right = client.product.certificate
    wrong = ["", right[:-1], right.upper(), f"{right} ", "0" * 32]
    assert [client.ask("/schools", certificate=each).status_code for each in wrong[:3]] == [401] * 3
    assert client.ask("/schools", certificate=wrong[4]).json() == {"Message": "Invalid Certificate"}


def test_section_2_the_query_takes_a_certificate_too(client: AeriesClient) -> None:
    assert client.ask("/schools", certificate="", cert=client.product.certificate).status_code == 200


def test_section_15_the_certificate_of_a_product_that_is_off_is_worth_nothing(client: AeriesClient) -> None:
    client.product.enable(on=False)
    assert client.ask("/schools").status_code == 401


def test_section_2_schools_terms_and_codes_need_no_area(client: AeriesClient) -> None:
    client.product.grid.clear()
    assert [client.ask(path).status_code for path in NO_AREA] == [200] * 4


def test_section_12_1_a_missing_area_is_401_as_the_vendor_says(client: AeriesClient) -> None:
    without_right(client, 401)


def test_section_12_1_switch_a_missing_area_is_403(connect: Connect) -> None:
    without_right(connect(Options(missing_right=403)), 403)


@pytest.mark.parametrize("rights", [(), (Right.INSERT, Right.UPDATE, Right.DELETE)])
def test_section_2_reading_needs_the_box_read(client: AeriesClient, rights: tuple[Right, ...]) -> None:
    client.product.grant("Contacts", *rights)
    assert client.ask("/schools/701/contacts").status_code == 401


# --- the page ---


@pytest.fixture
def page(aeries_district: District) -> httpx2.Client:
    """The page of a server on which nothing is set up."""
    app = Aeries(aeries_district)
    return httpx2.Client(transport=httpx2.WSGITransport(app=app), base_url=f"{HOST}/simulator/")


def test_section_2_a_product_is_added_granted_and_displayed(page: httpx2.Client) -> None:
    record = page.post("api-security", json={"product_name": "Sync", "comment": "nightly"}).json()
    assert record == {
        "id": 1,
        "product_name": "Sync",
        "comment": "nightly",
        "type": "",
        "enabled": True,
        "permissions": {},
    }
    shown = page.get("api-security/1/certificate").json()
    assert shown == {"aeries_url": f"{HOST}/aeries", "certificate": shown["certificate"]}
    headers = {"AERIES-CERT": shown["certificate"]}
    students = f"{shown['aeries_url']}/api/v5/schools/701/students"
    assert page.get(students, headers=headers).status_code == 401
    granted = {"Student Data": ["read", "update", "insert"], "Contacts": ["read"]}
    changed = page.patch("api-security/1", json={"permissions": granted}).json()
    assert changed["permissions"] == {"Student Data": ["insert", "read", "update"], "Contacts": ["read"]}
    assert page.get(students, headers=headers).status_code == 200
    assert page.get("api-security/1").json() == changed


def test_section_2_a_oneroster_product_displays_id_and_secret(page: httpx2.Client) -> None:
    page.post("api-security", json={"product_name": "Rosters", "type": Type.ONEROSTER.value})
    shown = page.get("api-security/1/certificate").json()
    assert list(shown) == ["oneroster_url", "consumer_id", "consumer_secret"]
    assert (len(shown["consumer_id"]), len(shown["consumer_secret"])) == (64, 64)
    form = {
        "grant_type": "client_credentials",
        "client_id": shown["consumer_id"],
        "client_secret": shown["consumer_secret"],
        "scope": "https://purl.imsglobal.org/spec/or/v1p1/scope/roster.readonly",
    }
    assert page.post(f"{shown['oneroster_url']}/token", data=form).status_code == 200


def test_a_record_is_listed_without_its_secret_and_can_be_deleted(page: httpx2.Client) -> None:
    page.post("api-security", json={"product_name": "Sync"})
    certificate = page.get("api-security/1/certificate").json()["certificate"]
    listed = page.get("api-security")
    assert [record["product_name"] for record in listed.json()["records"]] == ["Sync"]
    assert certificate not in listed.text
    assert page.delete("api-security/1").json()["records"] == []
    headers = {"AERIES-CERT": certificate}
    assert page.get(f"{HOST}/aeries/api/v5/schools", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "body",
    [{"product_name": " "}, {}, {"product_name": "Sync", "type": "Other"}],
)
def test_a_record_that_is_none_is_refused(page: httpx2.Client, body: dict[str, str]) -> None:
    assert page.post("api-security", json=body).status_code == 400


@pytest.mark.parametrize("permissions", [{"Shoes": ["read"]}, {"Contacts": ["look"]}])
def test_boxes_that_the_grid_lacks_are_refused(
    page: httpx2.Client, permissions: dict[str, list[str]]
) -> None:
    page.post("api-security", json={"product_name": "Sync"})
    assert page.patch("api-security/1", json={"permissions": permissions}).status_code == 400


def test_a_record_that_is_not_there_is_404(page: httpx2.Client) -> None:
    assert page.get("api-security/9").status_code == 404
    assert page.patch("api-security/9", json={}).status_code == 404
