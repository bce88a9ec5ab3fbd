"""What an administrator sets for the exports of a connection."""

from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from django.db import transaction

from yellowbus.errors import NeedsAdmin
from yellowbus.planning.enrolling import EnrollAs, Returning
from yellowbus.setup import audit
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Actor, Permission


class SisSite(Enum):
    """Whose records stand in the SIS: those of real children, or those of a test server."""

    PRODUCTION = "production"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """`accept_exact` takes the one student with the same names and birth date without asking.

    `allow_sandbox` lets a Sandbox of Enroll write into a production SIS: only who manages connections may turn it on.
    """

    accept_exact: bool = False
    status: EnrollAs = EnrollAs.DYNAMIC
    returning: Returning = Returning.ASK
    sis: SisSite = SisSite.PRODUCTION
    allow_sandbox: bool = False


_KEY = "export"


def read_export_options(connection: Connection) -> ExportOptions:
    kept: dict[str, Any] = connection.options.get(_KEY, {})
    plain = ExportOptions()
    return ExportOptions(
        accept_exact=kept.get("accept_exact", plain.accept_exact),
        status=EnrollAs(kept.get("status", plain.status)),
        returning=Returning(kept.get("returning", plain.returning)),
        sis=SisSite(kept.get("sis", plain.sis)),
        allow_sandbox=kept.get("allow_sandbox", plain.allow_sandbox),
    )


@transaction.atomic
def set_export_options(actor: Actor, connection: Connection, options: ExportOptions) -> None:
    """What an administrator saves. What guards production is the connection's, not the mapping's."""
    actor.require(Permission.MANAGE_MAPPINGS)
    before = read_export_options(connection)
    if (before.sis, before.allow_sandbox) != (options.sis, options.allow_sandbox):
        actor.require(Permission.MANAGE_CONNECTIONS)
    plain = {name: getattr(value, "value", value) for name, value in asdict(options).items()}
    connection.options |= {_KEY: plain}
    connection.save(update_fields=["options"])
    audit.note(actor, "export-options.set", connection.name, **plain)


def is_production(connection: Connection) -> bool:
    """Whether the records of real children stand in the SIS."""
    return read_export_options(connection).sis is SisSite.PRODUCTION


def refuse_sandbox(connection: Connection) -> None:
    """Raise NeedsAdmin where invented children of a Sandbox would get into the SIS of real ones (enroll-sync 12.4)."""
    options = read_export_options(connection)
    if connection.instance.environment == "production" or options.allow_sandbox:
        return
    if options.sis is SisSite.PRODUCTION:
        raise NeedsAdmin("export-sandbox-to-production", connection=connection.name)
