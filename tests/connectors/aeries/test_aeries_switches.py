"""A simulated Aeries with each contradiction of the dossier in each position (aeries dossier 12.1)."""

from collections import Counter
from contextlib import contextmanager

import pytest

from yellowbus.connectors.aeries import connector
from yellowbus.connectors.base import ReadFilter
from yellowbus.protocols.net import Door
from yellowbus.simulators.aeries import (
    Aeries,
    ByIdScope,
    Options,
    Right,
    Type,
    WrongRoot,
    roster_options,
    serve_app,
)
from yellowbus.simulators.district import District

ALL = ReadFilter()
SWITCHES = [
    {},
    {"student_by_id_scope": ByIdScope.SCHOOL},
    {"student_by_id_scope": ByIdScope.ALL},
    {"school_as_array": True},
    {"missing_right": 403},
    {"older_build": True},
    {"root": ""},
    {"root": "/admin"},
    {"sticky_cookies": True},
]


class Side:
    """`open` gives the connector of a running simulator; `product` is its record on API Security."""

    def __init__(self, options):
        root = options.get("root", "/aeries")
        app = Aeries(
            District(students=240, seed=7, school_year=2026),
            Options(oneroster=roster_options(root), **options),
        )
        self.app, self.root = app, root
        self.product = app.sis.products.add("Yellowbus")
        for area in ("Student Data", "Contacts", "Student Programs"):
            self.product.grant(area, Right.READ)
        self.roster = app.sis.products.add("Yellowbus OneRoster", Type.ONEROSTER)
        self.roster.grant("Student Data", Right.READ)
        self.running = serve_app(app)
        self.door = Door(in_flight=2, per_second=1e6, allow_private=True)

    def open(self, **settings):
        told = {
            "aeries_url": self.running.url + self.root,
            "certificate": self.product.certificate,
            "oneroster_url": self.running.url + self.root,
            "consumer_id": self.roster.client.id,
            "consumer_secret": self.roster.client.secret,
        }
        return connector.open(told | settings, self.door)

    def records(self):
        return [page.decode(raw) for page in self.open().read("students", "", ALL) for raw in page.records]

    def lacking(self):
        return [(line.name, line.code) for line in self.open().check() if not line.ok]


@contextmanager
def started(**options):
    side = Side(options)
    yield side
    side.door.close()
    side.running.stop()


@pytest.fixture(params=SWITCHES, ids=str)
def side(request):
    with started(**request.param) as running:
        yield running


def test_every_child_is_read_once_and_found_alike(side):
    read = side.records()
    assert len({record.values["StudentID"] for record in read}) == len(read) == 240
    several = [record for record in read if record.values["OtherSchools.PreEnrolled"]]
    assert several
    for record in (*several[:2], *read[:2]):
        found = side.open().find(record.values["StudentID"])
        assert (found.values, list(found.contacts)) == (record.values, list(record.contacts))


def test_a_right_that_lacks_is_named_and_none_other(side):
    assert side.lacking() == []
    side.product.grant("Contacts")
    side.product.grant("Student Programs")
    assert side.lacking() == [("Contacts", "aeries-right"), ("Student Programs", "aeries-right")]


def test_a_valid_record_is_what_aeries_holds(side):
    records = side.open()
    told = Counter(
        (record.values["Status"], records.valid_record(record.values["StudentID"]).validity.value)
        for record in side.records()
    )
    assert sorted(told) == [("active", "active"), ("inactive", "inactive"), ("pre-enrolled", "pre-enrolled")]


@pytest.mark.parametrize(
    ("page", "code"), [(WrongRoot.LOGIN_PAGE, "html-not-json"), (WrongRoot.NOT_FOUND, "aeries-address")]
)
def test_a_wrong_root_is_told_by_what_answers_there(page, code):
    with started(wrong_root=page) as side:
        [first, *_] = side.open(aeries_url=f"{side.running.url}/elsewhere").check()
        assert (first.name, first.code) == ("Reached", code)


def test_a_year_that_the_server_does_not_have_is_refused_and_one_it_has_is_read():
    with started() as side:
        [first, *_] = side.open(database_year="2019").check()
        assert (first.code, first.facts["opened"]) == ("aeries-year", "2026-2027")
        assert [line.code for line in side.open(database_year="2025").check() if not line.ok] == []


def test_a_oneroster_product_without_its_box_is_told_from_a_wrong_secret():
    with started() as side:
        side.roster.grant("Student Data")
        assert side.lacking() == [("OneRoster students", "oneroster-right")]
