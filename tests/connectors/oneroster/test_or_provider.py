"""Opening, checking, finding, schools and codes of a OneRoster provider."""

import json
from importlib import resources

import httpx2
import pytest
from or_district import District, guardian

from protocols.oneroster_provider import SECRET, student
from yellowbus.catalog import catalog
from yellowbus.connectors.base import Code, School
from yellowbus.connectors.oneroster.check import LACKS
from yellowbus.errors import NeedsAdmin, RecordError
from yellowbus.mapping.check import check_mapping
from yellowbus.mapping.document import from_document


def lines(district, **settings):
    return [(line.name, line.ok, line.warning, line.code) for line in district.open(**settings).check()]


GOOD = [
    ("Signed in", True, False, ""),
    ("Schools", True, False, ""),
    ("Students", True, False, ""),
    ("Demographics", True, False, ""),
    ("Guardians", True, False, ""),
    ("Not in OneRoster", True, False, ""),
]


class TestCheck:
    def test_where_all_is_well_every_line_says_so(self, district):
        district.hold(student(1))
        assert lines(district) == GOOD

    def test_it_says_what_oneroster_does_not_carry(self, district):
        assert [line.says for line in district.open().check()][-1] == LACKS
        assert [word in LACKS for word in ("related", "custody", "order")] == [True] * 3

    def test_nobody_to_be_seen_is_a_warning(self, district):
        assert lines(district)[2] == ("Students", False, True, "oneroster-no-students")

    def test_swapped_key_and_secret_are_refused(self, district):
        assert lines(district, client_id=SECRET, client_secret="consumer") == [
            ("Signed in", False, False, "credentials-refused")
        ]

    def test_guardians_that_cannot_be_read_are_a_warning(self, district):
        district.hold(student(1))
        district.answers[district.base + "/users"] = lambda _: httpx2.Response(403, json={})
        assert lines(district) == [*GOOD[:4], ("Guardians", False, True, "oneroster-right"), GOOD[5]]

    def test_birth_dates_that_cannot_be_read_end_the_check(self, district):
        district.hold(student(1))
        district.answers[district.base + "/demographics"] = lambda _: httpx2.Response(403, json={})
        assert lines(district) == [*GOOD[:3], ("Demographics", False, False, "oneroster-right")]

    def test_scopes_that_are_not_granted_are_a_warning(self, district):
        district.hold(student(1))
        district.scopes = ["https://purl.imsglobal.org/spec/or/v1p1/scope/roster-core.readonly"]
        found = next(iter(district.open().check()))
        assert (found.ok, found.warning, found.facts["scopes"]) == (
            False,
            True,
            "roster.readonly, roster-demographics.readonly",
        )


class TestVersion:
    @pytest.mark.parametrize(("key", "name"), [("v1p1", "1.1"), ("v1p2", "1.2")])
    def test_auto_finds_the_version_that_answers(self, key, name):
        district = District(key)
        district.hold(student(1))
        says = next(iter(district.open(version="auto").check())).says
        assert says == f"The credentials are accepted. roster.example.org speaks OneRoster {name}."

    def test_an_address_with_the_version_needs_no_asking(self, district):
        district.hold(student(1))
        root = "https://roster.example.org/api/ims/oneroster/v1p1/"
        district.records("givenName", version="auto", server_url=root)
        assert district.paths()[0] == "/schools"

    def test_auto_does_not_hide_wrong_credentials(self, district):
        with pytest.raises(NeedsAdmin) as raised:
            district.open(version="auto", client_secret="wrong").schools()
        assert raised.value.code == "credentials-refused"

    @pytest.mark.parametrize(
        ("settings", "label"),
        [
            ({"version": "1.3"}, "Version"),
            ({"sign_in": "basic"}, "Sign-in"),
            ({"school_code": "name"}, "School Code"),
        ],
    )
    def test_a_box_with_none_of_its_choices_is_named(self, district, settings, label):
        with pytest.raises(NeedsAdmin) as raised:
            district.open(**settings)
        assert (raised.value.code, raised.value.facts["label"]) == ("setting-not-understood", label)

    def test_a_token_address_of_its_own_is_used(self, district):
        district.token_path = "/elsewhere/tokens/"
        district.hold(student(1))
        assert (
            len(district.records("givenName", token_url="https://roster.example.org/elsewhere/tokens/")) == 1
        )

    def test_signed_requests_need_no_token(self, district):
        district.signed = district.resource
        district.hold(student(1))
        assert len(district.records("givenName", sign_in="oauth1-sha256")) == 1
        assert district.tokens == []


