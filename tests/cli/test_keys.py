"""Rotation of the encryption keys."""

from pathlib import Path

import pytest
from django.conf import settings

from scene import Scene
from yellowbus.setup import secrets
from yellowbus.setup.keyring import read_keyring
from yellowbus.setup.models import Secret


def test_rotation_seals_every_credential_with_a_new_key(
    yellowbus, scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = tmp_path / "keys" / "keys.json"
    monkeypatch.setenv("YELLOWBUS_KEYS", str(keys))
    monkeypatch.setattr(settings, "YELLOWBUS_KEYS", keys)
    with scene.scope():
        secrets.keep(scene.connection, {"client_secret": "a secret of this test"})
    assert yellowbus("rotate-keys", "--json").json == {"key": "k2", "sealed": 1}
    with scene.scope():
        assert list(Secret.objects.values_list("key", flat=True)) == ["k2"]
        assert secrets.reveal(scene.connection) == {"client_secret": "a secret of this test"}
    assert sorted(read_keyring(keys).keys) == ["k1", "k2"]
