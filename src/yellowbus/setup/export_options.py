"""What an administrator sets for the exports of a connection."""

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from django.db import transaction

from yellowbus.errors import NeedsAdmin
from yellowbus.planning.enrolling import EnrollAs, Returning
from yellowbus.setup import audit
from yellowbus.setup.models import Connection
from yellowbus.setup.options import MOST_EXAMPLES
from yellowbus.setup.permissions import Actor, Permission


class SisSite(Enum):
    """Whose records stand in the SIS: those of real children, or those of a test server."""

    PRODUCTION = "production"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """`accept_exact` takes the one student with the same names and birth date without asking.
    `registration_examples` and `student_examples` are up to five ids each, shown while mapping.

    `allow_sandbox` lets a Sandbox of Enroll write into a production SIS: only who manages connections may turn it on.
    """

    accept_exact: bool = False
    status: EnrollAs = EnrollAs.DYNAMIC
    returning: Returning = Returning.ASK
    sis: SisSite = SisSite.PRODUCTION
    allow_sandbox: bool = False
    registration_examples: tuple[str, ...] = ()
    student_examples: tuple[str, ...] = ()

    @property
    def examples(self) -> tuple[str, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys((*self.registration_examples, *self.student_examples)))


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
        registration_examples=tuple(kept.get("registration_examples", ())),
        student_examples=tuple(kept.get("student_examples", ())),
    )


@transaction.atomic
def set_export_options(
    actor: Actor, connection: Connection, options: ExportOptions, *, seen: str = ""
) -> None:
    """What an administrator saves. What guards production is the connection's, not the mapping's.

    `seen` is the mark of the options that the person started from: raises NeedsAdmin("options-changed-meanwhile") if
    others were saved since, and then nothing is saved. Raises NeedsAdmin for more than five examples of a kind.
    """
    actor.require(Permission.MANAGE_MAPPINGS)
    for given in (options.registration_examples, options.student_examples):
        if len(given) > MOST_EXAMPLES:
            raise NeedsAdmin("too-many-examples", count=len(given), most=MOST_EXAMPLES)
    connection.options = Connection.objects.select_for_update().get(pk=connection.pk).options
    before = read_export_options(connection)
    if seen and seen != mark_of(before):
        raise NeedsAdmin("options-changed-meanwhile")
    if (before.sis, before.allow_sandbox) != (options.sis, options.allow_sandbox):
        actor.require(Permission.MANAGE_CONNECTIONS)
    connection.options |= {_KEY: _plain(options)}
    connection.save(update_fields=["options"])
    told = {name: value for name, value in _plain(options).items() if not name.endswith("_examples")}
    audit.note(actor, "export-options.set", connection.name, **told)


def _plain(options: ExportOptions) -> dict[str, Any]:
    return {name: getattr(value, "value", value) for name, value in asdict(options).items()}


def mark_of(options: ExportOptions) -> str:
    """Equal for equal options: what a page remembers of those it showed."""
    told = json.dumps(_plain(options), sort_keys=True)
    return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()


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
