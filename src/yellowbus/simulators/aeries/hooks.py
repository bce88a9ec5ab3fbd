"""The hooks of the Aeries simulator: the page API Security as JSON (aeries dossier 2), beside the shared ones."""

from typing import Any

from yellowbus.simulators import hooks
from yellowbus.simulators.aeries.security import AREAS, Product, Right, Type
from yellowbus.simulators.aeries.state import State
from yellowbus.simulators.exchange import Reply, Request

PAGE = "api-security"


def respond(sis: State, request: Request) -> Reply:
    return hooks.respond(HOOKS, sis, request)


def document(product: Product) -> dict[str, Any]:
    """A record without what must be displayed on its own."""
    return {
        "id": product.id,
        "product_name": product.name,
        "comment": product.comment,
        "type": product.type.value,
        "enabled": product.enabled,
        "permissions": {
            area: sorted(right.value for right in product.grid[area])
            for area in AREAS
            if product.grid.get(area)
        },
    }


def _displayed(sis: State, request: Request, product: Product) -> dict[str, str]:
    """Display Certificate Details, or Display Consumer ID & Secret Keys for OneRoster."""
    if product.client is None:
        return {"aeries_url": request.base_url + sis.options.root, "certificate": product.certificate}
    return {
        "oneroster_url": request.base_url + sis.options.oneroster.root,
        "consumer_id": product.client.id,
        "consumer_secret": product.client.secret,
    }


def _product(sis: State, rest: tuple[str, ...]) -> Product:
    product = sis.products.get(int(rest[0])) if rest else None
    if product is None:
        raise hooks.refuse("No such record stands on the page.")
    return product


def _show(sis: State, request: Request, rest: tuple[str, ...]) -> Any:
    """All records; {id} one; {id}/certificate what is displayed of it."""
    if not rest:
        return {"records": [document(product) for product in sis.products.all()], "areas": AREAS}
    product = _product(sis, rest)
    return _displayed(sis, request, product) if rest[1:] == ("certificate",) else document(product)


def _add(sis: State, request: Request, _: tuple[str, ...]) -> Any:
    """Add New Record: product_name, comment, type."""
    given = request.json()
    kind = Type(given.get("type", ""))
    return document(sis.products.add(str(given.get("product_name", "")), kind, str(given.get("comment", ""))))


def _change(sis: State, request: Request, rest: tuple[str, ...]) -> Any:
    """Set boxes of the grid by `permissions`, switch the record on and off by `enabled`."""
    product, given = _product(sis, rest), request.json()
    for area, rights in given.get("permissions", {}).items():
        product.grant(area, *(Right(right) for right in rights))
    product.enable(on=bool(given.get("enabled", product.enabled)))
    return document(product)


def _delete(sis: State, request: Request, rest: tuple[str, ...]) -> Any:
    sis.products.delete(_product(sis, rest))
    return _show(sis, request, ())


def _revoke(sis: State, _request: Request, _rest: tuple[str, ...]) -> Any:
    return {"revoked": sis.rostering.tokens.revoke_all()}


HOOKS: hooks.Hooks[State] = {
    **hooks.shared(State),
    ("DELETE", "tokens"): _revoke,
    ("GET", PAGE): _show,
    ("POST", PAGE): _add,
    ("PATCH", PAGE): _change,
    ("DELETE", PAGE): _delete,
}
