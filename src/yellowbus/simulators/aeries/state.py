"""Everything that one Aeries server holds, and one request to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from yellowbus.simulators.aeries.ids import AeriesIds
from yellowbus.simulators.aeries.options import Options
from yellowbus.simulators.aeries.records import Database, Databases
from yellowbus.simulators.aeries.security import Products
from yellowbus.simulators.district import District
from yellowbus.simulators.exchange import Request
from yellowbus.simulators.faults import Faults
from yellowbus.simulators.log import RequestLog
from yellowbus.simulators.oneroster.options import Options as RosterOptions
from yellowbus.simulators.oneroster.rostering import Rostering
from yellowbus.simulators.stamps import Stamps


def _of_service(options: Options) -> RosterOptions:
    return replace(options.oneroster, missing_right=options.missing_right)


@dataclass(slots=True)
class State:
    district: District
    options: Options
    clock: Callable[[], float]
    faults: Faults
    log: RequestLog
    stamps: Stamps
    products: Products
    rostering: Rostering
    databases: Databases = field(init=False)

    def __post_init__(self) -> None:
        self.use(self.options)

    def use(self, options: Options) -> None:
        """Behave otherwise from now on; products and tokens stay."""
        with self.district.lock:
            self.options = options
            self.rostering.use(_of_service(options))
            self.databases = Databases(self.district, options.earlier_years, options.several_records)

    @classmethod
    def of(cls, district: District, options: Options, clock: Callable[[], float]) -> "State":
        stamps = Stamps(district, clock)
        rostering = Rostering.of(district, options.oneroster, ids=AeriesIds(), clock=clock, stamps=stamps)
        products = Products(rostering.clients, district.seed)
        rostering.right = products.may_roster
        faults = Faults("*/api/v*")
        return cls(district, options, clock, faults, RequestLog(), stamps, products, rostering)


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the native API: `parts` stand in its path, `query` has its names in lower case."""

    sis: State
    request: Request
    parts: Mapping[str, str]
    query: Mapping[str, str]
    database: Database

    @property
    def options(self) -> Options:
        return self.sis.options

    def number(self, name: str) -> int:
        """A number of the path; one that is none becomes -1000, which nothing has. Grades may be negative."""
        text = self.parts[name]
        return int(text) if text.removeprefix("-").isdigit() else -1000
