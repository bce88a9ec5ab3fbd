"""The doctor of Qmlativ in the browser: what it finds, and the file that mends it."""

import html
from collections.abc import Iterator

import pytest

from people import District
from walking import Side, walked
from yellowbus.setup import connections


@pytest.fixture
def sis(district: District) -> Iterator[Side]:
    """A simulated Qmlativ; its connection is the district's newest."""
    with walked("qmlativ", print, students=40) as side:
        yield side


def address(district: District, side: Side) -> str:
    with district.scope():
        made = connections.add(
            district.actor, district.instance.pk, name="SIS", system="qmlativ", credentials=side.credentials
        )
    return f"/connections/{made.pk}/"


def test_the_connection_leads_to_its_doctor(district: District, sis: Side) -> None:
    at = address(district, sis)
    assert f'href="{at}doctor/"' in district.client("full").get(at).content.decode()


def test_an_instance_as_expected_needs_nothing(district: District, sis: Side) -> None:
    told = district.client("full").post(f"{address(district, sis)}doctor/").content.decode()
    assert ("No override is needed." in told, "<textarea" in told) == (True, False)


def test_what_differs_comes_with_a_file_that_mends_it(district: District, sis: Side) -> None:
    sis.hooks.ask("PATCH", "options", {"max_page_size": 50, "over_maximum": "refuse"})
    at, client = address(district, sis), district.client("full")
    told = client.post(f"{at}doctor/").content.decode()
    override = html.unescape(told.partition("readonly>")[2].partition("</textarea>")[0])
    assert "page_size = 50" in override.splitlines()
    kept = client.post(f"{at}doctor/file/", {"override": override})
    assert kept.headers["Content-Disposition"] == 'attachment; filename="override.toml"'
    assert kept.content.decode().splitlines() == override.splitlines()


def test_a_file_has_no_doctor(district: District) -> None:
    page = district.client("full").post(f"/connections/{district.connection.pk}/doctor/")
    assert page.status_code == 422
    assert (
        "/doctor/"
        not in district.client("full").get(f"/connections/{district.connection.pk}/").content.decode()
    )
