"""The same district from simulated providers of every habit: the records are the same (oneroster dossier 1.2 to 1.7)."""

from functools import cache

import pytest

from yellowbus.connectors.base import ReadFilter
from yellowbus.connectors.oneroster import connector
from yellowbus.errors import NotUnderstood
from yellowbus.protocols.net import Door
from yellowbus.simulators.district import District
from yellowbus.simulators.oneroster import AgentSide, GradeForm, Href, OneRoster, Options, serve_app

FIELDS = frozenset(
    {
        "identifier",
        "givenName",
        "grade",
        "school.code",
        "demographics.birthDate",
        "demographics.race",
        "contact.sourcedId",
    }
)
MOST = 60


def read(students=560, *, settings=None, **options):
    """The records by identifier, the contacts of each in the order of their ids, and how many requests it took."""
    app = OneRoster(District(students=students, seed=7, school_year=2026), Options(**options))
    client = app.sis.rostering.clients.add("Yellowbus")
    running, door = serve_app(app), Door(in_flight=4, per_second=1e6, allow_private=True)
    login = {"server_url": running.url, "client_id": client.id, "client_secret": client.secret}
    try:
        opened = connector.open(login | (settings or {}), door)
        pages = opened.read("students", "", ReadFilter(fields=FIELDS))
        found = [page.decode(raw) for page in pages for raw in page.records]
    finally:
        running.stop()
        door.close()
    contacts = [sorted(each["contact.sourcedId"] for each in record.contacts) for record in found]
    told = [(sorted(record.values.items()), ids) for record, ids in zip(found, contacts, strict=True)]
    return sorted(told, key=repr), door.requests


@cache
def usual():
    return read()[0]


@pytest.mark.parametrize(
    "options",
    [
        {"with_total": False},
        {"with_link": False},
        {"with_total": False, "with_link": False},
        {"maximum_limit": 70},
        {"repeats_last_page": True},
        {"repeats_last_page": True, "with_total": False},
        {"drifts": True, "sort_served": False},
        {"drifts": True, "sort_served": False, "with_total": False},
        {"doubles": True},
        {"doubles": True, "with_total": False},
        {"short_pages": True},
        {"short_pages": True, "with_total": False, "with_link": False},
        {"total_off_by": -5},
        {"nulls_and_blanks": True},
        {"real_booleans": True},
        {"href": Href.TILDE},
        {"href": Href.RELATIVE},
        {"grades": GradeForm.WORDS},
        {"grades": GradeForm.BARE},
        {"agents": AgentSide.GUARDIAN},
        {"agents": AgentSide.STUDENT},
        {"agents_field": "agentSourceIds"},
        {"default_limit": None},
        {"shown_twice_every": 10},
        {"versions": ("1.1",)},
        {"versions": ("1.2",)},
        {"token_form": False},
        {"token_basic": False},
        {"token_path": "/token", "token_slash": True},
        {"unknown_race_is_false": True},
        {"warns_in_1p1": False, "versions": ("1.1",), "filterable": ()},
    ],
    ids=str,
)
def test_a_habit_of_the_provider_changes_no_record(options):
    found, requests = read(**options)
    assert found == usual()
    assert requests <= MOST


@pytest.mark.parametrize("sign_in", ["oauth1-sha256", "oauth1-sha1"])
def test_signed_requests_read_the_same(sign_in):
    assert read(settings={"sign_in": sign_in, "version": "1.1"})[0] == usual()


def test_a_count_that_nobody_reaches_is_an_error_and_no_loop():
    with pytest.raises(NotUnderstood) as raised:
        read(total_off_by=5)
    assert raised.value.code == "count-mismatch"
