"""One instance's state, and one request to it."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from yellowbus.simulators.district import District
from yellowbus.simulators.exchange import RefusedError, Request
from yellowbus.simulators.faults import Faults
from yellowbus.simulators.log import RequestLog
from yellowbus.simulators.qmlativ import keys
from yellowbus.simulators.qmlativ.access import Accesses, Integration
from yellowbus.simulators.qmlativ.objects import Table
from yellowbus.simulators.qmlativ.options import Options
from yellowbus.simulators.qmlativ.refusals import refuse
from yellowbus.simulators.qmlativ.tables import TABLES, everything
from yellowbus.simulators.qmlativ.tokens import Bearer, Tokens
from yellowbus.simulators.qmlativ.world import World, Worlds
from yellowbus.simulators.qmlativ.years import Years

BASE = "/JuniperFlatsAZStuAPI"
UI = "/JuniperFlatsAZStuSTS"
KEPT_SELECTIONS = 32
KEPT_USAGE = 5000


@dataclass(frozen=True, slots=True)
class Usage:
    """A row such as API/UsageHistory has; the URL without what names a person (5.2)."""

    api: str
    method: str
    url: str
    status: int
    entity: str
    school_year: str


@dataclass(slots=True)
class Selections:
    """Rows chosen by earlier requests, for the pages after the first; forgotten when the world changes."""

    world: World | None = None
    kept: dict[Any, Sequence[Any]] = field(default_factory=dict)
    indexes: dict[str, Mapping[int, Any]] = field(default_factory=dict)

    def of(self, world: World) -> "Selections":
        if self.world is not world:
            self.world = world
            self.kept.clear()
            self.indexes.clear()
        return self

    def get(self, name: Any, make: Callable[[], Sequence[Any]]) -> Sequence[Any]:
        if name not in self.kept:
            if len(self.kept) >= KEPT_SELECTIONS:
                del self.kept[next(iter(self.kept))]
            self.kept[name] = make()
        return self.kept[name]

    def index(self, table: Table, world: World) -> Mapping[int, Any]:
        """The rows of an object by their key."""
        if table.path not in self.indexes:
            get = table.key.get
            self.indexes[table.path] = {get(row): row for row in table.rows(world)}
        return self.indexes[table.path]


@dataclass(slots=True)
class State:
    district: District
    options: Options
    clock: Callable[[], float]
    years: Years
    worlds: Worlds
    integration: Integration
    accesses: Accesses
    tokens: Tokens
    faults: Faults
    log: RequestLog
    usage: deque[Usage] = field(default_factory=lambda: deque(maxlen=KEPT_USAGE))
    selections: Selections = field(default_factory=Selections, repr=False)

    @classmethod
    def of(cls, district: District, options: Options, clock: Callable[[], float]) -> "State":
        years = Years.of(district)
        integration = Integration("Yellowbus", "Enrollment sync (invented)", everything())
        entities = {keys.SYSTEM_ENTITY, keys.DISTRICT_ENTITY, *map(keys.entity, district.schools)}
        accesses = Accesses(district.seed, frozenset(entities))
        integration.third_value = accesses.text(12)
        zone = ZoneInfo(district.timezone)

        def day() -> date:
            return datetime.fromtimestamp(clock(), zone).date()

        return cls(
            district=district,
            options=options,
            clock=clock,
            years=years,
            worlds=Worlds(district, years),
            integration=integration,
            accesses=accesses,
            tokens=Tokens(accesses, integration, clock=clock, day=day),
            faults=Faults(f"{BASE}/[CG]*/*/*/*"),
            log=RequestLog(),
        )

    def use(self, options: Options) -> None:
        """Behave otherwise from now on; accesses and tokens stay."""
        with self.district.lock:
            self.options = options
            self.selections = Selections()

    def today(self) -> date:
        return datetime.fromtimestamp(self.clock(), ZoneInfo(self.district.timezone)).date()

    def clone_year(self, closing: Sequence[int], *, move: bool) -> int:
        with self.district.lock:
            return self.years.clone(closing=closing, move=move)


@dataclass(frozen=True, slots=True)
class Call:
    """One request, who asks, and what stands in its path. `query` has its names in lower case."""

    sis: State
    request: Request
    bearer: Bearer
    path: Mapping[str, str]
    query: Mapping[str, str]

    @classmethod
    def of(cls, sis: State, request: Request, bearer: Bearer, path: Mapping[str, str]) -> "Call":
        query = {name.lower(): value for name, value in request.query.items()}
        return cls(sis, request, bearer, path, query)

    @property
    def options(self) -> Options:
        return self.sis.options

    @property
    def world(self) -> World:
        return self.sis.worlds.now()

    @property
    def selections(self) -> Selections:
        return self.sis.selections.of(self.world)

    def refuse(self, status: int, *messages: str) -> RefusedError:
        return refuse(self.options, status, *messages)

    def table(self) -> Table:
        """The object of the path, if it is there and granted."""
        path = f"{self.path['module']}/{self.path['object']}"
        table = TABLES.get(path.lower())
        if table is None:
            raise self.refuse(404, f"Object {path} does not exist")
        if not self.may_see(table):
            raise self.refuse(self.options.ungranted_status, f"Object {table.path} is not granted")
        return table

    def _unlimited(self) -> bool:
        """3.1: an integration in development may do everything, unless the caller waives that."""
        return self.sis.integration.development_permissions and not self.bearer.suppressed

    def may_see(self, table: Table) -> bool:
        return self._unlimited() or self.sis.integration.permissions.may_see(table.path)

    def may_read(self, table: Table, name: str) -> bool:
        return self._unlimited() or self.sis.integration.permissions.may_read(table.path, name)

    def number(self, name: str) -> int:
        """A number of the path; what is none is answered 400."""
        text = self.path[name]
        if not text.isdigit():
            raise self.refuse(400, f"{name} must be a number")
        return int(text)

    def entity(self) -> int:
        """The entity of the path, if it is there and granted (10, quirk 11)."""
        entity = self.number("entity")
        if all(found.id != entity for found in self.world.entities):
            raise self.refuse(404, f"Entity {entity} does not exist")
        if not self.bearer.access.allows(entity):
            raise self.refuse(403, f"Entity {entity} is not granted")
        return entity

    def year(self) -> int:
        """The id of the context year: SchoolYearID, else the entity's current year (5.1)."""
        entity, asked = self.entity(), self.query.get("schoolyearid", "").strip()
        if not asked:
            return next(found.current for found in self.world.entities if found.id == entity)
        known = {self.sis.years.id(year) for year in self.sis.years.all()}
        if not asked.isdigit() or int(asked) not in known:
            raise self.refuse(400, "SchoolYearID is not the id of a school year")
        return int(asked)

    def search_fields(self) -> tuple[str, ...]:
        """searchFields, repeated or with numbers in brackets, in the order given (5.1)."""
        pairs = parse_qsl(self.request.raw_query, keep_blank_values=True)
        return tuple(
            dict.fromkeys(
                value
                for name, value in pairs
                if name.lower() == "searchfields" or name.lower().startswith("searchfields[")
            )
        )
