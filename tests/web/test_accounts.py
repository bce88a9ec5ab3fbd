"""Coming in: invitation, password, second factor, one-time link."""

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.test import Client, override_settings
from django.utils import timezone

from people import PASSWORD, District, signed_in
from yellowbus.setup import people
from yellowbus.setup.models import Group, Membership, User

NEW = "five words that are new"


@pytest.fixture(autouse=True)
def forgotten():
    """The counters of tries are kept in the cache of this process."""
    cache.clear()


def sign_in(browser, member, password=PASSWORD):
    return browser.post("/account/login/", {"login": member.user.email, "password": password})


def invited(district, email="new@lakeview.example"):
    with district.scope():
        group = Group.objects.get(name="Limited Access")
        actor = people.actor_of(district.people["full"])
        return people.invite(actor, email, group, now=timezone.now())[1]


def text(response):
    return response.content.decode()


def test_there_is_no_public_sign_up(district):
    assert Client().get("/account/signup/").status_code == 404


def test_signing_in_and_out(district):
    browser = Client()
    assert sign_in(browser, district.people["full"]).headers["Location"] == "/"
    assert browser.get("/students/").status_code == 200
    browser.post("/account/logout/")
    assert browser.get("/students/").status_code == 302


def test_a_wrong_password_and_an_unknown_address_sound_the_same(district):
    said = []
    for email in (district.people["full"].user.email, "nobody@lakeview.example"):
        page = text(Client().post("/account/login/", {"login": email, "password": "wrong"}))
        said.append("No account here has this email address with this password." in page)
    assert said == [True, True]


def test_guessing_is_stopped(district):
    browser, member = Client(), district.people["full"]
    for _ in range(5):
        sign_in(browser, member, "wrong")
    assert "That was tried too often." in text(sign_in(browser, member))


def test_an_invitation_from_the_page_to_the_first_page(district):
    page = text(
        district.client("full").post(
            "/settings/users/invite/",
            {"email": "new@lakeview.example", "name": "", "group": _group(district, "Limited Access")},
        )
    )
    path = re.search(r"http://testserver(/join/[^<]+)<", page).group(1)
    browser = Client()
    assert "You are invited as" in text(browser.get(path))
    response = browser.post(path, {"name": "Newton", "password": NEW})
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert browser.get("/students/").status_code == 200
    assert Client().get(path).status_code == 422


def _group(district, name):
    with district.scope():
        return Group.objects.get(name=name).pk


@pytest.mark.parametrize("password", ["short", "qwerty123456", "new@lakeview.example"])
def test_a_weak_password_is_refused_and_the_link_stays(district, password):
    path, browser = invited(district), Client()
    assert browser.post(path, {"name": "N", "password": password}).status_code == 422
    assert browser.post(path, {"name": "N", "password": NEW}).status_code == 302


def test_an_account_elsewhere_signs_in_before_it_joins(district, tmp_path):
    other = District(tmp_path, name="Elsewhere Unified (invented)")
    member = other.people["limited"]
    path = invited(district, member.user.email)
    assert Client().get(path).headers["Location"] == f"/account/login/?next={path}"
    browser = signed_in(member)
    assert "You belong to Lakeview Unified" in text(browser.post(path))
    assert len(people.memberships_of(member.user)) == 2


def test_an_invitation_of_another_is_not_taken_up(district):
    response = district.client("limited").get(invited(district))
    assert (response.status_code, "for another account" in text(response)) == (422, True)


def test_the_first_link_is_one_press(district):
    path, browser = people.first_link(district.organization), Client()
    assert "signs you in once" in text(browser.get(path))
    assert browser.post(path).headers["Location"] == "/"
    assert browser.get("/settings/users/").status_code == 200
    assert Client().post(path).status_code == 422


def test_one_who_came_by_link_sets_a_password(district):
    path, browser = people.first_link(district.organization), Client()
    browser.post(path)
    browser.post("/account/password/set/", {"password1": NEW, "password2": NEW})
    assert User.objects.get(email__startswith="administrator@").check_password(NEW)


@override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
def test_a_forgotten_password_is_reset_by_mail(district):
    member, browser = district.people["full"], Client()
    mail.outbox = []
    browser.post("/account/reset/", {"email": member.user.email})
    path = re.search(r"http://testserver(/account/reset/\S+)", mail.outbox[0].body).group(1)
    form = browser.get(path, follow=True)
    where = form.redirect_chain[-1][0]
    browser.post(where, {"password1": NEW, "password2": NEW})
    assert sign_in(Client(), member, NEW).headers["Location"] == "/"
    assert browser.get(path).content.count(b"used or is too old") > 0


@override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
def test_a_reset_does_not_tell_whether_an_account_exists(district):
    mail.outbox = []
    response = Client().post("/account/reset/", {"email": "nobody@lakeview.example"})
    assert (response.headers["Location"], mail.outbox) == ("/account/reset/sent/", [])


def code(secret):
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def with_factor(district, role):
    """A browser whose person has just connected an app; the app's secret."""
    browser = Client()
    sign_in(browser, district.people[role])
    return browser, connect(browser, PASSWORD)


def connect(browser, password):
    """Connect an app, which takes the password once more; the app's secret."""
    browser.post("/account/confirm/", {"password": password})
    page = text(browser.get("/account/factor/"))
    secret = re.search(r'class="secret">([A-Z2-7]+)<', page).group(1)
    assert browser.post("/account/factor/", {"code": code(secret)}).status_code == 302
    cache.clear()  # the same code again within the half minute is refused otherwise
    return secret


def test_with_an_app_the_password_alone_opens_nothing(district):
    _, secret = with_factor(district, "full")
    browser = Client()
    assert sign_in(browser, district.people["full"]).headers["Location"] == "/account/code/"
    assert browser.get("/students/").status_code == 302
    assert "not the code of this moment" in text(browser.post("/account/code/", {"code": "000000"}))
    assert browser.post("/account/code/", {"code": code(secret)}).headers["Location"] == "/"
    assert browser.get("/students/").status_code == 200


def test_a_recovery_code_signs_in_once(district):
    browser, _ = with_factor(district, "full")
    spare = re.search(r"<code>(\w+)</code>", text(browser.get("/account/codes/"))).group(1)
    answers = []
    for _ in range(2):
        fresh = Client()
        sign_in(fresh, district.people["full"])
        answers.append(fresh.post("/account/code/", {"code": spare}).status_code)
        cache.clear()
    assert answers == [302, 200]


def test_a_sign_in_link_asks_for_the_second_factor_too(district):
    with district.scope():
        path = people.first_link(district.organization)
        member = Membership.objects.get(user__email__startswith="administrator@")
    browser = Client()
    browser.post(path)
    browser.post("/account/password/set/", {"password1": NEW, "password2": NEW})
    browser.post("/account/logout/")
    sign_in(browser, member, NEW)
    connect(browser, NEW)
    User.objects.filter(pk=member.user_id).update(password="!")
    fresh = Client()
    assert fresh.post(people.first_link(district.organization)).headers["Location"] == "/account/code/"
