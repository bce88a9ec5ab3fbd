"""Every error of the product, named by what happens next.

    YellowbusError
    ├── NeedsAdmin      stop; a person must change something; never retried
    ├── TryLater        retried, after the delay it names
    │   └── OutcomeUnknown  a write may have happened; look it up before anything else
    ├── RecordError     this record only; the run goes on
    ├── UnsafePlan      wait for a person
    └── NotUnderstood   the other side broke its contract; stop; carries a redacted sample

Raise one with a code of `messages.MESSAGES` and the facts its sentence names::

    raise NeedsAdmin("credentials-refused", system="PowerSchool", host="sis.example.org")

Facts are shown to people and written to logs, so a fact is never a personal value: it is a host, a field name,
a count, a status, a code.
"""

from yellowbus.messages import MESSAGES


class YellowbusError(Exception):
    """`code` is stable; `sentence` says what happened, `remedy` what to do; `detail` is one line for the log."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        message = MESSAGES[code]
        self.sentence = message.sentence.format(**facts)
        self.remedy = message.remedy.format(**facts)
        super().__init__(f"{self.sentence} {self.remedy}".strip())

    @property
    def detail(self) -> str:
        told = " ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code} {told}".strip()


class NeedsAdmin(YellowbusError):
    """A person must change something before this can work."""


class TryLater(YellowbusError):
    """Worth another attempt: `after` seconds from now, or when the caller thinks best if None."""

    def __init__(self, code: str, *, after: float | None = None, **facts: object) -> None:
        self.after = after
        super().__init__(code, **facts)


class OutcomeUnknown(TryLater):
    """A write went out and no answer came: it may have happened, so it is looked up before anything is sent again."""


class RecordError(YellowbusError):
    """One record cannot be handled; the others can. `refused` are (field, the other side's code), where it named any."""

    def __init__(self, code: str, *, refused: tuple[tuple[str, str], ...] = (), **facts: object) -> None:
        self.refused = refused
        super().__init__(code, **facts)


class UnsafePlan(YellowbusError):
    """The plan looks like an accident; a person decides."""


class NotUnderstood(YellowbusError):
    """The other side broke its contract; `sample` is a short, redacted piece of what it said."""

    def __init__(self, code: str, *, sample: str = "", **facts: object) -> None:
        self.sample = sample[:200]
        super().__init__(code, **facts)
