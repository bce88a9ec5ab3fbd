"""Errors that are none of ours: the database that is away, and faults of the program."""

from pathlib import Path
from traceback import extract_tb

from django.db import InterfaceError, OperationalError
from psycopg.errors import DiskFull, IdleInTransactionSessionTimeout

from yellowbus.errors import NeedsAdmin, NotUnderstood


def database_is_away(error: Exception) -> bool:
    """Also after the server has ended the session of a process that was frozen, which it tells by an error of its own."""
    frozen = isinstance(error.__cause__, IdleInTransactionSessionTimeout)
    return frozen or isinstance(error, OperationalError | InterfaceError)


def database_is_full(error: Exception) -> NeedsAdmin | None:
    """What a person is told where the disk of the database is full: trying again each minute would not help."""
    return NeedsAdmin("database-full") if isinstance(error.__cause__, DiskFull) else None


def our_fault(error: Exception) -> NotUnderstood:
    """Of which kind it is and where it happened; never its text, which may quote a record."""
    frame = extract_tb(error.__traceback__)[-1]
    where = f"{Path(frame.filename).stem}:{frame.lineno}"
    return NotUnderstood("program-fault", kind=type(error).__name__, where=where)
