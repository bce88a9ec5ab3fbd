"""Credentials at rest: encrypted, bound to their row, readable again after a rotation of the key."""

from pathlib import Path

import pytest
from django.conf import settings

from scene import Scene
from yellowbus.errors import NeedsAdmin
from yellowbus.setup import connections, keyring, secrets
from yellowbus.setup.models import Connection, Secret

SECRET = "s3cret-canary-value"
LOGIN = {"server_url": "https://sis.example.org", "client_id": "an-id", "client_secret": SECRET}


@pytest.fixture
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "keys.json"
    monkeypatch.setattr(settings, "YELLOWBUS_KEYS", path)
    return path


@pytest.fixture
def connection(scene: Scene) -> Connection:
    with scene.scope():
        return connections.add(
            scene.actor, scene.instance.pk, name="SIS", system="powerschool", credentials=LOGIN
        )


def test_a_secret_is_kept_apart_from_the_settings_and_encrypted(scene: Scene, connection: Connection) -> None:
    with scene.scope():
        kept = Secret.objects.get(connection=connection)
        assert (kept.name, secrets.reveal(connection)) == ("client_secret", {"client_secret": SECRET})
    assert SECRET.encode() not in bytes(kept.sealed)
    assert connection.settings == {"server_url": "https://sis.example.org", "client_id": "an-id"}


def test_the_same_secret_is_never_sealed_the_same_way_twice(scene: Scene, connection: Connection) -> None:
    with scene.scope():
        first = bytes(Secret.objects.get(connection=connection).sealed)
        secrets.keep(connection, {"client_secret": SECRET})
        assert bytes(Secret.objects.get(connection=connection).sealed) != first


def other_connection(scene: Scene) -> Connection:
    return connections.add(
        scene.actor,
        scene.instance.pk,
        name="Second",
        system="powerschool",
        credentials=LOGIN | {"client_secret": "x" * 20},
    )


def test_a_sealed_value_moved_to_another_connection_does_not_open(
    scene: Scene, connection: Connection
) -> None:
    with scene.scope():
        other = other_connection(scene)
        sealed = Secret.objects.get(connection=connection).sealed
        Secret.objects.filter(connection=other).update(sealed=sealed)
        with pytest.raises(NeedsAdmin) as refused:
            secrets.reveal(other)
    assert (refused.value.code, refused.value.facts) == ("credential-damaged", {"name": "client_secret"})


def test_a_sealed_value_under_another_name_does_not_open(scene: Scene, connection: Connection) -> None:
    with scene.scope():
        Secret.objects.filter(connection=connection).update(name="client_id")
        with pytest.raises(NeedsAdmin, match="client_id"):
            secrets.reveal(connection)


def test_an_altered_value_does_not_open(scene: Scene, connection: Connection) -> None:
    with scene.scope():
        sealed = bytearray(Secret.objects.get(connection=connection).sealed)
        sealed[-1] ^= 1
        Secret.objects.filter(connection=connection).update(sealed=bytes(sealed))
        with pytest.raises(NeedsAdmin) as refused:
            secrets.reveal(connection)
    assert refused.value.code == "credential-damaged"


def test_after_a_rotation_old_values_open_and_are_sealed_anew(
    own_keys: Path, scene: Scene, connection: Connection
) -> None:
    keyring.rotate(own_keys)
    with scene.scope():
        assert secrets.reveal(connection) == {"client_secret": SECRET}
        assert secrets.reseal([connection]) == 1
        assert Secret.objects.get(connection=connection).key == "k2"
        assert secrets.reveal(connection) == {"client_secret": SECRET}
        assert secrets.reseal([connection]) == 0


def test_another_key_file_opens_nothing(own_keys: Path, scene: Scene, connection: Connection) -> None:
    own_keys.unlink()
    with scene.scope(), pytest.raises(NeedsAdmin) as refused:
        secrets.reveal(connection)
    assert refused.value.code == "credential-damaged"


def test_a_key_that_is_gone_is_named(own_keys: Path, scene: Scene, connection: Connection) -> None:
    with scene.scope():
        Secret.objects.filter(connection=connection).update(key="k7")
        with pytest.raises(NeedsAdmin) as refused:
            secrets.reveal(connection)
    assert (refused.value.code, refused.value.facts) == ("key-missing", {"key": "k7"})


def test_only_the_end_of_a_long_secret_is_ever_shown(scene: Scene, connection: Connection) -> None:
    with scene.scope():
        assert secrets.hints(connection) == {"client_secret": "alue"}
        secrets.keep(connection, {"client_secret": "short"})
        assert secrets.hints(connection) == {"client_secret": ""}


def test_credentials_are_replaced_and_the_audit_names_no_value(scene: Scene, connection: Connection) -> None:
    from yellowbus.setup.models import AuditEvent

    with scene.scope():
        connections.rotate(
            scene.actor, connection, {"client_secret": "another-canary", "client_id": "new-id"}
        )
        assert secrets.reveal(connection) == {"client_secret": "another-canary"}
        assert connection.settings["client_id"] == "new-id"
        event = AuditEvent.objects.latest("pk")
        everything = str(list(AuditEvent.objects.values()))
    assert (event.verb, event.facts) == ("credential.rotate", {"names": ["client_id", "client_secret"]})
    assert not {SECRET, "another-canary", "new-id"} & set(everything.split("'"))


def test_a_credential_that_the_system_does_not_have_is_refused(scene: Scene, connection: Connection) -> None:
    with scene.scope(), pytest.raises(NeedsAdmin) as refused:
        connections.rotate(scene.actor, connection, {"password": "x"})
    assert (refused.value.code, refused.value.facts["names"]) == ("credential-unknown", "password")
