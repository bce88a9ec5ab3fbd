"""Every page of the frame, as it looks and as it reads."""

from typing import Any

import pytest

from looking import faults, sign_in
from people import PASSWORD
from scene import child

PATHS = {
    "students": "/students/",
    "schools": "/settings/schools/",
    "settings": "/settings/",
    "sync-service": "/settings/sync-service/",
    "general": "/settings/general/",
    "users": "/settings/users/",
    "invite": "/settings/users/invite/",
    "group": "/settings/users/groups/new/",
    "audit": "/settings/audit/",
    "account": "/account/",
}


@pytest.fixture
def full(district: Any) -> Any:
    district.ready()
    district.write_students([child(number) for number in range(1, 61)])
    district.run()
    return district


@pytest.mark.parametrize("name", PATHS)
def test_a_page_with_its_data(page: Any, full: Any, site: str, name: str) -> None:
    sign_in(page.context, full.people["full"], site)
    page.goto(PATHS[name])
    assert faults(page, name) == []


@pytest.mark.parametrize("name", ["students", "schools", "sync-service"])
def test_a_page_without_data(page: Any, district: Any, site: str, name: str) -> None:
    sign_in(page.context, district.people["full"], site)
    page.goto(PATHS[name])
    assert faults(page, f"{name}-empty") == []


def test_one_student_and_one_school(page: Any, full: Any, site: str) -> None:
    sign_in(page.context, full.people["full"], site)
    page.goto("/students/")
    page.get_by_role("link", name="Family1, Given1", exact=True).click()
    assert faults(page, "student") == []
    page.goto("/settings/schools/")
    page.get_by_role("link", name="Cedar Ridge").click()
    assert faults(page, "school") == []


def test_the_way_in(page: Any, district: Any, site: str) -> None:
    page.goto("/settings/audit/")
    assert faults(page, "sign-in") == []
    page.get_by_label("Email").fill(district.people["full"].user.email)
    page.get_by_label("Password").fill("something else")
    page.get_by_role("button", name="Sign in").click()
    assert faults(page, "sign-in-refused") == []
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    assert page.title() == f"Audit Events · {district.organization.name} · Yellowbus"
