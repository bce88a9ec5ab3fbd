"""The seam between Yellowbus and one kind of SIS.

A connector is one folder: `manifest.toml` (label, credentials with help, capabilities, set-up steps, pace),
`fields.toml` (the fields it knows without asking), tables of the vendor's end points and errors, and
`connector.py` with one class that has the methods below. It knows nothing of mapping, planning or Django, and it
speaks to the network through `protocols.net.Door` alone.

A connector never makes a request per student to read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from yellowbus.records import Record, Value


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a connection check. `code` is a message code when not ok, `facts` what its sentence names."""

    name: str
    ok: bool
    says: str
    code: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    warning: bool = False


@dataclass(frozen=True, slots=True)
class School:
    """A school of the SIS: `code` is what Enroll calls School Code. `ready` is False where `note` says what lacks."""

    code: str
    name: str
    ready: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class SourceField:
    """A field that can be mapped. `group` is how the SIS groups it; `codes` names a code set of `codes()`.

    `contact` marks a field of each contact (of `Record.contacts`) and not of the student.
    """

    name: str
    label: str
    group: str = ""
    type: str = "text"
    codes: str = ""
    contact: bool = False
    needs_right: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """One value of a code set of the SIS."""

    set: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of raw records in the order read.

    `records` are bytes as the SIS sent them (contacts joined, canonical where a join made them), so that equal bytes mean
    an equal record; `decode` turns one into a Record and raises RecordError for that record alone.
    `bookmark` is where to go on after this page: text that is opaque to the caller, survives a restart and holds no
    personal value. The last page has `last` True. `total` is the number of records the SIS announced, if it did.
    """

    records: Sequence[bytes]
    decode: Callable[[bytes], Record]
    bookmark: str
    last: bool
    total: int | None = None


@dataclass(frozen=True, slots=True)
class ReadFilter:
    """What the caller wants and a SIS may narrow on its side; a connector that cannot simply reads all.

    `statuses` are words of enroll status (`active`, `pre-registered`, `inactive`, `transferred`, `graduated`,
    `historical`), `schools` are School Codes. Empty means all. `fields` are the source fields the mapping uses, so that a
    connector asks only for what is needed; empty means every field it knows.
    """

    statuses: frozenset[str] = frozenset()
    schools: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    school_year: int = 0


class Connector(Protocol):
    """One SIS, opened with one set of credentials. Every method may raise NeedsAdmin, TryLater or NotUnderstood."""

    def check(self) -> Iterator[Check]:
        """Say one by one what works and what does not: reachable, signed in, rights, schools, years and terms."""

    def schools(self) -> list[School]:
        """The schools of the SIS, in the order of their code."""

    def fields(self, kind: str) -> list[SourceField]:
        """The fields of `kind` ("schools" or "students"); static ones and those the server tells of."""

    def codes(self) -> Iterator[Code]:
        """The code sets of the SIS, for Field Codes and Match Codes."""

    def find(self, key: str, fields: frozenset[str] = frozenset()) -> Record | None:
        """One student by the id that people see (student number). For examples and Send Record, never for a run."""

    def read(self, kind: str, after: str, wanted: ReadFilter) -> Iterator[Page]:
        """All records of `kind`, from the bookmark `after` ("" is the start), complete pages in order.

        May fetch ahead; the net door bounds the requests in flight. A run that ends early closes the iterator, and the
        connector then stops fetching.
        """

    def close(self) -> None:
        """Give back connections and temporary files."""


def text(value: object) -> Value:
    """A JSON value as source text: ids stay as they are written, true and false in lower case, blank as None.

    >>> text(85250), text("01854"), text(True), text(""), text(None)
    ('85250', '01854', 'true', None, None)
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
