"""Addresses as Qmlativ keeps them: Zip, Street and Address, each once for everyone (qmlativ dossier 8.3)."""

import re
from dataclasses import dataclass, field

from yellowbus.simulators.district import Address
from yellowbus.simulators.qmlativ.ids import Ids
from yellowbus.simulators.qmlativ.rows import Place, Street, Zip

BOX = re.compile(r"PO Box (\d+)")
NUMBERED = re.compile(r"(\d+) (.+)")


@dataclass(slots=True)
class Places:
    ids: Ids
    zips: dict[int, Zip] = field(default_factory=dict)
    streets: dict[int, Street] = field(default_factory=dict)
    addresses: dict[Address, Place] = field(default_factory=dict)

    def of(self, address: Address) -> Place | None:
        """The row of this address; none for a home that nobody knows."""
        if not address.city:
            return None
        if address not in self.addresses:
            self.addresses[address] = self._place(address)
        return self.addresses[address]

    def _place(self, written: Address) -> Place:
        code, _, add_on = written.postal_code.partition("-")
        where = self._zip(code, written)
        boxed, numbered = BOX.fullmatch(written.street), NUMBERED.fullmatch(written.street)
        street = self._street(numbered[2], where) if numbered else None
        return Place(
            id=self.ids.of("Address", written),
            written=written,
            number=numbered[1] if numbered else "",
            street=street,
            box=boxed[1] if boxed else "",
            zip=where,
            add_on=add_on,
        )

    def _zip(self, code: str, written: Address) -> Zip:
        key = self.ids.of("Zip", code, written.city, written.state)
        return self.zips.setdefault(key, Zip(key, code, written.city, written.state))

    def _street(self, name: str, where: Zip) -> Street:
        key = self.ids.of("Street", name, where.id)
        return self.streets.setdefault(key, Street(key, name, where))


def unit_number(address: Address) -> str:
    """The number of an apartment.

    >>> unit_number(Address("1 Elm St", "Apt 5", "Cedar Bend", "AZ", "85203"))
    '5'
    """
    return address.unit.removeprefix("Apt ")
