"""The doctor of an installation: each check can fail, and says what to do."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from scene import Scene
from yellowbus.config import doctor, environment
from yellowbus.connectors.base import Check
from yellowbus.enroll import fence
from yellowbus.runs.importing import order
from yellowbus.runs.models import Run
from yellowbus.setup import secrets


def checks() -> dict[str, Check]:
    return {line.name: line for line in doctor.examine()}


@pytest.fixture
def sound(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    keys = tmp_path / "data" / "keys.json"
    keys.parent.mkdir()
    monkeypatch.setenv("YELLOWBUS_DATA", str(keys.parent))
    monkeypatch.setattr(settings, "YELLOWBUS_KEYS", keys)
    scene = Scene(tmp_path)
    with scene.scope():
        secrets.keep(scene.connection, {"client_secret": "a secret of this test"})
    return scene


def test_what_is_in_order_is_told_so(sound: Scene) -> None:
    found = checks()
    assert {name: found[name].ok for name in ("Program", "Tables", "Clock", "Keys", "Room", "Runs", "Schedules")} == {
        "Program": True, "Tables": True, "Clock": True, "Keys": True, "Room": True, "Runs": True, "Schedules": True,
    }  # fmt: skip
    assert found["Keys"].says.endswith("opens every stored credential (1).")


def test_without_a_worker_nothing_runs(sound: Scene) -> None:
    line = checks()["Worker"]
    assert (line.ok, line.warning, "yellowbus serve" in line.says) == (False, False, True)


def test_a_lost_key_file_is_seen(sound: Scene) -> None:
    settings.YELLOWBUS_KEYS.unlink()  # the next look makes a new one, which opens nothing
    line = checks()["Keys"]
    assert (line.ok, line.code) == (False, "credential-damaged")


def test_a_table_without_its_policy_is_seen(sound: Scene) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP POLICY inside ON enroll_student")
    assert (checks()["Tables"].ok, fence.stands()) == (False, False)


def test_a_run_that_nobody_takes_up_is_seen(sound: Scene) -> None:
    with sound.scope():
        run = order.order(sound.actor, sound.connection, "schools", year=2026, yes=True)
        Run.objects.filter(pk=run.pk).update(created_at=datetime.now(UTC) - timedelta(hours=1))
    line = checks()["Runs"]
    assert (line.ok, line.says) == (False, "1 runs wait for a worker.")


def test_a_full_disk_is_seen(sound: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "ROOM", 2**63)
    assert checks()["Room"].ok is False


def test_the_last_back_up_is_named_and_an_old_one_warned_of(sound: Scene) -> None:
    assert checks()["Back-up"].says.startswith("No back-up")
    doctor.note_backup((datetime.now(UTC) - timedelta(days=2)).isoformat())
    assert checks()["Back-up"].ok is True
    doctor.note_backup((datetime.now(UTC) - timedelta(days=20)).isoformat())
    assert (checks()["Back-up"].ok, checks()["Back-up"].warning) == (False, True)


def test_a_check_that_cannot_be_made_stops_no_other(sound: Scene) -> None:
    settings.YELLOWBUS_KEYS.chmod(0o644)
    found = checks()
    assert (found["Keys"].ok, found["Keys"].code, len(found)) == (False, "keys-open-to-others", 11)
    assert environment.keys_file() == settings.YELLOWBUS_KEYS
    assert transaction.get_connection().in_atomic_block
