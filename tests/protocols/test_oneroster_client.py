"""Questions to a provider and what its replies mean (oneroster dossier 1.3 to 1.7)."""

from datetime import UTC, datetime

import httpx2
import pytest

from protocols.oneroster_provider import ID, ROOT, SECRET, Provider, student
from yellowbus.errors import NeedsAdmin, NotUnderstood, TryLater, YellowbusError
from yellowbus.protocols.oauth import Account, ClientCredentials, Signature, SignedRequests
from yellowbus.protocols.oneroster import (
    V1_1,
    V1_2,
    Client,
    Query,
    both,
    changed_since,
    either,
    equals,
    split_root,
)
from yellowbus.protocols.oneroster.replies import StatusInfo, status_info

ACCOUNT = Account(ID, SECRET, "the provider", "Copy both again.")


def client(provider, *, version=V1_1, page_size=10):
    door = provider.door()
    login = ClientCredentials(door, ACCOUNT, addresses=[f"{ROOT}/token"], scopes=version.scopes)
    return Client(door, ROOT, version=version, credentials=login, right="Ask for it.", page_size=page_size)


def holding(count, **more):
    provider = Provider()
    provider.lists = {"students": [student(number, **more) for number in range(count)]}
    return provider


def ids(pages):
    return [row.split(b'"')[3].decode() for page in pages for row in page]


def refused(call):
    with pytest.raises(YellowbusError) as raised:
        call()
    return raised.value


class TestLists:
    def test_everyone_comes_in_the_order_of_the_ids(self):
        provider = holding(25)
        assert ids(client(provider).lists("students")) == [f"u-{number:03}" for number in range(25)]

    def test_the_first_request_says_all_it_wants(self):
        provider = holding(3)
        list(client(provider).lists("students", Query(equals("status", "active"), ("sourcedId", "status"))))
        assert provider.asked[1] == (
            "/api/ims/oneroster/v1p1/students",
            {
                "limit": "10",
                "offset": "0",
                "filter": "status='active'",
                "fields": "sourcedId,status",
                "sort": "sourcedId",
                "orderBy": "asc",
            },
        )

    def test_version_1_2_is_elsewhere_and_has_its_own_scopes(self):
        provider = Provider("v1p2")
        provider.lists = {"students": [student(1)]}
        assert ids(client(provider, version=V1_2).lists("students")) == ["u-001"]
        assert provider.grants == [list(V1_2.scopes)]

    def test_a_provider_that_cannot_sort_is_asked_without_it_from_then_on(self):
        provider = holding(25)
        usual = provider.resource

        def strict(request, resource):
            if "sort" in request.url.params:
                return httpx2.Response(400, json={"imsx_codeMinor": "invalid_sort_field"})
            return usual(request, resource)

        provider.resource = strict
        assert len(ids(client(provider).lists("students"))) == 25
        assert ["sort" in params for path, params in provider.asked[1:]] == [True, False, False, False, False]

    def test_a_provider_that_refuses_a_choice_of_fields_sends_all_of_them(self):
        provider = holding(2)
        usual = provider.resource

        def strict(request, resource):
            if "fields" in request.url.params:
                return httpx2.Response(400, json={"imsx_codeMinor": "invalid_selection_field"})
            return usual(request, resource)

        provider.resource = strict
        assert ids(client(provider).lists("students", Query(fields=("nickname",)))) == ["u-000", "u-001"]

    def test_a_warning_beside_the_data_is_no_error(self):
        provider = holding(0)
        provider.answers["/api/ims/oneroster/v1p1/students"] = lambda request: httpx2.Response(
            200,
            json={
                "statusInfoSet": [{"imsx_codeMajor": "success", "imsx_severity": "warning"}],
                "users": [] if int(request.url.params["offset"]) else [student(1)],
            },
        )
        assert len([row for page in client(provider).lists("students") for row in page]) == 1

    @pytest.mark.parametrize("body", [{}, {"users": None}, {"users": []}])
    def test_no_key_null_and_an_empty_list_are_nobody(self, body):
        provider = holding(0)
        provider.answers["/api/ims/oneroster/v1p1/students"] = lambda _: httpx2.Response(200, json=body)
        assert list(client(provider).lists("students")) == []

    def test_a_total_that_is_not_a_number_is_not_regarded(self):
        provider = holding(3)
        provider.headers = lambda resource, offset, rows: {"X-Total-Count": "many"}
        assert len(ids(client(provider).lists("students"))) == 3

    @pytest.mark.parametrize(
        "link",
        [
            '<https://roster.example.org/x?offset=10>; rel="next"',
            "</x?offset=10>; rel=next",
            '</x?offset=0>; rel="first", </x?offset=10>; REL="Next"',
        ],
    )
    def test_a_next_page_is_seen_however_it_is_written(self, link):
        provider = holding(10)
        provider.headers = lambda resource, offset, rows: {"Link": link}
        list(client(provider).lists("students"))
        assert (
            provider.paths() == ["/students"] * 4
        )  # three empty pages before the link is no longer believed

    def test_other_links_are_no_next_page(self):
        provider = holding(10)
        provider.headers = lambda resource, offset, rows: {"Link": '</x>; rel="prev", </next>; rel="last"'}
        list(client(provider).lists("students"))
        assert provider.paths() == ["/students"] * 2

    def test_a_token_that_ends_between_two_pages_changes_nothing(self):
        provider = holding(25)
        reading = client(provider).lists("students")
        first = ids([next(reading)])
        provider.live.clear()
        assert first + ids(reading) == [f"u-{number:03}" for number in range(25)]
        assert provider.tokens == ["token-1", "token-2"]

    def test_what_changed_is_asked_for_by_a_filter(self):
        provider = holding(3)
        since = changed_since(datetime(2026, 1, 1, 12, tzinfo=UTC))
        list(client(provider).lists("students", Query(since)))
        assert provider.asked[1][1]["filter"] == "dateLastModified>'2026-01-01T12:00:00.000Z'"


