"""What an administrator does in the console of a simulated SIS, through its hooks, so that Yellowbus may come in."""

import json
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yellowbus.simulators.exchange import Reply, Request

# aeries dossier 2: the standard API is granted these areas; Read is enough for an import, and the article asks for more.
_WRITTEN, _READ = ("Student Data", "Contacts"), ("Student Programs",)


@dataclass(frozen=True, slots=True)
class Hooks:
    """The hooks of one simulator, below `base` where it is served."""

    respond: "Callable[[Request], Reply]"
    base: str

    def ask(self, method: str, path: str, document: Mapping[str, Any] | None = None) -> Any:
        from yellowbus.simulators.exchange import Request  # noqa: PLC0415 (--help must not wait for it)

        body = json.dumps(document or {}).encode()
        return json.loads(self.respond(Request(method, f"/simulator/{path}", {}, {}, body, self.base)).body)


@dataclass(frozen=True, slots=True)
class Vendor:
    """One kind of SIS to simulate. `connects` walks the console and gives the credentials by their names."""

    system: str
    label: str
    app: Callable[[Any], Any]
    serve: Callable[..., Any]
    connects: Callable[[Hooks], dict[str, str]]
    hooks: tuple[str, ...]


def vendor(system: str) -> Vendor:
    """Raises KeyError for a system without a console here."""
    return _VENDORS[system]()


def _aeries() -> Vendor:
    from yellowbus.simulators import aeries  # noqa: PLC0415 (as above)

    hooks = ("api-security", "change", "faults", "log", "options", "tokens")
    return Vendor("aeries", "Aeries", aeries.Aeries, aeries.serve_app, _security_records, hooks)


def _oneroster() -> Vendor:
    from yellowbus.simulators import oneroster  # noqa: PLC0415 (as above)

    hooks = ("clients", "change", "faults", "log", "options", "tokens")
    return Vendor("oneroster", "OneRoster", oneroster.OneRoster, oneroster.serve_app, _client, hooks)


def _qmlativ() -> Vendor:
    from yellowbus.simulators import qmlativ  # noqa: PLC0415 (as above)

    hooks = ("accesses", "permissions", "clone-year", "change", "faults", "log", "options", "tokens")
    return Vendor("qmlativ", "Qmlativ", qmlativ.Qmlativ, qmlativ.serve_app, _access, hooks)


_VENDORS = {"aeries": _aeries, "oneroster": _oneroster, "qmlativ": _qmlativ}


def _security_records(hooks: Hooks) -> dict[str, str]:
    """The page API Security: a record of the standard API and one of OneRoster, as the set-up steps say."""
    standard = hooks.ask("POST", "api-security", {"product_name": "Yellowbus"})["id"]
    roster = hooks.ask("POST", "api-security", {"product_name": "Yellowbus OneRoster", "type": "OneRoster"})[
        "id"
    ]
    rights = {area: ["read", "update", "insert"] for area in _WRITTEN} | {area: ["read"] for area in _READ}
    hooks.ask("PATCH", f"api-security/{standard}", {"permissions": rights})
    hooks.ask("PATCH", f"api-security/{roster}", {"permissions": {"Student Data": ["read"]}})
    shown: dict[str, str] = {}
    for record in (standard, roster):
        shown |= hooks.ask("GET", f"api-security/{record}/certificate")
    return shown


def _client(hooks: Hooks) -> dict[str, str]:
    client = hooks.ask("POST", "clients", {"name": "Yellowbus"})
    return {
        "server_url": hooks.base,
        "client_id": client["client_id"],
        "client_secret": client["client_secret"],
    }


def _access(hooks: Hooks) -> dict[str, str]:
    """Add Integration Access, and its secret, told once (qmlativ dossier 3.1, 3.2)."""
    access = hooks.ask("POST", "accesses", {"name": "Yellowbus"})
    return {"api_url": hooks.base, "key": access["key"], "secret": access["secret"]}


def add_command(system: str, label: str, credentials: Mapping[str, str], secret: Iterable[str]) -> str:
    """The command that connects this SIS, ready to paste into a shell; the secrets go through standard input."""
    hidden = frozenset(secret)
    line = f"yellowbus connection add {shlex.quote(label)} --system {system} --instance production --agree"
    opened = [
        f"  --set {shlex.quote(f'{name}={value}')}"
        for name, value in credentials.items()
        if name not in hidden
    ]
    closed = [f"{name}={credentials[name]}" for name in credentials if name in hidden]
    pasted = " \\\n".join([line, *opened, "  --secrets-file - <<'END'"])
    return "\n".join(["export YELLOWBUS_ALLOW_PRIVATE_ADDRESSES=1", pasted, *closed, "END"])
