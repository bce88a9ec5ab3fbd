"""What a write of the contacts API answers (powerschool dossier 10.4): 200 also for an error."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yellowbus.simulators.exchange import Reply, as_json
from yellowbus.simulators.powerschool.journal import Write
from yellowbus.simulators.powerschool.options import ContactErrors
from yellowbus.simulators.powerschool.state import Call
from yellowbus.simulators.powerschool.write_codes import Flaw

VALID, ERROR, HALF = "VALID", "ERROR", "HALF"
INSERT, UPDATE, DELETE = "INSERT", "UPDATE", "DELETE"


@dataclass(frozen=True, slots=True)
class Target:
    """What was to be written: the kind of row in the journal's words, what is done to it, and to which."""

    resource: str
    action: str
    id: int | None = None
    ref: str = ""


def valid(call: Call, target: Target, saved: Any = None, *, fields: Sequence[str] = ()) -> Reply:
    _note(call, target, VALID, fields=fields)
    deleted = target.action == DELETE
    message = {"Id" if deleted else "id": target.id, "ref": target.ref}
    prefix = "_" if call.options.contact_success_underscored else ""
    body = {"status": VALID, "action": target.action, f"{prefix}success_message": message}
    shown = {"savedObject": saved} if call.options.saved_object and not deleted else {}
    return as_json(body | shown)


def failed(call: Call, target: Target, flaws: Sequence[Flaw], *, outcome: str = ERROR) -> Reply:
    """Both shapes that sources know, by the switch. `outcome` is what the journal calls it."""
    _note(call, target, outcome, codes=[flaw.code for flaw in flaws])
    errors = [flaw.document() for flaw in flaws]
    message: dict[str, Any] = {"error_message": {"error": errors}}
    if call.options.contact_errors is ContactErrors.UNDERSCORED:
        message = {"_error_message": {"_error": errors}}
    return as_json({"status": ERROR, "action": target.action, **message})


def _note(
    call: Call, target: Target, outcome: str, *, codes: Sequence[str] = (), fields: Sequence[str] = ()
) -> None:
    write = Write(
        resource=target.resource,
        action=target.action,
        outcome=outcome,
        id=target.id,
        codes=tuple(codes),
        fields=tuple(fields),
    )
    call.sis.journal.note(call.request, write)
