"""Signing in (qmlativ dossier 4)."""

import pytest

from yellowbus.connectors.qmlativ.address import offered
from yellowbus.connectors.qmlativ.token import Login
from yellowbus.errors import NeedsAdmin, TryLater

NAME = "Name.FirstName"


def styles(vendor):
    return [style for style, *_ in vendor.tokens]


@pytest.mark.parametrize("style", ["basic_post", "body_post", "basic_get"])
def test_a_token_is_asked_for_in_each_style_until_one_is_taken(vendor, style):
    vendor.student(1)
    vendor.styles = {style}
    assert len(vendor.records(NAME)) == 1
    order = ["basic_post", "body_post", "basic_get"]
    assert styles(vendor) == order[: order.index(style) + 1]


def test_the_style_that_worked_is_remembered(vendor):
    vendor.student(1)
    vendor.styles = {"body_post"}
    vendor.expire_after = 2
    assert len(vendor.records(NAME)) == 1
    assert styles(vendor) == ["basic_post", "body_post", "body_post"]


def test_a_profile_pins_the_style(vendor):
    vendor.student(1)
    vendor.records(NAME, profile='[token]\nstyles = ["body_post"]')
    assert styles(vendor) == ["body_post"]


def test_wrong_credentials_need_an_administrator_and_are_not_said(vendor):
    with pytest.raises(NeedsAdmin) as caught:
        vendor.records(NAME, secret="wr0ng-canary")
    error = caught.value
    assert error.code == "credentials-refused"
    assert "canary" not in f"{error} {error!r} {error.detail}"


def test_no_token_address_is_told_apart_from_wrong_credentials(vendor):
    with pytest.raises(NeedsAdmin) as caught:
        vendor.records(NAME, profile='[token]\nurl = "/token"')
    assert caught.value.code == "qmlativ-no-token-address"


def test_key_and_secret_are_encoded_before_they_are_joined():
    assert Login("a:b", "c/d+e").basic == "Basic YSUzQWI6YyUyRmQlMkJl"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, {"error": "Token has expired"}),
        (403, {}),
        (401, {"Message": "unauthorized"}),
        (400, {"Message": "Token has expired"}),
        (500, {"Message": "An error has occurred."}),
    ],
)
def test_a_token_that_has_expired_is_renewed_once(vendor, status, body):
    for number in range(1, 6):
        vendor.student(number)
    usual = vendor.pages(NAME, page_size="2")
    vendor.tokens.clear()
    vendor.expire_after, vendor.expiry, vendor._served = 3, (status, body), 0
    again = vendor.pages(NAME, page_size="2")
    assert ([page.records for page in again], len(vendor.tokens)) == ([page.records for page in usual], 2)


def test_a_lasting_403_is_a_missing_right_and_not_a_loop(vendor):
    vendor.student(1)
    vendor.not_given.add("Demographics/Name")
    with pytest.raises(NeedsAdmin) as caught:
        vendor.records(NAME)
    assert (caught.value.code, len(vendor.tokens)) == ("qmlativ-object", 2)


def test_a_lasting_500_is_a_server_error(vendor):
    vendor.student(1)
    vendor.not_given, vendor.refusal = {"Demographics/Name"}, (500, {})
    with pytest.raises(TryLater) as caught:
        vendor.records(NAME)
    assert (caught.value.code, len(vendor.tokens)) == ("server-error", 2)


def test_a_token_is_renewed_before_it_ends(vendor):
    vendor.student(1)
    opened = vendor.open()
    now = [0.0]
    opened._server.token._clock = lambda: now[0]
    opened.find("200001")
    now[0] = 1138.0
    opened.find("200001")
    before = len(vendor.tokens)
    now[0] = 1140.0
    opened.find("200001")
    assert (before, len(vendor.tokens)) == (1, 2)


def test_the_vendor_value_travels_as_the_profile_says(vendor):
    vendor.student(1)
    vendor.records(NAME, vendor_value="third-canary")
    in_header = '[token]\nvendor_value_in = "header"\nvendor_value_name = "X-Integration"'
    vendor.records(NAME, vendor_value="third-canary", profile=in_header)
    (_, form, _), (_, plain, headers) = vendor.tokens
    assert (form["integration_key"], "integration_key" in plain) == ("third-canary", False)
    assert headers["x-integration"] == "third-canary"


def test_more_form_fields_and_headers_are_data(vendor):
    vendor.student(1)
    vendor.records(
        NAME,
        profile='[token.form]\nproduct = "sync"\n[token]\nscopes = "roster"\n[request.headers]\nX-More = "yes"',
    )
    [(_, form, headers)] = vendor.tokens
    assert form == {"grant_type": "client_credentials", "product": "sync", "scope": "roster"}
    assert headers["suppress-development-permissions"] == "true"
    assert {each[-1]["x-more"] for each in vendor.asked} == {"yes"}


def test_the_old_root_is_found_where_the_new_one_is_not(vendor):
    vendor.root = "Generic"
    vendor.student(1)
    assert len(vendor.records(NAME)) == 1
    assert [path.split("/")[1] for _, path, *_ in vendor.asked[:3]] == ["Custom", "Generic", "Generic"]


def test_no_root_at_all_needs_an_administrator(vendor):
    vendor.root = "Elsewhere"
    with pytest.raises(NeedsAdmin) as caught:
        vendor.records(NAME)
    assert (caught.value.code, caught.value.facts["roots"]) == ("qmlativ-no-api", "Custom and Generic")


def test_an_entity_that_is_not_given_is_named_with_those_that_are(vendor):
    system = vendor.system()
    system["Districts"].append({"DistrictID": 2, "EntityID": 3, "Name": "Oak Valley SD"})
    vendor.system = lambda: system
    with pytest.raises(NeedsAdmin) as caught:
        vendor.records(NAME, entity_id="7")
    assert caught.value.facts == {"entity": "7", "known": "2 (Maple Valley SD), 3 (Oak Valley SD)"}


@pytest.mark.parametrize(
    ("typed", "base"),
    [
        ("https://skyward.iscorp.com/MapleMNStuAPI", "https://skyward.iscorp.com/MapleMNStuAPI"),
        ("skyward.iscorp.com/MapleMNStuAPI/", "https://skyward.iscorp.com/MapleMNStuAPI"),
        (
            "https://skyward.iscorp.com/MapleMNStuSTS/Session/Signin?area=Home",
            "https://skyward.iscorp.com/MapleMNStuAPI",
        ),
        ("https://maple.skyward.com/mapleSTS", "https://maple.skyward.com/mapleAPI"),
        ("https://maple.skyward.com/mapleAPI/swagger/ui/index#/Custom", "https://maple.skyward.com/mapleAPI"),
        ("https://sis.example.org/own/path", "https://sis.example.org/own/path"),
    ],
)
def test_the_address_of_a_page_gives_the_api_base_url(typed, base):
    assert offered(typed) == base


@pytest.mark.parametrize(
    "setting", [{"entity_id": "two"}, {"page_size": "0"}, {"page_size": "10001"}, {"school_year": "25"}]
)
def test_a_number_that_is_none_is_refused_before_anything_is_asked(vendor, setting):
    with pytest.raises(NeedsAdmin) as caught:
        vendor.open(**setting)
    assert (caught.value.code, vendor.asked) == ("qmlativ-number", [])
