"""The bearer token (powerschool dossier 4, 5.5, 14)."""

import base64
from urllib.parse import parse_qs

import httpx2
import pytest

from yellowbus.errors import NeedsAdmin, NotUnderstood, TryLater

TOKEN = "/oauth/access_token"
COUNT = "/ws/v1/district/student/count"
EXPIRED = {"www-authenticate": 'Bearer error="invalid_token",realm="PowerSchool",error_description="expired"'}


def code_of(vendor, kind=NeedsAdmin):
    with pytest.raises(kind) as raised:
        vendor.records()
    return raised.value.code


def test_one_token_serves_a_whole_read(vendor):
    vendor.held(950)
    vendor.records()
    assert (vendor.tokens, vendor.counted()["/ws/v1/district/student"]) == (1, 10)


def test_the_token_is_asked_for_with_basic_credentials_and_a_form(vendor):
    seen = []
    vendor.answers[TOKEN] = lambda request: (
        seen.append(request) or vendor.reply({"access_token": "t", "expires_in": "2591000"})
    )
    vendor.records()
    (request,) = seen
    assert base64.b64decode(request.headers["authorization"].removeprefix("Basic ")) == b"id:s3cret-canary"
    assert parse_qs(request.content.decode()) == {"grant_type": ["client_credentials"]}
    assert request.headers["content-type"] == "application/x-www-form-urlencoded;charset=UTF-8"


def test_a_server_that_wants_the_slash_gets_it(vendor):
    vendor.answers[TOKEN] = lambda _: httpx2.Response(404)
    vendor.held(1)
    assert len(vendor.records()) == 1
    assert (vendor.counted()[TOKEN], vendor.counted()[TOKEN + "/"]) == (1, 1)


@pytest.mark.parametrize("lifetime", ["3600", 3600])
def test_a_lifetime_is_text_or_a_number_and_the_token_is_renewed_in_time(vendor, lifetime, monkeypatch):
    from yellowbus.connectors.powerschool.token import Token

    time = [0.0]
    tokens = []
    vendor.answers[TOKEN] = lambda _: (
        tokens.append(1) or vendor.reply({"access_token": f"t{len(tokens)}", "expires_in": lifetime})
    )
    vendor.open()
    root = "https://sis.example.org"
    token = Token(vendor.door, root, client_id="id", client_secret="s", clock=lambda: time[0])
    seen = []
    for moment in (0.0, 3539.0, 3540.0):
        time[0] = moment
        request = httpx2.Request("GET", root)
        token.sign(request)
        seen.append(request.headers["authorization"])
    assert seen == ["Bearer t1", "Bearer t1", "Bearer t2"]


def test_a_token_revoked_between_two_pages_is_renewed_once_for_all_threads(vendor):
    vendor.held(950)
    page = "/ws/v1/district/student"

    def guarded(request):
        if request.headers["authorization"] != "Bearer token-2":
            return httpx2.Response(401, headers=EXPIRED)
        return vendor.resource(page, request.url.params)

    vendor.answers[page] = guarded
    assert len(vendor.records()) == 950
    assert vendor.tokens == 2


def test_a_token_that_is_refused_twice_ends_the_run(vendor):
    vendor.answers[COUNT] = lambda _: httpx2.Response(401, headers=EXPIRED)
    assert code_of(vendor) == "credentials-refused"
    assert (vendor.tokens, vendor.counted()[COUNT]) == (2, 2)


def test_the_missing_access_level_is_told_apart_and_not_tried_again(vendor):
    body = {"errorMessage": {"message": "The plugin needs accessLevelV1Api READ"}}
    vendor.answers[COUNT] = lambda _: vendor.reply(body, 401)
    assert code_of(vendor) == "powerschool-access-level"
    assert (vendor.tokens, vendor.counted()[COUNT]) == (1, 1)


def test_bad_credentials_name_the_page_to_copy_them_from(vendor):
    vendor.answers[TOKEN] = lambda _: vendor.reply({"error": "invalid_client"}, 401)
    with pytest.raises(NeedsAdmin) as raised:
        vendor.records()
    assert raised.value.code == "credentials-refused"
    assert "Data Provider Configuration" in raised.value.remedy


@pytest.mark.parametrize("body", [{}, {"access_token": ""}, []])
def test_an_answer_without_a_token_is_not_understood(vendor, body):
    vendor.answers[TOKEN] = lambda _: vendor.reply(body)
    assert code_of(vendor, NotUnderstood) == "reply-not-understood"


def test_a_busy_token_page_is_tried_again(vendor):
    answers = [httpx2.Response(429, headers={"retry-after": "3"})]
    good = {"access_token": "t", "expires_in": "2591000"}
    vendor.answers[TOKEN] = lambda _: answers.pop() if answers else vendor.reply(good)
    assert vendor.records() == []
    assert round(vendor.clock.slept, 3) == 3.0


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(302, headers={"location": "https://status.example.com/"}),
        httpx2.Response(200, html="<html><title>PowerSchool page unavailable</title></html>"),
    ],
)
def test_maintenance_is_worth_another_attempt(vendor, answer):
    vendor.answers["/ws/v1/metadata"] = lambda _: answer
    assert code_of(vendor, TryLater) == "maintenance"
