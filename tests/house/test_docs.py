"""What is said exists, and what exists is said."""

import re
from pathlib import Path

import pytest

from yellowbus.messages import MESSAGES

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "yellowbus"


def headings(path: Path) -> set[str]:
    return set(re.findall(r"^##+ `?([^`\n]+?)`?$", path.read_text("utf-8"), re.MULTILINE))


def test_every_message_has_its_entry() -> None:
    assert sorted(MESSAGES.keys() - headings(ROOT / "docs" / "errors.md")) == []


def test_no_entry_is_about_a_message_that_is_gone() -> None:
    entries = {name for name in headings(ROOT / "docs" / "errors.md") if re.fullmatch(r"[a-z0-9-]+", name)}
    assert sorted(entries - MESSAGES.keys()) == []


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_a_message_is_said_calmly(code: str) -> None:
    said = " ".join(MESSAGES[code])
    assert not re.search(r"oops|successful|please|invalid|!", said, re.IGNORECASE)
    assert MESSAGES[code].sentence.endswith((".", "}", ":")) or MESSAGES[code].sentence.endswith("…")


def test_readme_names_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [command for command in ("make demo", "make test") if command not in readme] == []


def test_links_between_the_documents_lead_somewhere() -> None:
    broken = [
        f"{page.name} -> {target}"
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_only_its_folder_and_the_registry_name_a_system() -> None:
    """Adding a SIS is one folder, one registry line and one simulator."""
    from yellowbus.connectors.registry import SYSTEMS

    inside = ("connectors", "simulators")
    # The demo tells PowerSchool's story, and the command line starts simulators by name.
    allowed = {"demo.py"}
    named = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if path.relative_to(SOURCE).parts[0] not in (*inside, "cli") and path.name not in allowed
        for system in SYSTEMS
        if re.search(rf"['\"]{system}['\"]", path.read_text("utf-8"))
    ]
    assert named == []


def test_requirements_are_pinned_with_hashes_and_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    assert lock.count("==") <= lock.count("--hash=sha256:")
