"""Dossier 4, and the part of 3.1 and 3.2 that shows at the token end point."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import httpx2
import pytest
from qmlativ_client import Client, basic

from yellowbus.simulators.qmlativ import BASE, Options, Place, TokenStyle

TOKEN = f"{BASE}/oauth/token"
GRANT = {"grant_type": "client_credentials"}
METADATA = "/Custom/GetSystemMetadata"


@dataclass
class Clock:
    now: float = 1_789_000_000.0

    def __call__(self) -> float:
        return self.now


def ask_in(client: Client, style: TokenStyle) -> httpx2.Response:
    header = basic(client.access.key, client.secret)
    if style is TokenStyle.BASIC_POST:
        return client.http.post(TOKEN, headers=header, data=GRANT)
    if style is TokenStyle.BASIC_GET:
        return client.http.get(TOKEN, headers=header, params=GRANT)
    body = {"client_id": client.access.key, "client_secret": client.secret, **GRANT}
    return client.http.post(TOKEN, data=body)


@pytest.mark.parametrize("style", list(TokenStyle))
def test_section_4_every_style_gives_a_token(client: Client, style: TokenStyle) -> None:
    reply = ask_in(client, style)
    body = reply.json()
    assert (reply.status_code, list(body)) == (200, ["access_token", "token_type", "expires_in"])
    assert (body["token_type"], body["expires_in"]) == ("bearer", 1199)
    client.headers = {"Authorization": f"Bearer {body['access_token']}"}
    assert client.ask(METADATA).status_code == 200


@pytest.mark.parametrize("only", list(TokenStyle))
def test_section_4_switch_one_style_alone_is_answered(
    connect: Callable[..., Client], only: TokenStyle
) -> None:
    client = connect(Options(token_styles=frozenset({only})))
    answered = {style: ask_in(client, style).status_code for style in TokenStyle}
    assert answered == {style: 200 if style is only else 401 for style in TokenStyle}


def test_section_4_credentials_that_are_not_encoded_do_not_fit(client: Client) -> None:
    """Every secret of the simulator has characters that URL-encoding changes."""
    header = basic(client.access.key, client.secret, encoded=False)
    reply = client.http.post(TOKEN, headers=header, data=GRANT)
    assert (reply.status_code, reply.json()) == (401, {"error": "invalid_client"})


def test_section_4_switch_credentials_are_taken_as_they_are(connect: Callable[..., Client]) -> None:
    client = connect(Options(encoded_credentials=False))
    header = basic(client.access.key, client.secret, encoded=False)
    assert client.http.post(TOKEN, headers=header, data=GRANT).status_code == 200
    assert client.token().status_code == 401


@pytest.mark.parametrize("header", [{}, basic("wrong", "wrong"), {"Authorization": "Basic !!!"}])
def test_section_6_5_bad_credentials_are_an_invalid_client(client: Client, header: dict[str, str]) -> None:
    reply = client.http.post(TOKEN, headers=header, data=GRANT)
    assert (reply.status_code, reply.json()) == (401, {"error": "invalid_client"})


def test_section_4_another_grant_is_refused(client: Client) -> None:
    reply = client.token(grant_type="password")
    assert (reply.status_code, reply.json()) == (400, {"error": "unsupported_grant_type"})


def test_section_4_switch_without_expires_in(connect: Callable[..., Client]) -> None:
    assert list(connect(Options(with_expires_in=False)).token().json()) == ["access_token", "token_type"]


def test_section_4_scopes_are_ignored_for_custom(client: Client) -> None:
    assert client.token(scope="anything").status_code == 200


@pytest.mark.parametrize("status", [403, 401, 500])
def test_section_4_an_expired_token_says_so(connect: Callable[..., Client], status: int) -> None:
    clock = Clock()
    client = connect(Options(token_lifetime=60, expired_status=status), clock=clock)
    clock.now += 59
    assert client.ask(METADATA).status_code == 200
    clock.now += 1
    reply = client.ask(METADATA)
    assert (reply.status_code, reply.json()) == (status, {"error": "Token has expired"})
    client.sign_in()
    assert client.ask(METADATA).status_code == 200


def test_section_6_5_an_unknown_token_is_treated_like_an_old_one(client: Client) -> None:
    client.headers = {"Authorization": "Bearer qm-unknown"}
    assert client.ask(METADATA).status_code == 403


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic abc"}])
def test_a_call_without_a_bearer_is_refused(client: Client, headers: dict[str, str]) -> None:
    client.headers = headers
    assert client.ask(METADATA).status_code == 401


def test_section_3_2_a_new_secret_ends_the_old_one_and_its_token(client: Client) -> None:
    new = client.app.sis.accesses.generate_secret(client.access.id)
    assert client.ask(METADATA).status_code == 403
    assert client.token().status_code == 401
    client.secret = new
    assert client.token().status_code == 200


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"active": False}, 401),
        ({"effective": date(2026, 10, 1)}, 401),
        ({"expiration": date(2026, 9, 1)}, 401),
        ({"expiration": date(2027, 6, 30)}, 200),
        ({}, 200),
    ],
)
def test_section_3_1_an_access_works_when_active_and_between_its_dates(
    connect: Callable[..., Client], more: dict[str, Any], status: int
) -> None:
    assert connect(**more).token().status_code == status


@pytest.mark.parametrize("change", [{"active": False}, {"expiration": date(2026, 9, 1)}])
def test_section_10_an_access_dies_silently_while_its_token_lives(client: Client, change: Any) -> None:
    client.app.sis.accesses.change(replace(client.app.sis.accesses.all()[0], **change))
    reply = client.ask(METADATA)
    assert (reply.status_code, reply.json()) == (403, {"error": "This integration access is not active"})


def test_section_3_1_the_last_day_is_still_good(connect: Callable[..., Client]) -> None:
    """The clock stands at the ninth of September at the district."""
    assert connect(expiration=date(2026, 9, 9)).token().status_code == 200
    assert connect(expiration=date(2026, 9, 8)).token().status_code == 401


@pytest.mark.parametrize("place", [Place.HEADER, Place.FORM])
def test_section_3_2_the_vendors_hidden_value_is_needed_where_the_switch_says(
    connect: Callable[..., Client], place: Place
) -> None:
    client = connect(Options(third_value=place, third_value_name="X-Key"))
    value = client.app.sis.integration.third_value
    header = basic(client.access.key, client.secret)

    def ask(headers: dict[str, str], form: dict[str, str]) -> int:
        return client.http.post(TOKEN, headers=header | headers, data=GRANT | form).status_code

    in_header, in_form = ask({"X-Key": value}, {}), ask({}, {"X-Key": value})
    assert (in_header, in_form) == ((200, 401) if place is Place.HEADER else (401, 200))
    assert ask({"X-Key": "wrong"}, {"X-Key": "wrong"}) == 401


def test_a_revoked_token_is_worth_nothing(client: Client) -> None:
    assert client.app.sis.tokens.revoke_all() >= 1
    assert client.ask(METADATA).status_code == 403
