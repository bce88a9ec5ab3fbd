"""The whole article in a browser, beside a simulated PowerSchool and a worker: once by mouse, once by keyboard alone.

With YELLOWBUS_SCREENSHOTS=1 the walk by mouse renews the pictures of docs/first-import.md.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scope

from hands import Hand, Keyboard, Mouse
from looking import HERE
from people import PASSWORD, member
from yellowbus.enroll import organizations
from yellowbus.simulators import powerschool
from yellowbus.simulators.district import District
from yellowbus.web.place import school_year
from yellowbus.web.templatetags.yellowbus import year as in_words

PICTURES = HERE.parent / "docs" / "pictures"
NAME = "PowerSchool Lakeview"


@pytest.fixture
def worker(served: tuple[str, str], site: str) -> Iterator[None]:
    """The process that does what pages order."""
    command, environment = (
        [sys.executable, "-m", "yellowbus", "worker"],
        os.environ | {"DATABASE_URL": served[1]},
    )
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as running:
        yield
        running.terminate()


@pytest.fixture
def sis() -> Iterator[tuple[str, District]]:
    """PowerSchool of a district of invented children, with its administrator's pages, and where it is."""
    district = District(students=40, seed=11, school_year=school_year(timezone.now().date()))
    running = powerschool.serve(district)
    yield running.url, district
    running.stop()


