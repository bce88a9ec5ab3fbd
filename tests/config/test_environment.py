"""What is read from the environment."""

from pathlib import Path

import pytest

from yellowbus.config import environment


def test_the_data_folder_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YELLOWBUS_DATA", "/srv/yb")
    monkeypatch.delenv("YELLOWBUS_KEYS", raising=False)
    assert (environment.data_folder(), environment.keys_file()) == (
        Path("/srv/yb"),
        Path("/srv/yb/keys.json"),
    )


@pytest.mark.parametrize(
    ("user", "folder"), [(0, "/var/lib/yellowbus"), (1000, "/home/dana/.local/share/yellowbus")]
)
def test_the_data_folder_is_the_users_own(monkeypatch: pytest.MonkeyPatch, user: int, folder: str) -> None:
    monkeypatch.delenv("YELLOWBUS_DATA")
    monkeypatch.setenv("HOME", "/home/dana")
    monkeypatch.setattr("os.geteuid", lambda: user)
    assert environment.data_folder() == Path(folder)


def test_the_key_file_can_stand_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YELLOWBUS_KEYS", "/etc/yellowbus/keys.json")
    assert environment.keys_file() == Path("/etc/yellowbus/keys.json")


@pytest.mark.parametrize(("told", "allowed"), [("1", True), ("0", False), ("yes", False), ("", False)])
def test_private_addresses_are_allowed_by_a_plain_1_alone(
    monkeypatch: pytest.MonkeyPatch, told: str, *, allowed: bool
) -> None:
    monkeypatch.setenv("YELLOWBUS_ALLOW_PRIVATE_ADDRESSES", told)
    assert environment.allow_private_addresses() is allowed


def test_hosts_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YELLOWBUS_HOSTS", "sync.example.org, localhost")
    assert environment.hosts() == ["sync.example.org", "localhost"]


def test_times_and_sizes_have_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("YELLOWBUS_CLAIM_SECONDS", "YELLOWBUS_PAGE_ROWS", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    assert (environment.claim_seconds(), environment.page_rows(), environment.database_url()) == (
        30.0,
        2000,
        "",
    )
