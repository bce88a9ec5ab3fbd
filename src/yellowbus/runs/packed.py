"""A record as it was mapped, kept with its change, so that "why" can map it again without the SIS.

What the connector read is kept, not the bytes it read it from: a row of a file means nothing without the headings that
the file had that night. With it stands which SIS contact each contact slot held then, since that decides who is seated.
"""

from collections.abc import Mapping

import msgspec

from yellowbus.records import Record, Value


class Packed(msgspec.Struct, forbid_unknown_fields=True):
    """Of a record of the SIS: its fields, its contacts, and {slot: contact id} as Enroll had them."""

    values: dict[str, Value]
    contacts: list[dict[str, Value]] = []
    kept: dict[str, str] = {}

    @property
    def record(self) -> Record:
        return Record(self.values, self.contacts)


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Packed).decode


def pack(record: Record, kept: Mapping[str, str]) -> bytes:
    return _encode({"values": record.values, "contacts": record.contacts, "kept": kept})


def unpack(source: bytes) -> Packed | None:
    """None for a record that could not be read: that one is kept as it was sent."""
    try:
        return _decode(source)
    except msgspec.DecodeError:
        return None
