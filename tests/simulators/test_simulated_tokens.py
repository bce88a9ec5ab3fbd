"""Dossier 4: the OAuth token."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import pytest
from simulated_client import Client

from yellowbus.simulators.powerschool import Options

METADATA = "/ws/v1/metadata"


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_section_4_a_token_is_a_uuid_and_its_life_is_text(client: Client) -> None:
    body = client.sign_in().json()
    assert list(body) == ["access_token", "token_type", "expires_in"]
    assert UUID(body["access_token"])
    assert body["token_type"] == "Bearer"
    assert isinstance(body["expires_in"], str)


@pytest.mark.parametrize("path", ["/oauth/access_token", "/oauth/access_token/"])
def test_section_4_the_address_works_with_and_without_a_slash(client: Client, path: str) -> None:
    auth = (client.plugin.client_id, client.plugin.client_secret)
    reply = client.http.post(path, auth=auth, data={"grant_type": "client_credentials"})
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json;charset=UTF-8")


def test_section_4_asking_again_gives_the_same_token_with_the_time_left(
    connect: Callable[..., Client],
) -> None:
    clock = Clock()
    client = connect(clock=clock)
    first = client.sign_in().json()
    clock.now += 100
    second = client.sign_in().json()
    assert second["access_token"] == first["access_token"]
    assert int(first["expires_in"]) - int(second["expires_in"]) == 100


def test_section_4_switch_a_new_token_each_time(connect: Callable[..., Client]) -> None:
    client = connect(Options(same_token=False))
    assert client.sign_in().json()["access_token"] != client.sign_in().json()["access_token"]


def test_section_4_switch_seconds_as_a_number_and_no_token_type(connect: Callable[..., Client]) -> None:
    client = connect(Options(expires_in_as_text=False, with_token_type=False), clock=Clock())
    body = client.sign_in().json()
    assert (list(body), body["expires_in"]) == (["access_token", "expires_in"], 2_592_000)


@pytest.mark.parametrize("auth", [None, ("", ""), ("wrong", "wrong")])
def test_section_4_bad_credentials_are_an_invalid_client(
    client: Client, auth: tuple[str, str] | None
) -> None:
    reply = client.http.post("/oauth/access_token", auth=auth, data={"grant_type": "client_credentials"})
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")


def test_a_header_that_is_not_base64_is_an_invalid_client(client: Client) -> None:
    headers = {"Authorization": "Basic !!!"}
    assert client.http.post("/oauth/access_token", headers=headers).json()["error"] == "invalid_client"


def test_another_grant_type_is_refused(client: Client) -> None:
    auth = (client.plugin.client_id, client.plugin.client_secret)
    reply = client.http.post("/oauth/access_token", auth=auth, data={"grant_type": "password"})
    assert (reply.status_code, reply.json()) == (400, {"error": "unsupported_grant_type"})


def assert_refused(client: Client) -> None:
    reply = client.ask(METADATA)
    assert (reply.status_code, reply.content) == (401, b"")
    assert reply.headers["www-authenticate"].startswith('Bearer error="invalid_token",realm="PowerSchool"')


def test_section_4_an_expired_token_is_refused_with_the_header_and_no_body(
    connect: Callable[..., Client],
) -> None:
    clock = Clock()
    client = connect(Options(token_lifetime=60), clock=clock)
    assert client.ask(METADATA).status_code == 200
    clock.now += 60
    assert_refused(client)


def test_section_4_an_unknown_token_is_refused(client: Client) -> None:
    client.headers["Authorization"] = "Bearer 3f0c9a1e-0000-4000-8000-000000000000"
    assert_refused(client)


def test_a_call_without_a_token_is_refused(client: Client) -> None:
    del client.headers["Authorization"]
    assert_refused(client)


def test_section_4_a_revoked_token_is_refused_and_a_new_one_works(client: Client) -> None:
    assert client.app.sis.tokens.revoke_all() == 1
    assert_refused(client)
    client.sign_in()
    assert client.ask(METADATA).status_code == 200


def test_section_3_3_a_disabled_plugins_token_is_worth_nothing(client: Client) -> None:
    client.app.sis.plugins.disable(client.plugin)
    assert_refused(client)


def test_section_3_3_new_credentials_end_the_old_token(client: Client) -> None:
    client.app.sis.plugins.regenerate(client.plugin)
    assert_refused(client)
