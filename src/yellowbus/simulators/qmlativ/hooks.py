"""Our own end points under /simulator/, which no Qmlativ has: for tests and demos in other processes."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import msgspec

from yellowbus.simulators import hooks
from yellowbus.simulators.exchange import Reply, Request
from yellowbus.simulators.hooks import ROOT, refuse
from yellowbus.simulators.qmlativ import keys
from yellowbus.simulators.qmlativ.access import Access, AuthenticationType
from yellowbus.simulators.qmlativ.permissions import Permissions, read_permissions
from yellowbus.simulators.qmlativ.state import State
from yellowbus.simulators.qmlativ.tables import everything

__all__ = ["ROOT", "access_of", "respond"]
XML = "application/xml;charset=UTF-8"
SETTABLE = frozenset(
    {"name", "key", "description", "authentication_type", "active", "effective", "expiration", "entities"}
)


def respond(sis: State, request: Request) -> Reply:
    """Answer one of the hooks below, or hand out the permission file."""
    if (request.method, request.path.rstrip("/")) == ("GET", f"{ROOT}permissions"):
        return Reply(200, sis.integration.permissions.to_xml(), XML)
    return hooks.respond(HOOKS, sis, request)


def access_of(sis: State, document: Mapping[str, Any], base: Access | None = None) -> Access:
    """An access from what was filled in, by the names of Access; raises ValueError."""
    if unknown := set(document) - SETTABLE:
        raise ValueError(f"An access has no {', '.join(sorted(unknown))}.")
    found = dict(document)
    if "authentication_type" in found:
        found["authentication_type"] = AuthenticationType(found["authentication_type"])
    for name in ("effective", "expiration"):
        if isinstance(found.get(name), str):
            found[name] = date.fromisoformat(found[name])
    if found.get("entities") is not None:
        found["entities"] = frozenset(int(entity) for entity in found["entities"])
    start = base or Access(id=0, name="", key="", effective=sis.today())
    return msgspec.convert(asdict(replace(start, **found)), Access)


# --- integration access ---


def document_of(access: Access) -> dict[str, Any]:
    """An access as it may be shown again: without its secret (3.2)."""
    shown: dict[str, Any] = msgspec.to_builtins(access)
    del shown["secret"]
    return shown


def _found(sis: State, rest: tuple[str, ...]) -> Access:
    access = sis.accesses.get(int(rest[0])) if rest else None
    if access is None:
        raise refuse("There is no such integration access.")
    return access


def _show_accesses(sis: State, _request: Request, rest: tuple[str, ...]) -> Any:
    if rest:
        return document_of(_found(sis, rest))
    return {"accesses": [document_of(access) for access in sis.accesses.all()]}


def _post_accesses(sis: State, request: Request, rest: tuple[str, ...]) -> Any:
    """POST a new access, or POST to {id}/secret for a new secret. The secret is told this once."""
    if rest[1:] == ("secret",):
        access = _found(sis, rest)
    elif not rest:
        access = sis.accesses.add(access_of(sis, request.json()))
    else:
        raise ValueError("A step is secret.")
    secret = sis.accesses.generate_secret(access.id)
    third = {"third_value": sis.integration.third_value}
    return {**document_of(access), "secret": secret, **third}


def _patch_access(sis: State, request: Request, rest: tuple[str, ...]) -> Any:
    return document_of(sis.accesses.change(access_of(sis, request.json(), _found(sis, rest))))


def _delete_access(sis: State, request: Request, rest: tuple[str, ...]) -> Any:
    sis.accesses.remove(_found(sis, rest).id)
    return _show_accesses(sis, request, ())


# --- permissions ---


def _counts(permissions: Permissions) -> dict[str, int]:
    fields = sum(len(grant.fields) for grant in permissions.objects.values())
    return {"objects": len(permissions.objects), "fields": fields}


def _post_permissions(sis: State, request: Request, rest: tuple[str, ...]) -> Any:
    """POST the file itself to load it; POST {"object": …, "field": …} to withdraw to take one away."""
    if rest == ("withdraw",):
        document = request.json()
        found = sis.integration.permissions.without(document["object"], document.get("field", ""))
    else:
        found = read_permissions(request.body)
    sis.integration.permissions = found
    return _counts(found)


def _delete_permissions(sis: State, _request: Request, _rest: tuple[str, ...]) -> Any:
    """Back to reading everything."""
    sis.integration.permissions = everything()
    return _counts(sis.integration.permissions)


def _show_integration(sis: State, _request: Request, _rest: tuple[str, ...]) -> Any:
    found = sis.integration
    return {
        "vendor": found.vendor,
        "product": found.product,
        "development_permissions": found.development_permissions,
        "can_generate_secret": found.can_generate_secret,
        **_counts(found.permissions),
    }


def _patch_integration(sis: State, request: Request, rest: tuple[str, ...]) -> Any:
    document = request.json()
    flags = {"development_permissions", "can_generate_secret"}
    if set(document) - flags or not all(isinstance(value, bool) for value in document.values()):
        raise ValueError(f"An integration has the flags {', '.join(sorted(flags))}.")
    for name, value in document.items():
        setattr(sis.integration, name, value)
    return _show_integration(sis, request, rest)


# --- years, tokens, what is held ---


def _clone_year(sis: State, request: Request, _: tuple[str, ...]) -> Any:
    """{"closing": [school numbers], "move": true}, both optional."""
    document = request.json()
    closing = [int(number) for number in document.get("closing", ())]
    sis.clone_year(closing, move=bool(document.get("move", True)))
    return _show_years(sis, request, ())


def _show_years(sis: State, _request: Request, _rest: tuple[str, ...]) -> Any:
    years = sis.years
    return {
        "current": years.district_current,
        "ids": {str(year): years.id(year) for year in years.all()},
        "schools": {
            str(school.number): {
                "entity": keys.entity(school),
                "current": years.current[school.number],
                "set_up": list(years.of_school(school)),
            }
            for school in sis.district.schools
        },
    }


def _revoke_tokens(sis: State, _request: Request, _rest: tuple[str, ...]) -> Any:
    return {"revoked": sis.tokens.revoke_all()}


def _show_usage(sis: State, _request: Request, _rest: tuple[str, ...]) -> Any:
    return {"usage": [asdict(entry) for entry in sis.usage]}


def _clear_usage(sis: State, request: Request, rest: tuple[str, ...]) -> Any:
    sis.usage.clear()
    return _show_usage(sis, request, rest)


def _show_students(sis: State, _request: Request, rest: tuple[str, ...]) -> Any:
    if not rest:
        return {"numbers": [student.number for student in sis.district.students]}
    student = sis.district.student(rest[0])
    if student is None:
        raise refuse("No student has this number.")
    return {
        "version": student.version,
        "student_id": keys.student(student),
        "name_id": keys.student_name(student),
        "first": student.first,
        "last": student.last,
        "status": student.status.value,
        "contacts": [
            {
                "name_id": keys.contact_name(tie.contact),
                "relationship": tie.relationship,
                "priority": tie.priority,
            }
            for tie in student.ties
        ],
    }


HOOKS: hooks.Hooks[State] = {
    **hooks.shared(State),
    ("GET", "accesses"): _show_accesses,
    ("POST", "accesses"): _post_accesses,
    ("PATCH", "accesses"): _patch_access,
    ("DELETE", "accesses"): _delete_access,
    ("GET", "integration"): _show_integration,
    ("PATCH", "integration"): _patch_integration,
    ("POST", "permissions"): _post_permissions,
    ("DELETE", "permissions"): _delete_permissions,
    ("GET", "years"): _show_years,
    ("POST", "clone-year"): _clone_year,
    ("DELETE", "tokens"): _revoke_tokens,
    ("GET", "usage"): _show_usage,
    ("DELETE", "usage"): _clear_usage,
    ("GET", "students"): _show_students,
}
