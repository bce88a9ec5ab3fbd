"""Signing in to a OneRoster provider (oneroster dossier 1.2, aeries dossier 14.1 and 14.2)."""

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl, quote, urlsplit

import httpx2
import pytest

from protocols.oneroster_provider import ID, ROOT, SECRET, Provider
from yellowbus.errors import NeedsAdmin, NotUnderstood
from yellowbus.protocols.oauth import Account, ClientCredentials, Signature, SignedRequests

SCOPES = (
    "https://purl.imsglobal.org/spec/or/v1p1/scope/roster-core.readonly",
    "https://purl.imsglobal.org/spec/or/v1p1/scope/roster-demographics.readonly",
)
WHERE = "Copy both again."


class Clock:
    time = 0.0

    def __call__(self):
        return self.time


def credentials(provider, *, secret=SECRET, paths=("/token",), scopes=SCOPES, clock=None):
    account = Account(ID, secret, "the provider", WHERE)
    return ClientCredentials(
        provider.door(),
        account,
        addresses=[ROOT + path for path in paths],
        scopes=scopes,
        clock=clock or Clock(),
    )


def refused(call):
    with pytest.raises((NeedsAdmin, NotUnderstood)) as raised:
        call()
    return raised.value


class TestClientCredentials:
    def test_a_token_is_asked_for_once_with_its_scopes(self):
        provider = Provider()
        login = credentials(provider)
        assert [login.bearer(), login.bearer()] == ["token-1", "token-1"]
        assert provider.grants == [list(SCOPES)]

    def test_a_request_carries_the_bearer(self):
        request = httpx2.Request("GET", ROOT)
        credentials(Provider()).sign(request)
        assert request.headers["authorization"] == "Bearer token-1"

    def test_without_scopes_none_are_sent(self):
        provider = Provider()
        credentials(provider, scopes=()).bearer()
        assert provider.grants == [[]]

    def test_a_token_is_renewed_before_it_is_too_old(self):
        clock = Clock()
        login = credentials(Provider(), clock=clock)
        first = login.bearer()
        clock.time = 21_600.0 - 61.0
        assert login.bearer() == first
        clock.time += 2.0
        assert login.bearer() == "token-2"

    def test_a_token_no_longer_taken_is_replaced_once_for_all_threads(self):
        provider = Provider()
        login = credentials(provider)
        first, second = httpx2.Request("GET", ROOT), httpx2.Request("GET", ROOT)
        login.sign(first)
        login.sign(second)
        assert login.refused(first, None)
        login.sign(first)
        assert login.refused(second, None)
        login.sign(second)
        assert (first.headers["authorization"], second.headers["authorization"]) == ("Bearer token-2",) * 2

    def test_a_provider_that_takes_form_fields_only_is_asked_that_way_from_then_on(self):
        provider, clock = Provider(), Clock()
        provider.form_only = True
        login = credentials(provider, clock=clock)
        login.bearer()
        clock.time = 30_000.0
        login.bearer()
        assert [path for path, _ in provider.asked] == ["/api/token"] * 3

    def test_a_wrong_secret_is_the_administrators_to_correct(self):
        error = refused(credentials(Provider(), secret="lost character").bearer)
        assert (error.code, error.facts["where"]) == ("credentials-refused", WHERE)

    def test_a_wrong_secret_is_not_said(self):
        error = refused(credentials(Provider(), secret="lost-character").bearer)
        assert "lost-character" not in f"{error} {error.detail} {error.facts}"

    @pytest.mark.parametrize(
        "answer",
        [
            httpx2.Response(404, text="none"),
            httpx2.Response(405, text="none"),
            httpx2.Response(400, text=""),
            httpx2.Response(302, headers={"location": "/login"}),
            httpx2.Response(200, html="<html>Sign in</html>"),
        ],
    )
    def test_what_is_no_token_endpoint_is_passed_for_the_next_address(self, answer):
        provider = Provider()
        provider.answers["/api/token"] = lambda _: answer
        provider.token_path = "/api/token/"
        assert credentials(provider, paths=("/token", "/token/")).bearer() == "token-1"

    def test_no_token_endpoint_anywhere_is_said_with_the_host(self):
        error = refused(credentials(Provider(), paths=("/nowhere", "/neither")).bearer)
        assert (error.code, error.facts) == ("token-address", {"host": "roster.example.org"})

    def test_scopes_that_are_refused_are_named_short(self):
        error = refused(credentials(Provider("v1p2")).bearer)
        assert (error.code, error.facts["scopes"]) == (
            "scopes-refused",
            "roster-core.readonly, roster-demographics.readonly",
        )

    def test_scopes_that_are_not_granted_are_known(self):
        provider = Provider()
        provider.scopes = [SCOPES[0]]
        login = credentials(provider)
        login.bearer()
        assert login.missing_scopes == (SCOPES[1],)

    def test_an_answer_without_scope_grants_all(self):
        provider = Provider()
        provider.answers["/api/token"] = lambda _: httpx2.Response(200, json={"access_token": "t"})
        login = credentials(provider)
        login.bearer()
        assert (login.missing_scopes, login.accepted) == ((), True)

    def test_an_answer_without_a_token_is_not_understood(self):
        provider = Provider()
        provider.answers["/api/token"] = lambda _: httpx2.Response(200, json={"token": SECRET})
        error = refused(credentials(provider).bearer)
        assert (error.code, error.sample) == ("reply-not-understood", "{token:str}")

    def test_nothing_is_accepted_before_a_token_was_given(self):
        assert not credentials(Provider()).accepted


