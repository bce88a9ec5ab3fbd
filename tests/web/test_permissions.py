"""Every address of the pages, for everyone who may come. A new address without a row fails the last test."""

import re
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django_scopes import scopes_disabled

from people import District, signed_in
from scene import child
from yellowbus.enroll import registrations as enrolled
from yellowbus.setup import registrations
from yellowbus.setup.models import Connection

# anonymous, an administrator of another district, Limited, Full, View Registrations, View and Edit Registrations
WHO = ("anonymous", "outsider", "limited", "full", "view", "edit")
LOGIN = "302 /account/login/"
OWN = (LOGIN, "200", "200", "200", "200", "200")


def members(limited: str, full: str, *, outsider: str, others: str = "403") -> tuple[str, ...]:
    return (LOGIN, outsider, limited, full, others, others)


def registrars(full: str, *, outsider: str) -> tuple[str, ...]:
    return (LOGIN, outsider, "403", full, full, full)


# What another's row is to an outsider: not there. What is everyone's own is shown with the outsider's own data.
ROWS: dict[str, tuple[str, ...]] = {
    "home": (
        LOGIN,
        "302 /connections/",
        "302 /connections/",
        "302 /connections/",
        *["302 /registrations/"] * 2,
    ),
    "health": ("200",) * 6,
    "switch": (LOGIN, "405", "405", "405", "405", "405"),
    "join": ("422",) * 6,
    "connections": members("200", "200", outsider="200"),
    "connection": members("200", "200", outsider="404"),
    "connection-schedule": (LOGIN, "405", "405", "405", "405", "405"),
    "connection-resume": (LOGIN, "405", "405", "405", "405", "405"),
    "connection-plan": (LOGIN, "405", "405", "405", "405", "405"),
    "connection-plan-export": (LOGIN, "405", "405", "405", "405", "405"),
    "connection-places": (LOGIN, "405", "405", "405", "405", "405"),
    "connection-archive": (LOGIN, "405", "405", "405", "405", "405"),
    "connection-add": members("403", "200", outsider="200"),
    "connection-describe": members("403", "302 /connections/add/", outsider="302 /connections/add/"),
    "connection-connect": members("403", "302 /connections/add/", outsider="302 /connections/add/"),
    "connection-credentials": members("403", "200", outsider="404"),
    "connection-doctor": members("403", "200", outsider="404"),
    "connection-doctor-file": (LOGIN, "405", "405", "405", "405", "405"),
    "connection-download": members("403", "200", outsider="200"),
    "mapping": members("403", "302 MAPPING", outsider="404"),
    "mapping-fields": members("403", "200", outsider="404"),
    "mapping-panel": members("403", "200", outsider="404"),
    "mapping-codes-file": members("403", "200", outsider="404"),
    "mapping-codes-progress": members("403", "200", outsider="404"),
    "mapping-rule": (LOGIN, "405", "405", "405", "405", "405"),
    "mapping-save": (LOGIN, "405", "405", "405", "405", "405"),
    "mapping-discard": (LOGIN, "405", "405", "405", "405", "405"),
    "mapping-keep-mine": (LOGIN, "405", "405", "405", "405", "405"),
    "mapping-read": (LOGIN, "405", "405", "405", "405", "405"),
    "mapping-configure": members("403", "200", outsider="404"),
    "mapping-examples": (LOGIN, "405", "405", "405", "405", "405"),
    "mapping-history": members("403", "200", outsider="404"),
    "mapping-file": members("403", "200", outsider="404"),
    "mapping-restore": (LOGIN, "405", "405", "405", "405", "405"),
    "mapping-preview": (LOGIN, "405", "405", "405", "405", "405"),
    "mapping-lay": (LOGIN, "405", "405", "405", "405", "405"),
    "mapping-ready": (LOGIN, "405", "405", "405", "405", "405"),
    "mapping-suggestions": members("403", "200", outsider="404"),
    "mapping-suggestions-read": (LOGIN, "405", "405", "405", "405", "405"),
    "field-codes": members("403", "200", outsider="404"),
    "send-registration": (LOGIN, "404", "403", "200", "403", "200"),
    "send-registration-run": (LOGIN, "404", "403", "404", "403", "404"),
    "send-record": members("200", "200", outsider="404"),
    "send-record-run": members("200", "200", outsider="404"),
    "logs": members("200", "200", outsider="200"),
    "logs-file": members("200", "200", outsider="200"),
    "run": members("200", "200", outsider="404"),
    "run-progress": members("200", "200", outsider="404"),
    "run-file": members("200", "200", outsider="404"),
    "run-apply": (LOGIN, "405", "405", "405", "405", "405"),
    "run-cancel": (LOGIN, "405", "405", "405", "405", "405"),
    "run-resume": (LOGIN, "405", "405", "405", "405", "405"),
    "run-retry": (LOGIN, "405", "405", "405", "405", "405"),
    "run-dismiss": (LOGIN, "405", "405", "405", "405", "405"),
    "run-release": (LOGIN, "405", "405", "405", "405", "405"),
    "run-undo": (LOGIN, "405", "405", "405", "405", "405"),
    "waiting": members("200", "200", outsider="200"),
    "waiting-dismiss": (LOGIN, "405", "405", "405", "405", "405"),
    "waiting-back": (LOGIN, "405", "405", "405", "405", "405"),
    "waiting-records": members("404", "404", outsider="404"),
    "unknown-codes": members("200", "200", outsider="200"),
    "unknown-codes-add": (LOGIN, "405", "405", "405", "405", "405"),
    "reconciliation": members("200", "200", outsider="200"),
    "reconciliation-file": members("200", "200", outsider="200"),
    "reconciliation-dismiss": (LOGIN, "405", "405", "405", "405", "405"),
    "record": members("200", "200", outsider="404"),
    "record-answer": (LOGIN, "405", "405", "405", "405", "405"),
    "registrations": registrars("200", outsider="200"),
    "registrations-sync": (LOGIN, "405", "405", "405", "405", "405"),
    "registrations-import": (LOGIN, "200", "403", "200", "403", "200"),
    "registration": registrars("200", outsider="404"),
    "registration-sync": (LOGIN, "405", "405", "405", "405", "405"),
    "registration-status": (LOGIN, "405", "405", "405", "405", "405"),
    "registration-entry": (LOGIN, "405", "405", "405", "405", "405"),
    "reviews": members("200", "200", outsider="404"),
    "reviews-decide": (LOGIN, "405", "405", "405", "405", "405"),
    "reviews-take-back": (LOGIN, "405", "405", "405", "405", "405"),
    "reviews-several": (LOGIN, "405", "405", "405", "405", "405"),
    "students": members("200", "200", outsider="200"),
    "student": members("200", "200", outsider="404"),
    "student-timeline": members("200", "200", outsider="404"),
    "why": members("200", "200", outsider="404"),
    "schools": members("200", "200", outsider="200"),
    "schools-bulk": (LOGIN, "405", "405", "405", "405", "405"),
    "school": members("200", "200", outsider="404"),
    "settings": OWN,
    "settings-general": members("403", "200", outsider="200"),
    "notices": members("200", "200", outsider="200"),
    "settings-sync": members("200", "200", outsider="200"),
    "people": members("403", "200", outsider="200"),
    "invite": members("403", "200", outsider="200"),
    "person": members("403", "200", outsider="404"),
    "group-new": members("403", "200", outsider="200"),
    "group": members("403", "200", outsider="404"),
    "audit": members("403", "200", outsider="200"),
    # allauth's: one's own account, whoever one is
    "account_login": ("200", *["302 /"] * 5),
    "account_logout": ("302 /account/login/", *["200"] * 5),
    "account_inactive": ("200",) * 6,
    "account_reauthenticate": OWN,
    "account_change_password": OWN,
    "account_set_password": (LOGIN, *["302 /account/password/"] * 5),
    "account_reset_password": ("200",) * 6,
    "account_reset_password_done": ("200",) * 6,
    "account_reset_password_from_key": ("200",) * 6,
    "account_reset_password_from_key_done": ("200",) * 6,
    "mfa_index": OWN,
    "mfa_authenticate": ("302 /account/login/", *["302 /"] * 5),
    "mfa_reauthenticate": (LOGIN, *["302 /account/confirm/"] * 5),
    "mfa_activate_totp": (LOGIN, *["302 /account/confirm/"] * 5),
    "mfa_deactivate_totp": (LOGIN, *["404"] * 5),
    "mfa_view_recovery_codes": (LOGIN, *["404"] * 5),
    "mfa_generate_recovery_codes": (LOGIN, *["302 /account/confirm/"] * 5),
    "mfa_download_recovery_codes": (LOGIN, *["404"] * 5),
}

