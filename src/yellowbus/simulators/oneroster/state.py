"""Everything that one provider holds."""

from collections.abc import Callable
from dataclasses import dataclass

from yellowbus.simulators.district import District
from yellowbus.simulators.faults import Faults
from yellowbus.simulators.log import RequestLog
from yellowbus.simulators.oneroster.options import Options
from yellowbus.simulators.oneroster.people import Ids
from yellowbus.simulators.oneroster.rostering import Rostering


@dataclass(slots=True)
class State:
    district: District
    faults: Faults
    log: RequestLog
    rostering: Rostering

    @property
    def options(self) -> Options:
        return self.rostering.options

    def use(self, options: Options) -> None:
        """Behave otherwise from now on; clients and tokens stay."""
        self.rostering.use(options)

    @classmethod
    def of(cls, district: District, options: Options, ids: Ids, clock: Callable[[], float]) -> "State":
        rostering = Rostering.of(district, options, ids=ids, clock=clock)
        return cls(district, Faults("*/ims/oneroster/*"), RequestLog(), rostering)
