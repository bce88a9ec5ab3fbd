"""The Field Mapping tab as it looks, and by the keyboard alone."""

from typing import Any

import pytest

from looking import faults, sign_in, violations
from scene import child


@pytest.fixture
def mapping(page: Any, district: Any, site: str) -> Any:
    """The page with two examples and one that the SIS does not have, read."""
    from yellowbus.enroll import students
    from yellowbus.setup import options

    district.ready()
    district.write_students([child(1), child(2, dob="2015-13-40")])
    with district.scope():
        keys = ("000001", "000002", "000009")
        options.write_options(district.connection, options.Options(examples=keys))
        students.add_custom_field(district.instance.pk, "bus", "Bus route")
    sign_in(page.context, district.people["full"], site)
    page.goto(f"/connections/{district.connection.pk}/mapping/")
    page.get_by_text("Given1 Family1").wait_for()
    return page


def value(page: Any, field: str) -> Any:
    return page.locator(f"[id='f-{field}'] [data-label='Mapped Value']")


def focused(page: Any) -> str:
    label: str = page.evaluate("document.activeElement.ariaLabel || document.activeElement.id")
    return label


def test_the_tab_with_its_data(mapping: Any) -> None:
    assert faults(mapping, "mapping") == []


def test_an_example_with_a_problem_and_the_panel_of_the_field(mapping: Any) -> None:
    mapping.get_by_label("Given2 Family2").check()
    mapping.get_by_text("Date of Birth expects a date").wait_for()
    mapping.goto(f"{mapping.url}?show=problems&example=000002")
    assert faults(mapping, "mapping-problem") == []
    mapping.get_by_label("Configure Date of Birth").click()
    mapping.get_by_role("heading", name="1. Date").wait_for()
    assert faults(mapping, "mapping-panel") == []


def test_a_field_is_mapped_formed_and_saved_with_the_keyboard_alone(mapping: Any) -> None:
    keys = mapping.keyboard
    keys.press("/")
    keys.type("middle")
    keys.press("ArrowDown")
    assert focused(mapping) == "Configure Middle Name"
    keys.press("Shift+Tab")
    keys.press("Shift+Tab")
    keys.type("first")
    keys.press("Tab")
    value(mapping, "students.mname").get_by_text("Given1").wait_for()
    assert focused(mapping) == "Mapping Type for Middle Name"  # the swap left the focus where it was
    assert mapping.get_by_label("Source for Middle Name").input_value() == "first"
    keys.press("Escape")
    keys.press("Enter")
    mapping.get_by_role("heading", name="Middle Name", exact=True).wait_for()
    mapping.get_by_label("Transformation", exact=True).focus()
    keys.type("Upper")
    keys.press("Tab")
    keys.press("Enter")
    mapping.locator("#after-1").get_by_text("GIVEN1").wait_for()
    assert violations(mapping) == []
    keys.press("Escape")
    assert (focused(mapping), value(mapping, "students.mname").inner_text()) == (
        "Configure Middle Name: Upper",
        "GIVEN1",
    )
    mapping.get_by_label("Note for the history").focus()
    keys.type("Middle names")
    keys.press("Enter")
    mapping.get_by_text("Version 2 is saved.").wait_for()


def test_the_arrows_walk_the_rows_and_question_mark_lists_the_keys(mapping: Any) -> None:
    keys = mapping.keyboard
    mapping.get_by_label("Configure First Name").focus()
    keys.press("ArrowDown")
    assert focused(mapping) == "Configure Middle Name"
    keys.press("ArrowUp")
    keys.press("ArrowUp")
    assert focused(mapping) == "Configure Student District ID"
    keys.press("ArrowUp")  # above the first row is nothing
    assert focused(mapping) == "Configure Student District ID"
    mapping.get_by_label("Source for First Name").focus()
    keys.press("Control+ArrowDown")
    assert focused(mapping) == "Source for Middle Name"
    keys.type("?")  # typed in a box it is a character
    keys.press("Escape")
    keys.press("?")
    mapping.get_by_role("heading", name="Keys").wait_for()
    keys.press("Escape")
    assert focused(mapping) == "Configure Middle Name"


def test_what_is_searched_is_found_at_once_in_every_section(mapping: Any) -> None:
    mapping.get_by_label("Search fields").fill("bus")
    shown = [row for row in mapping.locator("#rows tbody").all() if row.is_visible()]
    assert [row.get_attribute("id") for row in shown] == ["f-custom.bus"]
    mapping.get_by_label("Search fields").fill("zebra")
    assert mapping.get_by_text("No field shown has this in its name").is_visible()


def test_another_example_keeps_what_is_searched_and_what_is_chosen(mapping: Any) -> None:
    mapping.get_by_label("Search fields").fill("name")
    mapping.get_by_label("Mapping Type for First Name").select_option("transformation")
    mapping.get_by_text("1 unsaved change.").wait_for()
    mapping.get_by_label("Given2 Family2").check()
    value(mapping, "students.lname").get_by_text("Family2").wait_for()
    assert mapping.locator("[id='f-students.dob']").is_visible() is False
    assert mapping.get_by_label("Mapping Type for First Name").input_value() == "transformation"
    mapping.get_by_role("button", name="Discard").click()
    mapping.get_by_text("Your unsaved changes are discarded.").wait_for()
    assert mapping.get_by_label("Mapping Type for First Name").input_value() == "direct"


def test_a_box_that_is_typed_but_not_sent_is_asked_about(mapping: Any) -> None:
    asked: list[str] = []
    mapping.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    mapping.get_by_label("Source for Middle Name").click()
    mapping.keyboard.type("fir")
    mapping.close(run_before_unload=True)
    mapping.wait_for_timeout(200)
    assert asked == ["beforeunload"]
    mapping.keyboard.type("st")
    mapping.keyboard.press("Tab")
    value(mapping, "students.mname").get_by_text("Given1").wait_for()
    mapping.goto(mapping.url)  # what was sent is kept, so nothing is asked
    assert (asked, value(mapping, "students.mname").inner_text()) == (["beforeunload"], "Given1")


def test_two_administrators_each_see_what_the_other_saved(mapping: Any, district: Any) -> None:
    from yellowbus.mapping.model import FieldRule, MappingType
    from yellowbus.setup import drafts

    mapping.get_by_label("Source for Middle Name").fill("first")
    mapping.keyboard.press("Tab")
    mapping.get_by_text("1 unsaved change.").wait_for()
    with district.scope():
        other = FieldRule("students.suffix", MappingType.DIRECT, source="last")
        drafts.change_rule(district.actor, district.connection, "students", other)
        drafts.save(district.actor, district.connection, "students")
    mapping.get_by_role("button", name="Save as version").click()
    mapping.get_by_role("button", name="Lay mine on version 2").wait_for()
    assert violations(mapping) == []
    mapping.get_by_role("button", name="Lay mine on version 2").click()
    mapping.get_by_role("button", name="Save as version 3").click()
    mapping.get_by_text("Version 3 is saved.").wait_for()
    assert value(mapping, "students.suffix").inner_text() == "Family1"