# What a post does, for the addresses that only take one or do more with one.
POSTS: dict[str, tuple[str, ...]] = {
    "switch": (LOGIN, *["302 /"] * 5),
    # in this order: what Limited plans the database still holds when Full asks
    "connection-schedule": (LOGIN, "404", "403", "422", "403", "403"),
    "connection-add": (
        LOGIN,
        "302 /connections/add/sis/",
        "403",
        "302 /connections/add/sis/",
        "403",
        "403",
    ),
    "connection-describe": (LOGIN, "422", "403", "422", "403", "403"),
    "connection-connect": (LOGIN, "302 /connections/add/", "403", "302 /connections/add/", "403", "403"),
    "connection-credentials": (LOGIN, "404", "403", "422", "403", "403"),
    "connection-plan-export": (LOGIN, "404", "403", "422", "403", "403"),
    "connection-places": (LOGIN, "404", "302 CONNECTION", "302 CONNECTION", "403", "403"),
    "connection-archive": (LOGIN, "404", "403", "422", "403", "403"),
    "connection-resume": (LOGIN, "404", "403", "422", "403", "403"),
    "connection-doctor": (LOGIN, "404", "403", "422", "403", "403"),
    "connection-doctor-file": (LOGIN, "404", "403", "200", "403", "403"),
    "mapping-panel": (LOGIN, "404", "403", "200", "403", "403"),
    "mapping-rule": (LOGIN, "404", "403", "200", "403", "403"),
    "mapping-save": (LOGIN, "404", "403", "302 MAPPING", "403", "403"),
    "mapping-discard": (LOGIN, "404", "403", "302 MAPPING", "403", "403"),
    "mapping-keep-mine": (LOGIN, "404", "403", "302 MAPPING", "403", "403"),
    "mapping-read": (LOGIN, "404", "403", "302 MAPPING", "403", "403"),
    "run-apply": (LOGIN, "404", "422", "422", "403", "403"),
    "run-cancel": (LOGIN, "404", "422", "422", "403", "403"),
    "run-resume": (LOGIN, "404", "422", "422", "403", "403"),
    "run-retry": (LOGIN, "404", "422", "422", "403", "403"),
    "run-dismiss": (LOGIN, "404", "403", "422", "403", "403"),
    "run-release": (LOGIN, "404", "403", "422", "403", "403"),
    # view alone cannot, view and edit can; the connection of this district cannot be written into
    "record-answer": (LOGIN, "404", "403", "404", "403", "404"),
    "registrations-sync": (LOGIN, "422", "403", "422", "403", "422"),
    "registrations-import": (LOGIN, "422", "403", "422", "403", "422"),
    "registration-sync": (LOGIN, "404", "403", "422", "403", "422"),
    "registration-status": (LOGIN, "404", "403", "422", "403", "422"),
    "registration-entry": (LOGIN, "404", "403", "302 REGISTRATION", "403", "302 REGISTRATION"),
    "mapping-configure": (LOGIN, "404", "403", "422", "403", "403"),
    "mapping-examples": (LOGIN, "404", "403", "302 CONFIGURE", "403", "403"),
    "mapping-restore": (LOGIN, "404", "403", "404", "403", "403"),
    "mapping-preview": (LOGIN, "404", "403", "422", "403", "403"),
    "mapping-lay": (LOGIN, "404", "403", "422", "403", "403"),
    "mapping-ready": (LOGIN, "404", "403", "422", "403", "403"),
    "mapping-suggestions": (LOGIN, "404", "403", "200", "403", "403"),
    "mapping-suggestions-read": (LOGIN, "404", "403", "302 SUGGESTIONS", "403", "403"),
    "send-registration": (LOGIN, "404", "403", "422", "403", "422"),
    "send-registration-run": (LOGIN, "404", "403", "404", "403", "404"),
    "send-record": (LOGIN, "404", "422", "422", "403", "403"),
    "send-record-run": (LOGIN, "404", "422", "422", "403", "403"),
    "connection-plan": (LOGIN, "404", "302 RUN", "422", "403", "403"),
    "run-undo": (LOGIN, "404", "403", "422", "403", "403"),
    "schools-bulk": (LOGIN, "422", "403", "422", "403", "403"),
    "school": (LOGIN, "404", "403", "422", "403", "403"),
    "notices": (LOGIN, *["302 /settings/notices/"] * 3, "403", "403"),
    "settings-general": (LOGIN, "302 /settings/general/", "403", "302 /settings/general/", "403", "403"),
    "invite": (LOGIN, "422", "403", "422", "403", "403"),
    "person": (LOGIN, "404", "403", "404", "403", "403"),
    "group-new": (LOGIN, "422", "403", "422", "403", "403"),
    "group": (LOGIN, "404", "403", "422", "403", "403"),
}


