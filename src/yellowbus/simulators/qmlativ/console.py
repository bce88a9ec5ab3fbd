"""The administrator's pages: Administrative Access > API > Integration, and the way to a key and a secret
(qmlativ dossier 3.1).
"""

from collections.abc import Sequence
from html import escape
from typing import Any
from urllib.parse import parse_qs

from yellowbus.simulators.exchange import Reply, Request, as_html
from yellowbus.simulators.qmlativ.access import Access, AuthenticationType
from yellowbus.simulators.qmlativ.hooks import access_of
from yellowbus.simulators.qmlativ.state import UI, State

INTEGRATION = f"{UI}/api/integration"
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}"
    "table{border-collapse:collapse}td,th{border:1px solid #999;padding:.3rem .6rem;text-align:left}"
    ".note{background:#fff3cd;padding:.5rem 1rem}code{background:#eee;padding:.1rem .3rem}label{display:block}"
)
NOTE = "This is a simulator that belongs to Yellowbus. It is not Qmlativ; every child in it is invented."


def respond(sis: State, request: Request) -> Reply:
    """One page; anything unknown leads back to the start."""
    parts = request.path.removeprefix(INTEGRATION).strip("/").split("/")
    inside = request.path.startswith(INTEGRATION)
    if inside and request.method == "POST":
        return _post(sis, request, parts)
    if not inside:
        return _page("Administrative Access", f'<h2>API</h2><p><a href="{INTEGRATION}">Integration</a></p>')
    if parts == ["fields"]:
        return _fields(sis)
    if parts == ["add"]:
        return _form(sis, None)
    access = _found(sis, parts)
    return _form(sis, access) if access else _list(sis)


def _found(sis: State, parts: Sequence[str]) -> Access | None:
    return sis.accesses.get(int(parts[0])) if parts[0].isdigit() else None


def _post(sis: State, request: Request, parts: Sequence[str]) -> Reply:
    try:
        return _step(sis, request, parts)
    except ValueError as problem:
        back = f'<p><a href="{INTEGRATION}">Back</a></p>'
        return _page("Integration Access", f'<p class="note">{escape(str(problem))}</p>{back}', 400)


def _step(sis: State, request: Request, parts: Sequence[str]) -> Reply:
    access, step = _found(sis, parts), list(parts[1:])
    if list(parts) == ["add"]:
        sis.accesses.add(access_of(sis, _filled(request)))
    elif access is None or step not in ([], ["secret"], ["delete"]):
        raise ValueError("There is no such step.")
    elif step == ["secret"]:
        return _secret(access, sis.accesses.generate_secret(access.id))
    elif step == ["delete"]:
        sis.accesses.remove(access.id)
    else:
        sis.accesses.change(access_of(sis, _filled(request), access))
    return Reply(303, headers=(("Location", INTEGRATION),))


def _filled(request: Request) -> dict[str, Any]:
    """The form as the names of Access; a box that is not ticked is not sent."""
    sent = parse_qs(request.body.decode("utf-8", "replace"))
    found: dict[str, Any] = {
        name: sent[name][0]
        for name in ("name", "key", "description", "authentication_type", "effective")
        if name in sent
    }
    chosen = sent.get("entities", [])
    return found | {
        "active": "active" in sent,
        "expiration": sent.get("expiration", [None])[0],
        "entities": None if not chosen or "all" in chosen else chosen,
    }


# --- pages ---


def _page(title: str, body: str, status: int = 200) -> Reply:
    return as_html(
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><p>{NOTE}</p><h1>{escape(title)}</h1>{body}</body></html>",
        status,
    )


