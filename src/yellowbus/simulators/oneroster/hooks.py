"""The hooks of the generic provider, beside those that every simulator has."""

from typing import Any

from yellowbus.simulators import hooks
from yellowbus.simulators.exchange import Reply, Request
from yellowbus.simulators.oneroster.clients import READING, Client
from yellowbus.simulators.oneroster.state import State


def respond(sis: State, request: Request) -> Reply:
    return hooks.respond(HOOKS, sis, request)


def document(client: Client) -> dict[str, Any]:
    return {
        "client_id": client.id,
        "client_secret": client.secret,
        "name": client.name,
        "scopes": sorted(client.scopes),
        "enabled": client.enabled,
    }


def _client(sis: State, rest: tuple[str, ...]) -> Client:
    found = [client for client in sis.rostering.clients.all() if rest and client.id == rest[0]]
    if not found:
        raise hooks.refuse("No such client is known.")
    return found[0]


def _show(sis: State, _request: Request, rest: tuple[str, ...]) -> Any:
    if rest:
        return document(_client(sis, rest))
    return {"clients": [document(client) for client in sis.rostering.clients.all()]}


def _add(sis: State, request: Request, _: tuple[str, ...]) -> Any:
    given = request.json()
    scopes = tuple(given.get("scopes", READING))
    return document(sis.rostering.clients.add(str(given.get("name", "")), scopes))


def _change(sis: State, request: Request, rest: tuple[str, ...]) -> Any:
    client, given = _client(sis, rest), request.json()
    client.enabled = bool(given.get("enabled", client.enabled))
    client.scopes = frozenset(given.get("scopes", client.scopes))
    return document(client)


def _revoke(sis: State, _request: Request, _rest: tuple[str, ...]) -> Any:
    return {"revoked": sis.rostering.tokens.revoke_all()}


HOOKS: hooks.Hooks[State] = {
    **hooks.shared(State),
    ("DELETE", "tokens"): _revoke,
    ("GET", "clients"): _show,
    ("POST", "clients"): _add,
    ("PATCH", "clients"): _change,
}
