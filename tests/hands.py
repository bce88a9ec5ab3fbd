"""A person at a browser: one who has a mouse, and one who has none."""

from pathlib import Path
from typing import Any, Protocol

import pytest

FARTHEST = 300  # how often a person presses Tab before giving up


class Hand(Protocol):
    """What a walk asks of a person. `place` narrows where to look, such as a dialog."""

    page: Any

    def press(self, role: str, name: str, place: Any = None) -> None:
        """A link, a button or the head of something folded."""

    def write(self, label: str, text: str, place: Any = None) -> None:
        """Replace what a text box holds."""

    def choose(self, label: str, option: str, place: Any = None) -> None:
        """By the first letters of the option."""

    def tick(self, label: str, place: Any = None) -> None: ...

    def set_time(self, label: str, hour: str, minute: str) -> None:
        """In the morning."""

    def find(self, field: str) -> None:
        """Have the Field Mapping tab show this field."""

    def give(self, label: str, file: Path) -> None: ...

    def elsewhere(self, page: Any) -> "Hand":
        """The same person in another window."""


def _named(page: Any, role: str, name: str, place: Any) -> Any:
    exact = (place or page).get_by_role(role, name=name, exact=True)
    return exact.or_((place or page).get_by_role(role, name=name)).first


def _box(page: Any, label: str, place: Any) -> Any:
    return (place or page).get_by_label(label, exact=True).first


class Mouse:
    """Points and clicks, and types only what is text."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def press(self, role: str, name: str, place: Any = None) -> None:
        _named(self.page, role, name, place).click()

    def write(self, label: str, text: str, place: Any = None) -> None:
        box = _box(self.page, label, place)
        box.click(click_count=3)
        self.page.keyboard.type(text)
        box.blur()

    def choose(self, label: str, option: str, place: Any = None) -> None:
        box = _box(self.page, label, place)
        box.wait_for()
        texts = [text.strip() for text in box.locator("option").all_inner_texts()]
        box.select_option(index=next(n for n, text in enumerate(texts) if text.startswith(option)))

    def tick(self, label: str, place: Any = None) -> None:
        _box(self.page, label, place).click()

    def set_time(self, label: str, hour: str, minute: str) -> None:
        _box(self.page, label, None).fill(f"{hour}:{minute}")

    def find(self, field: str) -> None:
        self.page.get_by_label("Search fields").click(click_count=3)
        self.page.keyboard.press("Delete")
        self.page.keyboard.type(field)

    def give(self, label: str, file: Path) -> None:
        with self.page.expect_file_chooser() as asked:
            self.page.get_by_label(label).click()
        asked.value.set_files(file)

    def elsewhere(self, page: Any) -> Hand:
        return Mouse(page)


class Keyboard:
    """Has no mouse: everything is reached by Tab, or by the keys that the page itself tells of."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.keys = page.keyboard

    def press(self, role: str, name: str, place: Any = None) -> None:
        self._reach(_named(self.page, role, name, place), name)
        self.keys.press("Enter")

    def write(self, label: str, text: str, place: Any = None) -> None:
        self._reach(_box(self.page, label, place), label)
        self.keys.press("Control+A")
        self.keys.type(text)
        self.keys.press("Tab")

    def choose(self, label: str, option: str, place: Any = None) -> None:
        self._reach(_box(self.page, label, place), label)
        self.keys.type(option)

    def tick(self, label: str, place: Any = None) -> None:
        self._reach(_box(self.page, label, place), label)
        self.keys.press("Space")

    def set_time(self, label: str, hour: str, minute: str) -> None:
        self._reach(_box(self.page, label, None), label)
        self.keys.type(f"{hour}{minute}AM")

    def find(self, field: str) -> None:
        if self.page.evaluate("document.activeElement.matches('input, select, textarea')"):
            self.keys.press("Escape")  # in a box, a stroke is a character
        self.keys.press("/")
        self.keys.press("Control+A")
        self.keys.press("Delete")
        self.keys.type(field)

    def give(self, label: str, file: Path) -> None:
        with self.page.expect_file_chooser() as asked:
            self._reach(self.page.get_by_label(label), label)
            self.keys.press("Enter")
        asked.value.set_files(file)

    def elsewhere(self, page: Any) -> Hand:
        return Keyboard(page)

    def _reach(self, there: Any, told: str) -> None:
        """By Tab alone, and past the last thing of the page from its start again."""
        there.wait_for()
        element = there.element_handle()
        for _ in range(FARTHEST):
            reached = element.evaluate("each => each.isConnected ? each === document.activeElement : null")
            if reached:
                return
            if reached is None:  # the page has put another one in its place meanwhile
                element = there.element_handle()
            self.keys.press("Tab")
        pytest.fail(f"Tab never comes to: {told}", pytrace=False)
