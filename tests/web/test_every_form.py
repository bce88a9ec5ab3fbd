"""Every address that takes a form, given what nobody means: kept as text or refused, and never a fault of the program.

A new address that takes a form needs its row here.
"""

from html import escape

import pytest

from web.test_forms import ODD
from web.test_permissions import ROWS, addresses, district, paths  # noqa: F401 (fixtures)
from yellowbus.web.mapping_configure import SHARES

MAPPING = (
    "source",
    "type",
    "write",
    "overwrite",
    "example",
    "do",
    "steps.n",
    "steps.0.use",
    "steps.0.value",
    "steps.new",
)
CODES = ("new_code", "new_value", "default", "separator", "on_blank", "on_unmatched", "to:4", "csv", "blank")
WHO = (
    "who",
    "statuses",
    "by_age",
    "youngest",
    "oldest",
    "grades",
    "links_certain",
    "at_least",
    *SHARES,
    "seen",
)
EXAMPLES = tuple(f"{each}{number}" for each in ("example", "form", "student") for number in range(1, 6))
CREDENTIALS = (
    "students_file",
    "schools_file",
    "id_column",
    "delimiter",
    "server_url",
    "client_id",
    "client_secret",
)

FORMS: dict[str, tuple[str, ...]] = {
    "switch": ("member", "environment", "year", "next"),
    "connection-schedule": ("enabled", "at", "year", "from"),
    "connection-resume": (),
    "connection-plan": ("kind",),
    "connection-plan-export": (),
    "connection-places": (),
    "connection-archive": (),
    "connection-add": (),
    "connection-describe": ("name", "system", "environment"),
    "connection-connect": CREDENTIALS,
    "connection-credentials": CREDENTIALS,
    "connection-doctor": (),
    "connection-doctor-file": ("override",),
    "mapping-panel": (*MAPPING, *CODES),
    "mapping-rule": MAPPING,
    "mapping-save": ("note",),
    "mapping-discard": (),
    "mapping-keep-mine": (),
    "mapping-read": (),
    "mapping-configure": (*WHO, *EXAMPLES),
    "mapping-examples": (),
    "mapping-restore": ("number", "seen"),
    "mapping-preview": ("source", "file"),
    "mapping-lay": ("document", "seen", "origin", "note"),
    "mapping-ready": (),
    "mapping-suggestions": ("field",),
    "mapping-suggestions-read": (),
    "send-record": ("example", "other"),
    "send-record-run": (),
    "send-registration": ("example", "other"),
    "send-registration-run": ("name",),
    "run-apply": (),
    "run-cancel": (),
    "run-resume": (),
    "run-retry": (),
    "run-dismiss": ("field", "part", "school", "seq"),
    "run-release": ("field", "part", "school", "seq"),
    "run-undo": ("seq", "field"),
    "waiting-dismiss": ("cause", "because"),
    "waiting-back": (),
    "unknown-codes-add": ("typed:status|s1", "to:status|s1", "typed:", "to:"),
    "reconciliation-dismiss": ("chosen", "because", "query"),
    "record-answer": ("answer",),
    "registrations-sync": ("registration",),
    "registrations-import": ("file",),
    "registration-sync": (),
    "registration-status": ("status",),
    "registration-entry": ("day",),
    "reviews-decide": ("key", "student"),
    "reviews-take-back": ("key",),
    "reviews-several": ("key", "they"),
    "schools-bulk": ("code", "connection"),
    "school": ("connection",),
    "settings-general": ("year", "values_days", "runs_days", "four_eyes", "keep"),
    "notices": ("kind",),
    "invite": ("email", "name", "group"),
    "person": ("group", "deactivate"),
    "group-new": ("name", "grant"),
    "group": ("name", "grant"),
}  # fmt: skip
GIVEN = {
    "text": " ".join(ODD.values()),
    "null": "a\0b",
    "longest": "é" * 5000,
    "number": "-" + "9" * 40,
    "large": "9" * 40,
    "endless": "9" * 5000,
}


def shown_raw(page, text):
    return escape(text) != text and text in page


@pytest.mark.parametrize("odd", GIVEN)
def test_no_form_fails_at_what_is_typed_into_it(district, paths, odd):  # noqa: F811 (fixtures)
    browser, text = district.client("full"), GIVEN[odd]
    browser.raise_request_exception = False
    faults, raw = [], []
    for name, fields in FORMS.items():
        answer = browser.post(paths(name), dict.fromkeys(fields, text))
        if answer.status_code == 500:
            faults.append(name)
        if "html" in answer["Content-Type"] and shown_raw(answer.getvalue().decode(), text):
            raw.append(name)
    assert (faults, raw) == ([], [])


def test_every_address_that_takes_a_form_has_a_row(district, paths):  # noqa: F811 (fixtures)
    browser = district.client("full")
    ours = [
        name for name in addresses() if not name.startswith(("account_", "mfa_", "join")) and name in ROWS
    ]
    taking = [name for name in ours if browser.post(paths(name)).status_code != 405]
    assert sorted(taking) == sorted(FORMS)
