"""What browser tests look with: the rules of accessibility, and pictures of pages."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.test import Client

from yellowbus.setup.models import Membership

HERE = Path(__file__).resolve().parent
AXE = HERE / "e2e" / "vendor" / "axe-4.14.1.min.js"
PICTURES = HERE.parent / "docs" / "screenshots"
WIDTHS = {"wide": (1280, 900), "narrow": (390, 844)}
SCHEMES = ("light", "dark")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def violations(page: Any) -> list[str]:
    """What of WCAG 2.1 A and AA the page breaks now, as rule and place."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)[
        "violations"
    ]
    return [
        f"{each['id']}: {node['target'][0]} {node['failureSummary']}"
        for each in found
        for node in each["nodes"]
    ]


def looks(page: Any) -> Iterator[str]:
    """Turn the page to each width and each scheme of colours, one after the other; the name of the look."""
    for width, (across, down) in WIDTHS.items():
        page.set_viewport_size({"width": across, "height": down})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            yield f"{width}-{scheme}"
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")


def faults(page: Any, name: str, *, whole: bool = True) -> list[str]:
    """What is wrong with the page in any look: broken rules, and content wider than the window.

    With YELLOWBUS_SCREENSHOTS=1 it also renews the pictures of `name` in docs/screenshots; of the window alone if not
    `whole`, as for what lies over the page.
    """
    found = []
    for look in looks(page):
        found += [f"{look}: {each}" for each in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"{look}: wider than the window")
        if os.environ.get("YELLOWBUS_SCREENSHOTS") == "1":
            PICTURES.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=PICTURES / f"{name}-{look}.png", full_page=whole)
    return found


def sign_in(context: Any, member: Membership, address: str) -> None:
    """Give the browser the session of that member."""
    client = Client()
    client.force_login(member.user)
    value = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": value, "url": address}])


@contextmanager
def complaints(page: Any) -> Iterator[list[str]]:
    """What the browser complains of meanwhile: broken rules of the content security policy, errors of scripts."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if _is_complaint(message) else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield said


def _is_complaint(message: Any) -> bool:
    """A refused form answers 422 and a missing page 404: the browser notes it, and it is meant."""
    return message.type == "error" and "responded with a status of 4" not in message.text