def pct(text):
    return quote(text, safe="~")


def expected_signature(url, header, *, algorithm, secret):
    """The signature by RFC 5849 3.4, written anew: two-legged, so that the key is the secret and an ampersand."""
    told = urlsplit(url)
    given = dict(parse_qsl(told.query, keep_blank_values=True))
    params = sorted(
        (pct(name), pct(value)) for name, value in (given | header).items() if name != "oauth_signature"
    )
    normal = "&".join(f"{name}={value}" for name, value in params)
    base = "&".join(("GET", pct(f"{told.scheme}://{told.netloc}{told.path}"), pct(normal)))
    return base64.b64encode(hmac.new(f"{pct(secret)}&".encode(), base.encode(), algorithm).digest()).decode()


def parts_of(header):
    pairs = (part.strip().partition("=") for part in header.removeprefix("OAuth ").split(","))
    return {name: httpx2.QueryParams(f"x={value.strip(chr(34))}")["x"] for name, _, value in pairs}


ALGORITHMS = {Signature.SHA1: hashlib.sha1, Signature.SHA256: hashlib.sha256}


class TestSignedRequests:
    def signed(self, signature, url, params=None, secret=SECRET):
        request = httpx2.Client().build_request("GET", url, params=params)
        SignedRequests(Account(ID, secret, "the provider", WHERE), signature).sign(request)
        return str(request.url), parts_of(request.headers["authorization"])

    @pytest.mark.parametrize("signature", Signature)
    @pytest.mark.parametrize(
        "filter_",
        [
            "familyName='O''Neil'",
            "dateLastModified>'2026-01-01T00:00:00.000Z'",
            "a='&=+%'",
            "familyName='Núñez 🐝'",
        ],
    )
    def test_the_signature_is_that_of_the_standard_over_the_address_and_its_query(self, signature, filter_):
        params = {"filter": filter_, "limit": "500", "offset": "0"}
        url, header = self.signed(signature, f"{ROOT}/ims/oneroster/v1p1/students", params)
        expected = expected_signature(url, header, algorithm=ALGORITHMS[signature], secret=SECRET)
        assert header["oauth_signature"] == expected

    def test_a_port_that_is_not_the_usual_one_is_part_of_what_is_signed(self):
        url, header = self.signed(Signature.SHA256, "https://roster.example.org:8443/api")
        assert ":8443" in url
        expected = expected_signature(url, header, algorithm=hashlib.sha256, secret=SECRET)
        assert header["oauth_signature"] == expected

    def test_the_header_names_the_method_and_no_token(self):
        _, header = self.signed(Signature.SHA256, ROOT)
        assert sorted(header) == [
            "oauth_consumer_key",
            "oauth_nonce",
            "oauth_signature",
            "oauth_signature_method",
            "oauth_timestamp",
            "oauth_version",
        ]
        assert (header["oauth_signature_method"], header["oauth_consumer_key"]) == ("HMAC-SHA256", ID)

    def test_no_two_requests_are_signed_alike(self):
        nonces = {self.signed(Signature.SHA1, ROOT)[1]["oauth_nonce"] for _ in range(20)}
        assert len(nonces) == 20

    def test_a_refusal_is_final_and_speaks_of_the_credentials(self):
        login = SignedRequests(Account(ID, SECRET, "the provider", WHERE), Signature.SHA1)
        assert (login.refused(None, None), login.accepted) == (False, False)
        assert login.refusal().code == "credentials-refused"


def test_a_secret_is_not_shown_with_its_account():
    assert SECRET not in repr(Account(ID, SECRET, "the provider", WHERE))