@dataclass
class Walk:
    """One administrator on the way from the sign-in page to the log of the first import."""

    hand: Hand
    sis: str
    district: District
    folder: Path
    see: Callable[[str], None]

    @property
    def page(self) -> Any:
        return self.hand.page

    def reads(self, text: str) -> None:
        self.page.get_by_text(re.compile(text)).first.wait_for()

    def open(self, *links: str) -> None:
        for name in links:
            self.hand.press("link", name)

    # --- Create an API Connection in Sync Service ---
    def sign_in(self, email: str) -> None:
        self.page.goto("/")
        self.hand.write("Email", email)
        self.hand.write("Password", PASSWORD)
        self.hand.press("button", "Sign in")
        self.open("Settings", "Sync Service", "Sync Service Login")
        self.reads("It takes three steps")

    def connect(self) -> None:
        hand = self.hand
        self.open("Add Sync Connection")
        hand.press("button", "Agree")
        hand.write("Name", NAME)
        hand.choose("API", "PowerSchool")
        hand.press("button", "Continue")
        with self.page.expect_download() as download:
            self.open("Download the Yellowbus Plugin for PowerSchool")
        plugin = self.folder / download.value.suggested_filename
        download.value.save_as(plugin)
        codes = self.in_powerschool(plugin)
        hand.write("Server address", self.sis)
        hand.write("Client ID", codes[0])
        hand.write("Client Secret", "not " + codes[1])
        hand.press("button", "Connect")
        self.reads("PowerSchool refused")
        hand.write("Client Secret", codes[1])
        self.see("connect")
        hand.press("button", "Connect")
        self.reads("What Connect found")
        self.see("connected")

    def in_powerschool(self, plugin: Path) -> list[str]:
        """The administrator of PowerSchool installs and enables the plugin; its Client ID and Client Secret."""
        window = self.page.context.new_page()
        window.goto(f"{self.sis}/admin")
        hand = self.hand.elsewhere(window)
        for link in ("System Settings", "Plugin Management Configuration", "Install"):
            hand.press("link", link)
        hand.give("Plugin file", plugin)
        hand.press("button", "Install")
        hand.press("link", "Enable")
        hand.press("button", "Enable")
        hand.press("link", "Yellowbus")
        hand.press("link", "Data Provider Configuration")
        window.locator("dd code").first.wait_for()
        codes: list[str] = window.locator("dd code").all_inner_texts()
        window.close()
        return codes

    # --- Configure Mapping: schools; then Assign the Connection to a School(s) ---
    def import_schools(self) -> None:
        hand = self.hand
        self.open("Configure Mapping", "Import School Mapping")
        self.page.wait_for_load_state("networkidle")
        hand.press("button", "Start with the ready mapping")
        self.reads("The ready mapping is version 1")
        self.open(NAME)
        hand.press("button", "Plan import of schools")
        self.reads("Organization does not accept Imports at this time")
        self.open("Open Settings > General")
        hand.tick(f"Enable Sync Import for Year {self.year} ({in_words(self.year)})")
        hand.press("button", "Save")
        self.reads(f"Sync import for {self.year} is on")
        self.open("Connections", NAME)
        hand.press("button", "Plan import of schools")
        hand.press("button", "Apply")
        self.reads("exactly as it was shown|Completed: Done")

    @property
    def year(self) -> int:
        return school_year(timezone.now().date())

    def assign(self) -> None:
        hand = self.hand
        self.open("Schools")
        self.page.locator("tbody a").first.wait_for()
        self.open(self.page.locator("tbody a").first.inner_text(), "Primary")
        hand.choose("Sync Connection", "PowerSchool")
        self.see("school")
        hand.press("button", "Save")
        self.reads(f"{NAME} imports its students")
        self.open("Manage Schools")
        hand.choose("Bulk Action", "PowerSchool")
        hand.tick("Choose all shown")
        self.see("schools")
        hand.press("button", "Set Sync Connection")
        self.reads(f"schools: Sync Connection is {NAME}")

    # --- Import Students via API Connection ---
    def map_students(self) -> None:
        hand = self.hand
        self.open("Connections", "Configure Mapping", "Import Student Mapping")
        self.page.wait_for_load_state("networkidle")
        hand.press("button", "Start with the ready mapping")
        self.reads("The ready mapping is version 1")
        self.open("Configure")
        numbers = [student.number for student in self.district.students[:2]]
        for place, number in enumerate(numbers, start=1):
            hand.write(f"Student Example {place}", number)
        hand.press("button", "Save")
        self.page.locator("#looked-up li").nth(1).wait_for()
        self.see("configure")
        self.open("Field Mapping")
        self.reads("Example student")
        self.page.locator("#examples label").nth(1).wait_for()
        self.map_direct("Preferred Name", "name.first_name")
        self.form("Home City")
        self.match("Home State")
        self.map_no_more("State ID")
        self.overwrite("Student Phone")
        hand.find("")
        self.see("field-mapping")
        hand.write("Note for the history", "City in capitals")
        hand.press("button", "Save as version 2")
        self.reads("Version 2 is saved")

    def row(self, label: str) -> Any:
        return self.page.locator(
            "#rows tbody", has=self.page.get_by_label(f"Mapping Type for {label}", exact=True)
        )

    def value(self, label: str) -> Any:
        return self.row(label).locator("[data-label='Mapped Value']")

    def map_direct(self, label: str, source: str) -> None:
        self.hand.find(label)
        self.hand.write(f"Source for {label}", source)
        self.value(label).get_by_text(re.compile(r"\w")).wait_for()
        chosen = self.row(label).get_by_label(f"Mapping Type for {label}").input_value()
        assert (chosen, self.value(label).inner_text()) == ("direct", self.value_of("First Name"))

    def value_of(self, label: str) -> str:
        told: str = self.value(label).text_content()
        return told

    def form(self, label: str) -> None:
        """A transformation whose Mapped Value is seen at once."""
        self.hand.find(label)
        before = self.value(label).inner_text()
        self.hand.choose(f"Mapping Type for {label}", "T")
        self.hand.press("button", f"Configure {label}")
        panel = self.page.get_by_role("dialog")
        self.hand.choose("Transformation", "Upper", panel)
        self.hand.press("button", "Add", panel)
        panel.locator("#after-1").get_by_text(before.upper(), exact=True).wait_for()
        self.see("transformation")
        self.hand.press("button", "Close", panel)
        assert self.value(label).inner_text() == before.upper()

    def match(self, label: str) -> None:
        """Codes as the SIS really has them, each matched with one of Enroll."""
        self.hand.find(label)
        self.hand.choose(f"Mapping Type for {label}", "M")
        self.hand.press("button", f"Configure {label}")
        panel = self.page.get_by_role("dialog")
        self.hand.press("button", "Read the codes now", panel)
        panel.get_by_text("no match.").first.wait_for()
        codes = [each.inner_text() for each in panel.locator("tr.due .id").all()]
        for code in codes:
            self.hand.choose(f"Enroll value of {code}", code, panel)
        self.see("match-codes")
        self.hand.press("button", "Use these codes", panel)
        panel.get_by_text("Every code that was seen has a match.").wait_for()
        self.hand.press("button", "Close", panel)
        assert self.value(label).inner_text() in codes

    def map_no_more(self, label: str) -> None:
        self.hand.find(label)
        self.hand.choose(f"Mapping Type for {label}", "Do")
        self.page.locator(
            "#rows tbody.unmapped", has=self.page.get_by_label(f"Source for {label}")
        ).wait_for()

    def overwrite(self, label: str) -> None:
        self.hand.find(label)
        self.hand.tick(f"Overwrite {label}")
        self.row(label).get_by_text("unsaved").wait_for()

    # --- Send a Test Record ---
    def send(self) -> None:
        self.hand.press("button", "Send Record")
        self.reads("You see every field before anything is written")
        self.hand.press("button", "Preview this record")
        self.reads("Nothing is written until OK, Continue")
        self.page.get_by_role("button", name="OK, Continue").wait_for()
        self.see("send-record")
        self.hand.press("button", "OK, Continue")
        self.reads("The student was created|was added to Enroll|created in Enroll")

    # --- the first import, by hand ---
    def import_students(self) -> None:
        self.open("Connections")
        self.hand.press("button", "Plan import now")
        self.page.get_by_role("button", name="Apply").wait_for()
        self.see("plan")
        self.hand.press("button", "Apply")
        self.reads("School by school")
        self.see("run")

    # --- Schedule the API Import ---
    def schedule(self) -> None:
        self.open("Settings", "Sync Service", "Sync Service Login")
        self.hand.tick("Schedule Import: Students")
        self.hand.set_time("Time of day", "02", "15")
        self.hand.press("button", "Save")
        self.reads("Next: .*02:15")
        self.see("schedule")

    def read_the_log(self) -> None:
        self.open("Sync Logs")
        self.see("logs")
        self.page.locator("tbody a").first.wait_for()
        self.open(self.page.locator("tbody a").first.inner_text())
        self.reads("School by school")
        first = self.page.locator("[data-label='Record'] a").first.inner_text()
        self.open(first)
        self.reads("in the run started")

    def all(self, email: str) -> None:
        self.sign_in(email)
        self.connect()
        self.import_schools()
        self.assign()
        self.map_students()
        self.send()
        self.import_students()
        self.schedule()
        self.read_the_log()


@pytest.mark.parametrize("hand", [Mouse, Keyboard])
def test_the_article_from_the_sign_in_to_the_log(
    page: Any,
    site: str,
    worker: None,
    *,
    sis: tuple[str, District],
    tmp_path: Path,
    hand: Callable[[Any], Hand],
) -> None:
    page.set_default_timeout(30_000)  # a worker is at work beside
    name = "Lakeview Unified" if hand is Mouse else "Juniper Flats"
    organization = organizations.add(f"{name} (invented)", time_zone="America/Los_Angeles")
    email = f"rivera@{organization.slug}.example"
    with scope(organization=organization):
        member(organization, "Full Access", name="A. Rivera", email=email)

    def see(name: str) -> None:
        if hand is Mouse and os.environ.get("YELLOWBUS_SCREENSHOTS") == "1":
            PICTURES.mkdir(exist_ok=True)
            page.screenshot(path=PICTURES / f"{name}.png")

    Walk(hand(page), *sis, tmp_path, see).all(email)
