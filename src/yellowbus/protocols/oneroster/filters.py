"""The filter language of OneRoster: `field op 'value'`, at most two of them (oneroster dossier 1.4)."""

from datetime import UTC, datetime


def equals(field: str, value: str) -> str:
    """A clause.

    >>> equals("familyName", "O'Neil")
    "familyName='O''Neil'"
    """
    return _clause(field, "=", value)


def changed_since(moment: datetime) -> str:
    """What changed after `moment`, the deleted included.

    >>> changed_since(datetime(2026, 1, 1, tzinfo=UTC))
    "dateLastModified>'2026-01-01T00:00:00.000Z'"
    """
    written = moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return _clause("dateLastModified", ">", written)


def both(one: str, other: str) -> str:
    return f"{one} AND {other}"


def either(one: str, other: str) -> str:
    return f"{one} OR {other}"


def _clause(field: str, operator: str, value: str) -> str:
    """A quote inside a value is doubled, as certified clients write it."""
    doubled = value.replace("'", "''")
    return f"{field}{operator}'{doubled}'"
