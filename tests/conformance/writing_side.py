"""What the writing suite needs of the other side: writing_<system>.py has `start(folder)`, which gives one of these."""

from typing import Protocol

from yellowbus.connectors.base import Connector
from yellowbus.connectors.writing import ContactWrite, Held, Sought, StudentWrite, Writer


class Both(Connector, Writer, Protocol):
    """A connector that reads and writes."""


class WritingSide(Protocol):
    """A SIS with at least one known student, one who has left, and two schools of which one is not ready.

    `personal` is what no error may say: every record that the side makes holds it. `faults` are those it can strike with;
    each strikes once, at the next write of its kind:

        "lost-after"   the record is written, and the connection ends without an answer
        "silent-after" the record is written, and nothing comes for longer than a connector waits
        "error-after"  the record is written, and a server error comes
        "lost-before"  the connection ends without an answer; nothing is written
        "error-before" a server error; nothing is written
        "refused"      the record is refused, with a field named
        "locked"       someone has the record open
        "dropped"      the field of `changed` is left out, and the SIS says that all is well
        "contact"      the contact is refused, with a field named
        "half-contact" the same, but the person is there, tied to nobody
    """

    year: int
    ready: str
    unready: str
    secrets: tuple[str, ...]
    personal: tuple[str, ...]
    field: str

    def connector(self) -> Both: ...

    def created(self, token: str) -> StudentWrite:
        """A new student, always the same child."""

    def child(self) -> Sought:
        """The child of `created`, by name and birth date."""

    def incomplete(self, token: str) -> StudentWrite:
        """A new student that the SIS could not take; the connector knows that by itself."""

    def known(self) -> Sought:
        """A student who is there, by both ids."""

    def gone(self) -> Sought:
        """A student who has left, by name and birth date."""

    def changed(self, token: str, held: Held) -> StudentWrite:
        """Another value of `field` for a student who is there."""

    def contact(self, token: str, held: Held) -> ContactWrite:
        """A new contact with a name, an e-mail address and a phone, always the same one."""

    def strike(self, fault: str) -> None: ...

    def writes(self) -> int:
        """How many requests that write have come, whatever became of them."""

    def made(self) -> list[int]:
        """How many students the system has made of each child that came to be made; by its own record, not by a name."""

    def people(self) -> int:
        """How many contacts it holds, those of nobody among them."""

    def students(self) -> int: ...

    def close(self) -> None: ...