class TestOne:
    def test_one_is_found_under_whatever_key(self):
        provider = Provider()
        provider.answers["/api/ims/oneroster/v1p1/orgs/210"] = lambda _: httpx2.Response(
            200, json={"school": {"sourcedId": "210", "name": "Cedar Ridge"}}
        )
        assert client(provider).one("orgs", "210") == b'{"sourcedId":"210","name":"Cedar Ridge"}'

    def test_one_without_an_envelope_is_itself(self):
        provider = Provider()
        provider.answers["/api/ims/oneroster/v1p1/orgs/210"] = lambda _: httpx2.Response(
            200, json={"sourcedId": "210"}
        )
        assert client(provider).one("orgs", "210") == b'{"sourcedId":"210"}'

    def test_nobody_is_none(self):
        assert client(holding(1)).one("students", "u-999") is None

    def test_an_id_cannot_lead_elsewhere(self):
        provider = holding(1)
        assert client(provider).one("students", "../orgs?x") is None
        assert provider.paths() == ["/students/../orgs?x"]

    def test_what_is_no_record_is_not_understood(self):
        provider = Provider()
        provider.answers["/api/ims/oneroster/v1p1/orgs/210"] = lambda _: httpx2.Response(
            200, json={"org": "210"}
        )
        assert refused(lambda: client(provider).one("orgs", "210")).code == "reply-not-understood"


def test_some_is_one_request():
    provider = holding(25)
    assert len(client(provider).some("students", limit=3)) == 3
    assert provider.paths() == ["/students"]


