"""A provider with a small invented district, and the connector opened for it."""

from protocols.oneroster_provider import ID, ROOT, SECRET, Provider, student
from yellowbus.connectors.base import ReadFilter
from yellowbus.connectors.oneroster import connector

SCHOOLS = [
    {
        "sourcedId": "210",
        "name": "Cedar Ridge",
        "type": "school",
        "identifier": "A1",
        "parent": {"sourcedId": "0"},
    },
    {"sourcedId": "310", "name": "Aspen", "type": "school", "identifier": "B2", "parent": None},
]


class District(Provider):
    """`open` gives the connector, `records` everything it reads."""

    def __init__(self, key="v1p1"):
        super().__init__(key)
        district = {"sourcedId": "0", "name": "Invented Unified", "type": "district"}
        self.lists = {
            "orgs": [district, *SCHOOLS],
            "schools": SCHOOLS,
            "students": [],
            "demographics": [],
            "users": [],
        }

    def open(self, **settings):
        told = {"server_url": ROOT, "client_id": ID, "client_secret": SECRET, "version": "1.1"}
        return connector.open(told | settings, self.door())

    def pages(self, *fields, kind="students", after="", **settings):
        return list(self.open(**settings).read(kind, after, ReadFilter(fields=frozenset(fields))))

    def records(self, *fields, **options):
        return [page.decode(raw) for page in self.pages(*fields, **options) for raw in page.records]

    def one(self, *fields, **options):
        [record] = self.records(*fields, **options)
        return record

    def hold(self, *students, guardians=(), demographics=()):
        self.lists |= {
            "students": list(students),
            "users": [*students, *guardians],
            "demographics": list(demographics),
        }


def guardian(number, **more):
    return student(number, identifier=f"9{number}", grades=None, role="parent", orgs=[]) | more
