"""The addresses of the pages. tests/web/test_permissions.py has a row for each: a new one without a row fails."""

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import URLPattern, URLResolver, path, re_path

from yellowbus.web import (
    accounts,
    audit,
    connecting,
    connections,
    doctor,
    export_record,
    field_codes,
    general,
    home,
    logs,
    mapping,
    mapping_codes,
    mapping_configure,
    mapping_history,
    mapping_suggest,
    notices,
    people,
    registrations,
    reviews,
    run,
    schools,
    send_record,
    send_registration,
    students,
    sync,
    undo,
    why,
)

# Of allauth only what is used: no sign-up, no change of address, no sign-in by mail.
ACCOUNT = [
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/password/set/", account.password_set, name="account_set_password"),
    path("account/reset/", account.password_reset, name="account_reset_password"),
    path("account/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^account/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "account/reset/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account/", factor.index, name="mfa_index"),
    path("account/code/", factor.authenticate, name="mfa_authenticate"),
    path("account/code/confirm/", factor.reauthenticate, name="mfa_reauthenticate"),
    path("account/factor/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/factor/off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/codes/file/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("healthz", home.health, name="health"),
    path("switch/", home.switch, name="switch"),
    path("join/<str:token>/", accounts.join, name="join"),
    *ACCOUNT,
    *connecting.urlpatterns,
    *connections.urlpatterns,
    *doctor.urlpatterns,
    *mapping.urlpatterns,
    *mapping_codes.urlpatterns,
    *mapping_configure.urlpatterns,
    *mapping_history.urlpatterns,
    *mapping_suggest.urlpatterns,
    *field_codes.urlpatterns,
    *send_record.urlpatterns,
    *send_registration.urlpatterns,
    *logs.urlpatterns,
    *run.urlpatterns,
    *reviews.urlpatterns,
    *undo.urlpatterns,
    *export_record.urlpatterns,
    *registrations.urlpatterns,
    *students.urlpatterns,
    *why.urlpatterns,
    *schools.urlpatterns,
    *general.urlpatterns,
    *sync.urlpatterns,
    *notices.urlpatterns,
    *people.urlpatterns,
    *audit.urlpatterns,
]
handler404 = "yellowbus.web.page.not_found"
