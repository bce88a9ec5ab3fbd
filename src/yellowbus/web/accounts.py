"""Signing in: allauth's pages under our templates, no public sign-up, and the one-time links."""

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import perform_login
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.setup import links
from yellowbus.setup.groups import NAME_LIMIT
from yellowbus.setup.models import Link, User
from yellowbus.web.page import trouble


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """What allauth asks of us."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "No account here has this email address with this password.",
        "too_many_login_attempts": "That was tried too often. Wait a few minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 (allauth names it)
        """People come in by invitation only."""
        return False

    def add_message(self, *_given: Any, **_more: Any) -> None:
        """The pages say themselves what happened; “Successfully signed in” helps nobody."""


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """What allauth says of the second factor."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This is not the code of this moment. Enter the one the app shows now.",
    }


class JoinForm(forms.Form):
    """How an invited person begins."""

    name = forms.CharField(
        label="Your name", max_length=NAME_LIMIT, widget=forms.TextInput({"autocomplete": "name"})
    )
    password = forms.CharField(
        label="Choose a password",
        help_text="At least 12 characters. A few words that only you would put together are best.",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, initial={"name": user.name})
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        named = User(email=self.user.email, name=self.cleaned_data.get("name", ""))
        password_validation.validate_password(password, named)
        return password


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponseBase:
    """Open a one-time link. Looking at it uses nothing up; pressing the button does."""
    try:
        return _join(request, token)
    except YellowbusError as error:
        return trouble(request, error)


def _join(request: HttpRequest, token: str) -> HttpResponseBase:
    now = timezone.now()
    link = links.look(token, now=now)
    owner = link.membership.user
    if request.user.is_authenticated and request.user != owner:
        raise NeedsAdmin("link-of-another")
    if owner.has_usable_password() and not request.user.is_authenticated:
        return redirect_to_login(request.path)
    form = _form(request, link)
    if request.method != "POST" or (form and not form.is_valid()):
        status = 200 if request.method != "POST" else 422
        return render(request, "account/join.html", {"link": link, "form": form}, status=status)
    user = links.use(token, now=now, **(form.cleaned_data if form else {}))
    if request.user.is_authenticated:
        return render(request, "account/joined.html", {"link": link})
    user.backend = settings.AUTHENTICATION_BACKENDS[0]
    return cast("HttpResponse", perform_login(request, user, redirect_url="/"))


def _form(request: HttpRequest, link: Link) -> JoinForm | None:
    """Nothing is asked of who has a password already, or of a link that signs in by itself."""
    if link.signs_in or link.membership.user.has_usable_password():
        return None
    return JoinForm(request.POST if request.method == "POST" else None, user=link.membership.user)