def addresses() -> dict[str, str]:
    """Every named address with its pattern, however deep."""

    def walk(patterns: list[Any]) -> list[URLPattern]:
        return [
            leaf
            for each in patterns
            for leaf in (walk(each.url_patterns) if isinstance(each, URLResolver) else [each])
        ]

    return {leaf.name or str(leaf.pattern): str(leaf.pattern) for leaf in walk(get_resolver().url_patterns)}


@pytest.fixture
def district(db, plain, tmp_path):
    made = District(tmp_path).ready()
    made.write_students([child(1)])
    made.run()
    return made


@pytest.fixture
def browsers(district, tmp_path_factory):
    from django.test import Client

    other = District(tmp_path_factory.mktemp("other"), name="Elsewhere Unified (invented)")
    return {"anonymous": Client(), "outsider": signed_in(other.people["full"])} | {
        role: district.client(role) for role in district.people
    }


@pytest.fixture
def paths(district):
    """Each address with the ids of the district's own rows."""
    from django.urls import reverse

    with district.scope():
        keys = _of_runs(district) | _of_a_connection(district) | _of_mappings(district) | _of_rows(district)
    return lambda name: reverse(name, kwargs=keys.get(name))


def _of_runs(district: Any) -> dict[str, Any]:
    from yellowbus.runs.models import Change, Run

    change = Change.objects.filter(run__kind="students").get()
    run = {"key": Run.objects.get(kind="students").pk}
    acts = (
        "",
        "-progress",
        "-file",
        "-apply",
        "-cancel",
        "-resume",
        "-retry",
        "-release",
        "-dismiss",
        "-undo",
    )
    return {f"run{act}": run for act in acts} | {
        "record": run | {"seq": change.seq},
        "record-answer": run | {"seq": change.seq},
    }


