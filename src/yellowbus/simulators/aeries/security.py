"""The page API Security: products, their certificates, and the grid of permissions (aeries dossier 2)."""

from dataclasses import dataclass, field
from enum import Enum
from random import Random

from yellowbus.simulators.oneroster.clients import Client, Clients
from yellowbus.simulators.oneroster.operations import Operation


class Right(Enum):
    """A column of the grid."""

    READ = "read"
    UPDATE = "update"
    INSERT = "insert"
    DELETE = "delete"


class Type(Enum):
    """The drop-down of a product; blank is the public API."""

    PUBLIC = ""
    ONEROSTER = "OneRoster"
    STUDENT_APP = "Student App"


STUDENT_DATA, CONTACTS = "Student Data", "Contacts"
AREAS = (
    "Send Alerts",
    "Trigger Student Pre-Enrollment",
    STUDENT_DATA,
    "Student Programs",
    "Supplemental Data",
    "District Supplemental Data",
    CONTACTS,
    "Class Schedules/History",
    "GATE",
    "Authorizations",
    "Attendance",
    "Calendar",
    "Enrollment History",
    "Counseling",
    "Test Scores",
    "Student Groups",
    "Teacher Data",
    "Staff Data",
    "Master Schedule",
    "Course Data",
    "Classes",
    "Schools",
    "Terms",
    "Users",
)
# 14.3: which area a OneRoster resource reads.
AREA_OF_COLLECTION = {
    "orgs": "Schools",
    "schools": "Schools",
    "academicSessions": "Terms",
    "terms": "Terms",
    "gradingPeriods": "Terms",
    "courses": "Course Data",
    "classes": "Master Schedule",
    "enrollments": "Classes",
    "students": STUDENT_DATA,
    "users": STUDENT_DATA,
    "demographics": STUDENT_DATA,
    "teachers": "Teacher Data",
}


@dataclass(slots=True, eq=False)
class Product:
    """A record of the page. A product of the public API has a certificate, one of OneRoster a client."""

    id: int
    name: str
    comment: str
    type: Type
    certificate: str = ""
    client: Client | None = None
    enabled: bool = True
    grid: dict[str, set[Right]] = field(default_factory=dict)

    def grant(self, area: str, *rights: Right) -> None:
        """Set the boxes of an area, those alone. Raises ValueError for an area that the grid does not have."""
        if area not in AREAS:
            raise ValueError(f"There is no area {area}. There are: {', '.join(AREAS)}.")
        self.grid[area] = set(rights)

    def may(self, area: str, right: Right = Right.READ) -> bool:
        return right in self.grid.get(area, ())

    def enable(self, *, on: bool) -> None:
        self.enabled = on
        if self.client is not None:
            self.client.enabled = on


@dataclass(slots=True)
class Products:
    clients: Clients
    seed: int
    _known: dict[int, Product] = field(default_factory=dict)
    _made: int = 0
    _chance: Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._chance = Random(f"certificates-{self.seed}")

    def add(self, name: str, kind: Type = Type.PUBLIC, comment: str = "") -> Product:
        """Add New Record. It may do nothing until boxes of its grid are checked."""
        if not name.strip():
            raise ValueError("Product Name is required.")
        self._made += 1
        product = Product(self._made, name, comment, kind)
        if kind is Type.ONEROSTER:
            product.client = self.clients.add(name)
        else:
            # 2: 32 lower-case hex digits, as the documented sample.
            product.certificate = f"{self._chance.getrandbits(128):032x}"
        self._known[product.id] = product
        return product

    def all(self) -> list[Product]:
        return list(self._known.values())

    def get(self, product_id: int) -> Product | None:
        return self._known.get(product_id)

    def by_certificate(self, certificate: str) -> Product | None:
        """Letter for letter (2); None for a product that is switched off."""
        found = (each for each in self._known.values() if certificate and each.certificate == certificate)
        return next((product for product in found if product.enabled), None)

    def delete(self, product: Product) -> None:
        product.enable(on=False)
        del self._known[product.id]

    def may_roster(self, client: Client, operation: Operation) -> bool:
        """Has the product of this OneRoster client the area that the resource reads?"""
        found = [product for product in self._known.values() if product.client is client]
        return bool(found) and found[0].may(AREA_OF_COLLECTION[operation.collection])
