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


def test_the_sandbox_is_unmistakable(page: Any, full: Any, site: str) -> None:
    sign_in(page.context, full.people["full"], site)
    page.goto("/settings/schools/")
    page.get_by_role("button", name="Sandbox").click()
    page.get_by_text("Sandbox: nothing here reaches families").wait_for()
    assert faults(page, "sandbox") == []


def test_refusals(page: Any, full: Any, site: str) -> None:
    sign_in(page.context, full.people["full"], site)
    page.goto("/settings/schools/")
    page.get_by_role("button", name="Set Sync Connection").click()
    page.get_by_role("alert").wait_for()
    assert faults(page, "schools-refused") == []
    assert page.evaluate("document.activeElement.className") == "say trouble"


def test_the_menu_of_a_narrow_screen(page: Any, full: Any, site: str) -> None:
    sign_in(page.context, full.people["full"], site)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/students/")
    menu = page.get_by_role("navigation", name="Main")
    assert menu.is_visible() is False
    page.get_by_role("button", name="Menu").click()
    menu.get_by_role("link", name="Schools").click()
    assert page.url == f"{site}/settings/schools/"


def test_schools_are_assigned_with_the_keyboard_alone(page: Any, full: Any, site: str) -> None:
    """From the top of the page: skip to the content, tick all, choose, press."""
    sign_in(page.context, full.people["full"], site)
    page.goto("/settings/schools/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    reach(page, "bulk-connection")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    reach_label(page, "Choose all shown")
    page.keyboard.press("Space")
    assert page.get_by_text("2 chosen").is_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.get_by_text("2 schools: no Sync Connection.").wait_for()


def reach(page: Any, name: str) -> None:
    tab_until(page, f"document.activeElement.id === {name!r}")


def reach_label(page: Any, label: str) -> None:
    tab_until(page, f"document.activeElement.ariaLabel === {label!r}")


def tab_until(page: Any, there: str) -> None:
    for _ in range(40):
        if page.evaluate(there):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"never reached by Tab: {there}", pytrace=False)


def test_a_pull_down_opens_and_closes_with_the_keyboard(page: Any, full: Any, site: str) -> None:
    sign_in(page.context, full.people["full"], site)
    page.goto("/students/")
    tab_until(page, "document.activeElement.tagName === 'SUMMARY'")
    page.keyboard.press("Enter")
    assert page.get_by_role("button", name="Sign out").is_visible()
    page.keyboard.press("Escape")
    assert page.get_by_role("button", name="Sign out").is_visible() is False
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_the_first_link_and_the_second_factor(page: Any, district: Any) -> None:
    from yellowbus.setup import people

    page.goto(people.first_link(district.organization))
    assert faults(page, "first-link") == []
    page.get_by_role("button", name="Sign in").click()
    page.goto("/account/")
    page.get_by_role("link", name="Connect an app").click()
    assert faults(page, "second-factor") == []


def test_an_invitation(page: Any, district: Any, site: str) -> None:
    sign_in(page.context, district.people["full"], site)
    page.goto("/settings/users/invite/")
    page.get_by_label("Email address").fill("new@lakeview.example")
    page.get_by_label("Group").select_option("Limited Access")
    page.get_by_role("button", name="Make the invitation").click()
    link = page.locator("#link").inner_text()
    assert faults(page, "invited") == []
    page.get_by_text("Robin Vale").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(link)
    assert faults(page, "join") == []