def _list(sis: State) -> Reply:
    found = sis.integration
    rows = "".join(_row(access) for access in sis.accesses.all())
    return _page(
        "Integration",
        f"<table><tr><th>Vendor Name</th><th>Product Name</th><th>Status</th><th>Has Development Permissions</th>"
        f"<th>Can Generate Secret</th></tr><tr><td>{escape(found.vendor)}</td><td>{escape(found.product)}</td>"
        f"<td>Available</td><td>{_yes(found.development_permissions)}</td>"
        f"<td>{_yes(found.can_generate_secret)}</td></tr></table>"
        f'<h2>Integration Accesses</h2><p><a href="{INTEGRATION}/add">Add Integration Access</a></p>'
        f"<table><tr><th>Name</th><th>Key</th><th>Is Active</th><th>Effective Date</th><th>Expiration Date</th>"
        f"<th></th></tr>{rows}</table>"
        f'<h2>Integration APIs</h2><p><a href="{INTEGRATION}/fields">Integration Objects and Fields</a></p>',
    )


def _row(access: Access) -> str:
    return (
        f'<tr><td><a href="{INTEGRATION}/{access.id}">{escape(access.name)}</a></td>'
        f"<td><code>{escape(access.key)}</code></td><td>{_yes(access.active)}</td><td>{access.effective}</td>"
        f"<td>{access.expiration or ''}</td><td>{_button(access, 'secret', 'Generate Secret')}"
        f"{_button(access, 'delete', 'Delete')}</td></tr>"
    )


def _yes(flag: bool) -> str:  # noqa: FBT001  a value, not a mode
    return "Yes" if flag else "No"


def _button(access: Access, step: str, label: str) -> str:
    return f'<form method="post" action="{INTEGRATION}/{access.id}/{step}"><button>{label}</button></form>'


def _secret(access: Access, secret: str) -> Reply:
    """3.2: shown once."""
    return _page(
        "Generate Secret",
        f"<dl><dt>Key</dt><dd><code>{escape(access.key)}</code></dd>"
        f"<dt>Secret</dt><dd><code>{escape(secret)}</code></dd></dl>"
        f'<p>It is not shown again.</p><p><a href="{INTEGRATION}">Integration</a></p>',
    )


def _form(sis: State, access: Access | None) -> Reply:
    shown = access or Access(id=0, name="", key="", effective=sis.today())
    where = f"{INTEGRATION}/{access.id}" if access else f"{INTEGRATION}/add"
    types = "".join(
        f"<option{' selected' if kind is shown.authentication_type else ''}>{kind.value}</option>"
        for kind in AuthenticationType
    )
    boxes = (
        _input("Name", "name", shown.name)
        + _input("Description", "description", shown.description)
        + _input("Key", "key", shown.key)
        + f'<label>Authentication Type <select name="authentication_type">{types}</select></label>'
        + f'<label>Is Active <input type="checkbox" name="active"{" checked" if shown.active else ""}></label>'
        + _input("Effective Date", "effective", str(shown.effective), kind="date")
        + _input("Expiration Date", "expiration", str(shown.expiration or ""), kind="date")
        + _entities(sis, shown)
    )
    title = "Integration Access" if access else "Add Integration Access"
    return _page(title, f'<form method="post" action="{where}">{boxes}<button>Save</button></form>')


def _input(label: str, name: str, value: str, *, kind: str = "text") -> str:
    return f'<label>{label} <input type="{kind}" name="{name}" value="{escape(value)}"></label>'


def _entities(sis: State, shown: Access) -> str:
    all_of_them = " selected" if shown.entities is None else ""
    options = "".join(
        f'<option value="{entity.id}"'
        f"{' selected' if shown.entities and entity.id in shown.entities else ''}>{escape(entity.name)}</option>"
        for entity in sis.worlds.now().entities
    )
    return (
        f'<label>Custom API Entities <select name="entities" multiple>'
        f'<option value="all"{all_of_them}>All</option>{options}</select></label>'
    )


def _fields(sis: State) -> Reply:
    rows = "".join(
        f"<tr><td>{escape(grant.module)}/{escape(grant.name)}</td><td>{escape(field.name)}</td>"
        f"<td>{_yes(field.read)}</td><td>{_yes(field.create)}</td><td>{_yes(field.update)}</td></tr>"
        for grant in sis.integration.permissions.objects.values()
        for field in grant.fields.values()
    )
    return _page(
        "Integration Objects and Fields",
        f"<table><tr><th>Object</th><th>Field</th><th>Read</th><th>Create</th><th>Update</th></tr>{rows}</table>",
    )