def _of_a_connection(district: Any) -> dict[str, Any]:
    ours = {"key": district.connection.pk}
    names = (
        "connection",
        "connection-schedule",
        "connection-plan",
        "connection-plan-export",
        "connection-places",
        "connection-resume",
        "connection-archive",
        "connection-credentials",
        "connection-doctor",
        "connection-doctor-file",
        "reviews",
        "reviews-decide",
        "reviews-take-back",
        "reviews-several",
        "send-record",
        "send-registration",
        "mapping",
    )
    trial = ours | {"run": district.run(trial="000001").pk}
    return dict.fromkeys(names, ours) | {
        "field-codes": ours | {"what": "sis"},
        "send-record-run": trial,
        "send-registration-run": trial,
    }


def _of_mappings(district: Any) -> dict[str, Any]:
    students = {"key": district.connection.pk, "kind": "students"}
    names = (
        "mapping-configure",
        "mapping-examples",
        "mapping-history",
        "mapping-suggestions",
        "mapping-suggestions-read",
        "mapping-restore",
        "mapping-preview",
        "mapping-lay",
        "mapping-ready",
        "mapping-fields",
        "mapping-save",
        "mapping-discard",
        "mapping-keep-mine",
        "mapping-read",
        "unknown-codes-add",
    )
    return dict.fromkeys(names, students) | {
        "mapping-file": students | {"number": 1},
        "mapping-panel": students | {"what": "transformation", "name": "students.dob"},
        "mapping-codes-file": students | {"name": "students_annual.grade"},
        "mapping-codes-progress": students | {"name": "students_annual.grade"},
        "mapping-rule": students | {"field": "students.mname"},
    }


