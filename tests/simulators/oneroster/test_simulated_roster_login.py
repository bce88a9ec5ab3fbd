"""OneRoster dossier 1.2: OAuth 2 with scopes, OAuth 1.0a signatures."""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from oauthlib import oauth1
from simulated_roster_client import BASES, HOST, RosterClient, ids

from yellowbus.simulators.oneroster import Login, OneRoster, Options, Signing
from yellowbus.simulators.oneroster.clients import CORE, DEMOGRAPHICS, READING, ROSTER, scope_uri

Connect = Callable[..., RosterClient]
SHA1, SHA256 = oauth1.SIGNATURE_HMAC_SHA1, oauth1.SIGNATURE_HMAC_SHA256


def form(client: RosterClient, **more: str) -> dict[str, str]:
    return {
        "client_id": client.client.id,
        "client_secret": client.client.secret,
        "grant_type": "client_credentials",
        "scope": scope_uri(ROSTER, "1.1"),
        **more,
    }


# --- OAuth 2 ---


def test_section_1_2_a_token_answer_has_four_parts(client: RosterClient) -> None:
    body = client.token(scopes=(ROSTER,)).json()
    assert sorted(body) == ["access_token", "expires_in", "scope", "token_type"]
    assert (body["token_type"], body["expires_in"]) == ("bearer", 3600)
    assert body["scope"].split() == [scope_uri(ROSTER, "1.1"), scope_uri(ROSTER, "1.2")]


def test_section_1_2_credentials_may_stand_in_the_form(client: RosterClient) -> None:
    assert client.http.post("/oauth/token", data=form(client)).status_code == 200


@pytest.mark.parametrize(
    ("options", "basic", "in_form"),
    [(Options(token_basic=False), 401, 200), (Options(token_form=False), 200, 401)],
)
def test_section_1_2_switch_one_way_of_credentials_only(
    roster_district: Any, options: Options, basic: int, in_form: int
) -> None:
    app = OneRoster(roster_district, options)
    http = httpx2.Client(transport=httpx2.WSGITransport(app=app), base_url=HOST)
    client = RosterClient(app, http, app.sis.rostering.clients.add("Invented"))
    assert client.token().status_code == basic
    assert http.post("/oauth/token", data=form(client)).status_code == in_form


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": ""}, 400, "invalid_scope"),
        ({"scope": "https://example.org/scope/everything"}, 400, "invalid_scope"),
    ],
)
def test_a_refused_token_says_the_error_of_rfc_6749(
    client: RosterClient, change: dict[str, str], status: int, error: str
) -> None:
    reply = client.http.post("/oauth/token", data=form(client, **change))
    assert (reply.status_code, reply.json()) == (status, {"error": error})


def test_swapped_key_and_secret_are_refused(client: RosterClient) -> None:
    auth = (client.client.secret, client.client.id)
    assert client.http.post("/oauth/token", auth=auth, data=form(client, client_id="")).status_code == 401


def test_section_1_2_switch_a_token_without_a_scope_has_all_that_the_client_may(connect: Connect) -> None:
    client = connect(Options(scope_required=False))
    body = client.http.post("/oauth/token", auth=(client.client.id, client.client.secret)).json()
    expected = [scope_uri(name, version) for name in READING for version in ("1.1", "1.2")]
    assert body["scope"].split() == sorted(expected)


def test_a_token_ends_with_its_time(connect: Connect) -> None:
    now = [1_000_000.0]
    client = connect(Options(token_lifetime=60), clock=lambda: now[0])
    assert client.ask("/orgs").status_code == 200
    now[0] += 60
    assert client.ask("/orgs").status_code == 401


def test_a_disabled_client_is_worth_nothing(client: RosterClient) -> None:
    client.client.enabled = False
    assert (client.ask("/orgs").status_code, client.token().status_code) == (401, 401)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer 123"}, {"Authorization": "Bearer"}])
def test_section_1_7_a_call_without_a_good_token_is_401(
    client: RosterClient, headers: dict[str, str]
) -> None:
    reply = client.http.get(BASES["1.1"] + "/orgs", headers=headers)
    assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("scopes", "opened"),
    [
        ((CORE,), {"/students": 200, "/schools/org-101/students": 403, "/demographics": 403}),
        ((ROSTER,), {"/students": 200, "/schools/org-101/students": 200, "/demographics": 403}),
        ((DEMOGRAPHICS,), {"/students": 403, "/schools/org-101/students": 403, "/demographics": 200}),
    ],
)
def test_section_1_2_each_scope_opens_what_it_names(
    either: RosterClient, scopes: tuple[str, ...], opened: dict[str, int]
) -> None:
    either.sign_in(scopes=scopes)
    assert {path: either.ask(path).status_code for path in opened} == opened


def test_a_scope_of_one_version_opens_nothing_in_the_other(client: RosterClient) -> None:
    client.sign_in(scope=scope_uri(ROSTER, "1.1"))
    statuses = {}
    for version in BASES:
        client.version = version
        statuses[version] = client.ask("/orgs").status_code
    assert statuses == {"1.1": 200, "1.2": 403}


