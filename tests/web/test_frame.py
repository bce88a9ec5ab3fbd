"""The frame: what every page has around it, what a browser is allowed, and where a request stands."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from django.http import StreamingHttpResponse
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone

from people import District, signed_in
from yellowbus.enroll import years
from yellowbus.setup import groups
from yellowbus.setup.models import Connection, Membership
from yellowbus.web.place import PlaceMiddleware, default_year, selectable

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


def policy(response):
    rules = response.headers["Content-Security-Policy"].split(";")
    return {name: rest for name, _, rest in (rule.strip().partition(" ") for rule in rules)}


@pytest.mark.parametrize("path", ["/students/", "/account/login/", "/nowhere/", "/join/x/"])
def test_a_browser_may_run_and_load_only_what_is_ours(district, path):
    browser = Client() if "login" in path else district.client("full")
    response = browser.get(path)
    assert (policy(response), response.headers["X-Frame-Options"]) == (POLICY, "DENY")
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_cookies_are_for_tls_and_not_for_scripts(district):
    from django.conf import settings

    cookies = (settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE)
    hidden = (settings.SESSION_COOKIE_HTTPONLY, settings.CSRF_COOKIE_HTTPONLY)
    assert (cookies, hidden, settings.SESSION_COOKIE_SAMESITE) == ((True, True), (True, True), "Lax")


def test_without_tls_a_browser_is_sent_to_tls(district):
    with override_settings(SECURE_SSL_REDIRECT=True):
        response = Client().get("/account/login/")
        health = Client().get("/healthz")
    assert (response.status_code, response.headers["Location"]) == (301, "https://testserver/account/login/")
    assert health.content == b"ok"


def test_a_page_with_children_is_kept_by_no_cache(district):
    response = district.client("full").get("/students/")
    assert response.headers["Cache-Control"] == "private, no-store"


def test_static_files_are_named_by_what_they_hold(district):
    import re

    page = district.client("full").get("/students/").content.decode()
    named = re.findall(r'/static/([^"#]+)', page)
    assert [name for name in named if not re.search(r"\.[0-9a-f]{12}\.(css|js|svg)$", name)] == []
    with closing(Client().get(f"/static/{named[0]}")) as response:
        assert (response.status_code, "immutable" in response.headers["Cache-Control"]) == (200, True)


def test_no_page_holds_a_style_or_a_script_of_its_own():
    from pathlib import Path

    import yellowbus.web

    templates = Path(yellowbus.web.__file__).parent.joinpath("templates").rglob("*.html")
    inline = ("style=", "<style", "<script>", "onclick=", "javascript:", "|safe")
    found = [(path.name, word) for path in templates for word in inline if word in path.read_text("utf-8")]
    assert [each for each in found if each != ("field.html", "|safe")] == []


def test_home_leads_to_the_first_page_one_may_open(district):
    response = district.client("full").get("/", follow=True)
    assert (response.status_code, response.redirect_chain) == (200, [("/connections/", 302)])


def test_who_may_open_nothing_reads_who_may_give_more(district):
    with district.scope():
        groups.save(district.actor, "Visitor", ["registrations.edit"])
        nobody = district.person("Visitor")
    page = signed_in(nobody).get("/").content.decode()
    assert "your group “Visitor” has no page here" in page


def test_the_menu_shows_only_what_opens(district):
    import re

    shown = {
        role: re.findall(
            r'<li[^>]*><a href="(/[^"]*)"', district.client(role).get("/settings/").content.decode()
        )
        for role in ("limited", "view")
    }
    assert {role: set(paths) for role, paths in shown.items()} == {
        "limited": {
            "/connections/",
            "/logs/",
            "/waiting/",
            "/reconciliation/",
            "/students/",
            "/settings/notices/",
            "/settings/schools/",
            "/settings/sync-service/",
        },
        "view": {"/registrations/"},
    }


def test_an_unknown_address_is_a_calm_page(district):
    response = district.client("full").get("/nowhere/")
    assert (response.status_code, "There is no page at this address." in response.content.decode()) == (
        404,
        True,
    )


def test_an_error_for_htmx_is_only_the_part(district):
    response = district.client("limited").get("/settings/audit/", headers={"HX-Request": "true"})
    text = response.content.decode()
    assert (response.status_code, text.strip()[:4], "<html" in text) == (403, "<div", False)
    assert "Your group may not do this (it needs audit.view)." in text


def test_production_comes_first_and_the_sandbox_says_so(district):
    browser = district.client("full")
    strip = "nothing here reaches families"
    assert strip not in browser.get("/students/").content.decode()
    response = browser.post("/switch/", {"environment": "sandbox", "next": "/settings/general/"}, follow=True)
    assert (response.redirect_chain, strip in response.content.decode()) == (
        [("/settings/general/", 302)],
        True,
    )


def test_a_page_of_the_sandbox_changes_the_sandbox(district):
    browser = district.client("full")
    browser.post("/switch/", {"environment": "sandbox"})
    browser.post("/settings/general/", {"year": ["2026", "2027"]})
    with district.scope():
        assert (years.enabled_years(district.sandbox.pk), years.enabled_years(district.instance.pk)) == (
            [2026, 2027],
            [2026],
        )


@pytest.mark.parametrize(
    "given", [{"environment": "staging"}, {"year": "1066"}, {"year": "x"}, {"member": "1"}, {}]
)
def test_a_switch_to_what_is_not_there_changes_nothing(district, given):
    browser = district.client("full")
    browser.post("/switch/", given)
    assert {"environment", "year", "member"} & dict(browser.session).keys() == set()


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""]
)
def test_a_switch_never_leads_out(district, address):
    response = district.client("full").post("/switch/", {"year": "2026", "next": address})
    assert response.headers["Location"] == "/"


def test_one_who_belongs_to_two_districts_chooses(district, tmp_path):
    other = District(tmp_path, name="Elsewhere Unified (invented)")
    here = district.people["full"]
    with other.scope():
        Membership.objects.create(
            organization=other.organization,
            user=here.user,
            group=other.people["limited"].group,
            joined_at=timezone.now(),
        )
    browser = signed_in(here)
    first = browser.get("/students/").content.decode()
    browser.post("/switch/", {"member": str(here.pk)})
    second = browser.get("/students/").content.decode()
    titles = [page.partition("<title>")[2].partition("</title>")[0] for page in (first, second)]
    assert titles == [
        "Students · Elsewhere Unified (invented) · Yellowbus",
        "Students · Lakeview Unified (invented) · Yellowbus",
    ]


def test_who_was_sent_away_sees_nothing_from_the_next_page_on(district):
    browser = district.client("limited")
    assert browser.get("/students/").status_code == 200
    with district.scope():
        Membership.objects.filter(pk=district.people["limited"].pk).update(left_at=timezone.now())
    response = browser.get("/students/")
    assert (response.status_code, "belongs to no organization" in response.content.decode()) == (403, True)


def test_a_session_ends_after_its_longest_time(district):
    browser = district.client("full")
    browser.get("/students/")
    session = browser.session
    session["since"] = (timezone.now() - timedelta(hours=12)).isoformat()
    session.save()
    assert browser.get("/students/").headers["Location"] == "/account/login/?next=/students/"


def test_a_session_ends_after_an_hour_of_silence(district):
    browser = district.client("full")
    browser.get("/students/")
    assert browser.session.get_expiry_age() == 3600


def test_a_streamed_answer_reads_within_the_scope(district):
    def names():
        yield from (row.name for row in Connection.objects.order_by("name"))

    request = RequestFactory().get("/")
    request.session, request.user = {}, district.people["full"].user
    response = PlaceMiddleware(lambda _request: StreamingHttpResponse(names()))(request)
    assert list(response) == [b"CSV"]


def test_the_years_to_choose_from():
    now = datetime(2026, 11, 24, tzinfo=UTC)
    assert selectable({2020: False}, now) == (2027, 2026, 2020)
    assert default_year({2027: True, 2026: True, 2028: False}, now) == 2027
    assert default_year({}, now) == 2026