def _of_rows(district: Any) -> dict[str, Any]:
    from yellowbus.enroll.models import School, Student
    from yellowbus.setup.models import Group

    student = {"key": Student.objects.get().pk}
    registration = {"key": _registration(district)}
    return {f"registration{act}": registration for act in ("", "-sync", "-status", "-entry")} | {
        "student": student,
        "student-timeline": student,
        "why": student | {"year": 2026, "field": "students.fname"},
        "school": {"key": School.objects.first().pk},
        "person": {"key": district.people["view"].pk},
        "group": {"key": Group.objects.get(name="Registrar").pk},
        "waiting-back": {"key": 1},
        "connection-download": {"system": "powerschool", "name": "plugin"},
        "join": {"token": "nobody-made-this"},
        "account_reset_password_from_key": {"uidb36": "1", "key": "set-password"},
    }


def _registration(district: Any) -> int:
    """An approved one; its id."""
    who = {"students.fname": "Rosa", "students.lname": "Vale", "students.dob": "2015-03-04"}
    document = {
        "id": "R-1", "school": "310", "grade": "4", "year": 2026, "type": "new", "status": "approved", "answers": who,
    }  # fmt: skip
    taken = registrations.take_in(district.actor, district.instance.pk, [(1, document)])
    assert not taken.faults
    found = enrolled.find(district.instance.pk, "R-1")
    assert found is not None
    return found.id


def seen(response: Any) -> str:
    where = response.headers.get("Location", "").partition("?")[0]
    where = re.sub(r"^/registrations/\d+/$", "REGISTRATION", where)
    where = re.sub(r"^/connections/\d+/$", "CONNECTION", where)
    where = re.sub(r"^/logs/[0-9a-f-]{36}/$", "RUN", where)
    where = re.sub(r"^/connections/\d+/mapping/students/fields/$", "MAPPING", where)
    where = re.sub(r"^/connections/\d+/mapping/students/suggestions/$", "SUGGESTIONS", where)
    where = re.sub(r"^/connections/\d+/mapping/students/configure/$", "CONFIGURE", where)
    return f"{response.status_code} {where}".strip()


def test_who_may_open_what(browsers, paths):
    assert {name: tuple(seen(browsers[who].get(paths(name))) for who in WHO) for name in ROWS} == ROWS


def test_who_may_send_what(browsers, paths):
    assert {name: tuple(seen(browsers[who].post(paths(name))) for who in WHO) for name in POSTS} == POSTS


def test_a_post_without_its_token_is_refused(district):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(district.people["full"].user)
    assert client.post("/settings/general/").status_code == 403


def test_every_address_has_a_row():
    assert sorted(addresses()) == sorted(ROWS)


def test_an_outsider_sees_nothing_of_the_district(district, browsers, paths):
    """Not by any page that is open to them: neither a name nor an id nor an address."""
    words = ["Given1", "Family1", "000001", "Cedar Ridge", district.organization.name, "Ours alone"]
    words += [each.user.email for each in district.people.values()]
    with scopes_disabled():
        Connection.objects.filter(organization=district.organization).update(name="Ours alone")
    pages = {
        name: browsers["outsider"].get(paths(name)).getvalue().decode()
        for name, row in ROWS.items()
        if row[1] in ("200", "404")
    }
    assert [(name, word) for name, page in pages.items() for word in words if word in page] == []