class TestErrors:
    def judged(self, status, *, resource="students", **answer):
        provider = holding(1)
        provider.answers[f"/api/ims/oneroster/v1p1/{resource}"] = lambda _: httpx2.Response(status, **answer)
        return refused(lambda: list(client(provider).lists(resource)))

    @pytest.mark.parametrize("status", [401, 403])
    def test_with_a_token_a_refusal_speaks_of_a_right(self, status):
        error = self.judged(status, json={"imsx_codeMinor": "forbidden"})
        assert (type(error), error.code, error.facts["what"], error.remedy) == (
            NeedsAdmin,
            "oneroster-right",
            "students",
            "Ask for it.",
        )

    def test_with_a_signature_a_401_speaks_of_the_credentials(self):
        provider = Provider()
        login = SignedRequests(ACCOUNT, Signature.SHA256)
        signed = Client(provider.door(), ROOT, version=V1_1, credentials=login, right="Ask for it.")
        assert refused(lambda: list(signed.lists("students"))).code == "credentials-refused"

    @pytest.mark.parametrize("status", [404, 405])
    def test_a_list_that_is_not_there_means_another_address(self, status):
        assert self.judged(status, text="none").code == "oneroster-address"

    def test_a_redirect_elsewhere_names_the_host(self):
        error = self.judged(302, headers={"location": "https://portal.example.org/login?x=1"})
        assert (error.code, error.facts["target"]) == ("redirected", "portal.example.org")

    def test_what_the_standard_does_not_foresee_names_status_and_code(self):
        error = self.judged(422, json={"statusInfoSet": [{"imsx_codeMinor": "invaliddata"}]})
        assert (type(error), error.code, error.facts["status"], error.facts["minor"]) == (
            NotUnderstood,
            "oneroster-refused",
            422,
            "invaliddata",
        )

    def test_a_sign_in_page_with_status_200_is_no_data(self):
        assert self.judged(200, html="<html>Sign in</html>").code == "html-not-json"

    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_what_passes_is_tried_again_later(self, status):
        assert type(self.judged(status, text="busy")) is TryLater

    def test_an_answer_that_is_no_list_is_not_understood(self):
        assert self.judged(200, json={"users": "none"}).code == "reply-not-understood"

    def test_no_error_repeats_what_was_said_of_a_person(self):
        error = self.judged(
            400, json={"imsx_description": "Canaryname is unknown", "imsx_codeMinor": "Canary name!"}
        )
        assert "anary" not in f"{error} {error.detail} {error.facts} {getattr(error, 'sample', '')}"


@pytest.mark.parametrize(
    ("body", "info"),
    [
        (
            '{"statusInfoSet":[{"imsx_codeMajor":"failure","imsx_codeMinor":"unknownobject"}]}',
            ("failure", "unknownobject"),
        ),
        (
            (
                '{"imsx_codeMajor":"failure","imsx_CodeMinor":{"imsx_codeMinorField":[{"imsx_codeMinorFieldName":'
                '"TargetEndSystem","imsx_codeMinorFieldValue":"forbidden"}]}}'
            ),
            ("failure", "forbidden"),
        ),
        (
            (
                '{"imsx_StatusInfo":{"imsx_codeMajor":"failure","imsx_CodeMinor":{"imsx_codeMinorField":'
                '{"imsx_codeMinorFieldValue":"server_busy"}}}}'
            ),
            ("failure", "server_busy"),
        ),
        ('{"imsx_codeMajor":"failure","imsx_codeMinor":"invalid_data"}', ("failure", "invalid_data")),
        ('{"codeMajor":"failure","codeMinor":"invalid_sort_field"}', ("failure", "invalid_sort_field")),
        ("<html>Too many requests</html>", ("", "")),
        ("[]", ("", "")),
        ('{"statusInfoSet":[]}', ("", "")),
        ('{"imsx_codeMinor":{"imsx_codeMinorField":[]}}', ("", "")),
    ],
)
def test_the_shapes_of_an_error_are_read_alike(body, info):
    assert status_info(body.encode()) == StatusInfo(*info)


class TestWords:
    def test_a_quote_in_a_value_is_doubled(self):
        assert both(equals("familyName", "O'Neil"), equals("givenName", "Lena")) == (
            "familyName='O''Neil' AND givenName='Lena'"
        )

    def test_either_is_an_or(self):
        assert (
            either(equals("role", "parent"), equals("role", "guardian")) == "role='parent' OR role='guardian'"
        )

    @pytest.mark.parametrize(
        ("typed", "root", "version"),
        [
            ("https://a.example.org/admin", "https://a.example.org/admin", None),
            ("https://a.example.org/admin/", "https://a.example.org/admin", None),
            ("https://a.example.org/admin/ims/oneroster/v1p1", "https://a.example.org/admin", V1_1),
            ("https://a.example.org/ims/oneroster/v1p1/orgs", "https://a.example.org", V1_1),
            ("https://a.example.org/ims/oneroster/rostering/v1p2/", "https://a.example.org", V1_2),
            ("https://a.example.org/ims/oneroster", "https://a.example.org", None),
        ],
    )
    def test_an_address_is_taken_with_and_without_its_path(self, typed, root, version):
        assert split_root(typed) == (root, version)