class TestFind:
    def test_whom_one_finds_is_whom_one_reads(self, district):
        district.hold(
            student(1, agents=[{"sourcedId": "u-501"}]),
            student(2),
            guardians=[guardian(501)],
            demographics=[{"sourcedId": "u-001", "birthDate": "2015-03-09"}],
        )
        read = {record.values["identifier"]: record for record in district.records()}
        found = district.open().find("200001")
        assert (found.values, list(found.contacts)) == (read["200001"].values, list(read["200001"].contacts))

    def test_a_sourced_id_is_looked_up_too(self, district):
        district.hold(student(1))
        assert district.open().find("u-001", frozenset({"identifier"})).values == {"identifier": "200001"}

    @pytest.mark.parametrize("key", ["", "999", "*", "no id at all", "../orgs/210"])
    def test_nobody_is_none(self, district, key):
        district.hold(student(1))
        assert district.open().find(key) is None

    def test_a_provider_that_ignores_filters_misleads_nobody(self, district):
        district.hold(student(1), student(2))
        district.listed = lambda request, name, key, rows: httpx2.Response(200, json={key: rows})
        assert district.open().find("200002", frozenset({"givenName"})).values == {"givenName": "First2"}
        assert district.open().find("200009") is None

    def test_a_provider_that_refuses_filters_is_asked_by_id(self, district):
        district.hold(student(1))
        usual = district.listed
        district.listed = lambda request, *rest: (
            httpx2.Response(400, json={"imsx_codeMinor": "invalid_filter_field"})
            if "filter" in request.url.params
            else usual(request, *rest)
        )
        assert district.open().find("u-001", frozenset({"givenName"})).values == {"givenName": "First1"}

    def test_of_two_children_with_one_number_none_is_chosen(self, district):
        district.hold(student(1), student(2, identifier="200001"))
        with pytest.raises(RecordError) as raised:
            district.open().find("200001")
        assert (raised.value.code, raised.value.facts) == ("id-repeated", {"column": "identifier"})


class TestSchools:
    def test_they_come_in_the_order_of_their_code(self, district):
        assert district.open().schools() == [School("210", "Cedar Ridge"), School("310", "Aspen")]

    def test_their_records_name_the_district(self, district):
        assert [record.values for record in district.records(kind="schools")] == [
            {
                "code": "210",
                "sourcedId": "210",
                "identifier": "A1",
                "name": "Cedar Ridge",
                "type": "school",
                "status": "active",
                "parent.name": "Invented Unified",
            },
            {
                "code": "310",
                "sourcedId": "310",
                "identifier": "B2",
                "name": "Aspen",
                "type": "school",
                "status": "active",
                "parent.name": None,
            },
        ]

    def test_they_are_codes_too(self, district):
        codes = [code for code in district.open().codes() if code.set == "school"]
        assert codes == [Code("school", "210", "Cedar Ridge"), Code("school", "310", "Aspen")]


@pytest.mark.parametrize("kind", ["students", "schools"])
def test_the_ready_mapping_can_be_used_as_it_is(district, kind):
    file = resources.files("yellowbus.connectors.oneroster").joinpath("ready", f"{kind}.json")
    mapping = from_document(json.loads(file.read_text("utf-8")))
    known = {field.name for field in district.open().fields(kind)}
    assert check_mapping(mapping, catalog(kind), known) == []