def test_switch_scopes_that_nobody_checks(connect: Connect) -> None:
    client = connect(Options(scope_enforced=False))
    client.sign_in(scopes=(CORE,))
    assert client.ask("/demographics").status_code == 200


# --- OAuth 1 ---


@pytest.mark.parametrize("method", [SHA1, SHA256])
def test_section_1_2_a_signed_request_is_answered(client: RosterClient, method: str) -> None:
    reply = client.signed("/students", method, limit=2)
    assert (reply.status_code, len(reply.json()["users"])) == (200, 2)


@pytest.mark.parametrize(("method", "status"), [(SHA1, 401), (SHA256, 200)])
def test_section_1_2_switch_one_method_only(connect: Connect, method: str, status: int) -> None:
    client = connect(Options(signing=(Signing.SHA256,)))
    assert client.signed("/orgs", method).status_code == status


def test_section_1_2_a_filter_with_a_quote_and_a_secret_with_signs_are_signed_alike(
    client: RosterClient,
) -> None:
    client.client.secret = "a&/+= b'ü"
    student = client.app.sis.district.students[0]
    wanted = f"familyName='{student.last.replace(chr(39), chr(39) * 2)}' AND givenName='{student.first}'"
    assert ids(client.signed("/students", filter=wanted).json()["users"]) == ["s-801"]


def test_a_changed_query_breaks_the_signature(client: RosterClient) -> None:
    signer = oauth1.Client(client.client.id, client_secret=client.client.secret, signature_method=SHA256)
    url, headers, _ = signer.sign(f"{HOST}{BASES['1.1']}/orgs?limit=1")
    assert client.http.get(url.replace("limit=1", "limit=2"), headers=headers).status_code == 401


def test_a_wrong_secret_and_an_unknown_key_are_refused(client: RosterClient) -> None:
    right = client.client.secret
    client.client.secret = "other"
    signer = oauth1.Client(client.client.id, client_secret=right, signature_method=SHA256)
    url, headers, _ = signer.sign(f"{HOST}{BASES['1.1']}/orgs")
    assert client.http.get(url, headers=headers).status_code == 401
    unknown = headers["Authorization"].replace(client.client.id, "nobody")
    assert client.http.get(url, headers={"Authorization": unknown}).status_code == 401


def test_section_1_2_oauth_version_may_be_left_out(client: RosterClient) -> None:
    parts = {
        "oauth_consumer_key": client.client.id,
        "oauth_nonce": "once",
        "oauth_signature_method": SHA256,
        "oauth_timestamp": str(int(time.time())),
    }
    listed = "&".join(f"{name}={value}" for name, value in sorted(parts.items()))
    url = f"{HOST}{BASES['1.1']}/orgs"
    text = f"GET&{quote(url, safe='')}&{quote(listed, safe='')}"
    digest = hmac.new(f"{client.client.secret}&".encode(), text.encode(), hashlib.sha256).digest()
    parts["oauth_signature"] = quote(base64.b64encode(digest).decode(), safe="")
    header = "OAuth " + ", ".join(f'{name}="{value}"' for name, value in parts.items())
    assert client.http.get(url, headers={"Authorization": header}).status_code == 200


def test_section_1_2_the_signed_address_is_the_one_seen_from_outside(connect: Connect) -> None:
    client = connect(Options(outer_url="https://outside.example.org"))
    assert client.signed("/orgs").status_code == 401
    signer = oauth1.Client(client.client.id, client_secret=client.client.secret, signature_method=SHA256)
    _, headers, _ = signer.sign(f"https://outside.example.org:443{BASES['1.1']}/orgs")
    assert client.http.get(f"{BASES['1.1']}/orgs", headers=headers).status_code == 200


def test_section_1_2_switch_timestamps_are_looked_at(connect: Connect) -> None:
    late = connect(Options(timestamp_window=300), clock=lambda: time.time() + 600)
    assert late.signed("/orgs").status_code == 401
    right = connect(Options(timestamp_window=300))
    assert right.signed("/orgs").status_code == 200


@pytest.mark.parametrize(("once", "second"), [(True, 401), (False, 200)])
def test_section_1_2_switch_a_nonce_counts_once(connect: Connect, once: bool, second: int) -> None:
    client = connect(Options(nonce_once=once))
    signer = oauth1.Client(client.client.id, client_secret=client.client.secret, signature_method=SHA256)
    url, headers, _ = signer.sign(f"{HOST}{BASES['1.1']}/orgs")
    assert [client.http.get(url, headers=headers).status_code for _ in range(2)] == [200, second]


def test_section_1_2_version_1_2_knows_no_signatures(connect: Connect) -> None:
    assert connect(version="1.2").signed("/orgs").status_code == 401


@pytest.mark.parametrize(
    ("logins", "bearer", "signed"), [((Login.OAUTH2,), 200, 401), ((Login.OAUTH1,), 401, 200)]
)
def test_section_1_2_a_provider_picks_its_login(
    connect: Connect, logins: tuple[Login, ...], bearer: int, signed: int
) -> None:
    client = connect(Options(logins=logins))
    assert (client.ask("/orgs").status_code, client.signed("/orgs").status_code) == (bearer, signed)
