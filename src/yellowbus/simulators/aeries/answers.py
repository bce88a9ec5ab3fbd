"""What goes out: JSON, or XML where it is asked for (aeries dossier 3); errors with a Message (10)."""

from typing import Any
from xml.sax.saxutils import escape

import msgspec

from yellowbus.simulators.exchange import RefusedError, Reply, Request

JSON = "application/json; charset=utf-8"
XML = "text/xml; charset=utf-8"
SCHEMA = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
NO_DATE = "0001-01-01T00:00:00"


def wants_xml(request: Request) -> bool:
    """Whichever is named first; no Accept or */* is JSON."""
    accept = request.headers.get("accept", "").lower()
    places = {kind: accept.find(kind) for kind in ("text/xml", "application/xml", "application/json")}
    found = {kind: place for kind, place in places.items() if place >= 0}
    return bool(found) and min(found, key=lambda kind: found[kind]) != "application/json"


def as_reply(request: Request, value: Any, name: str, *, version: int = 5) -> Reply:
    """An object or a list of them; `name` is the object's name in XML. Those before v5 say PermanentID for
    StudentID and have a date of the year 1 for none.
    """
    shown = value if version >= 5 else _older(value)
    if wants_xml(request):
        return Reply(200, _document(shown, name).encode(), XML)
    return Reply(200, msgspec.json.encode(shown), JSON)


def refusal(request: Request, status: int, message: str) -> RefusedError:
    if wants_xml(request):
        body = f"<Error><Message>{escape(message)}</Message></Error>".encode()
        return RefusedError(Reply(status, body, XML))
    return RefusedError(Reply(status, msgspec.json.encode({"Message": message}), JSON))


def _older(value: Any) -> Any:
    if isinstance(value, list):
        return [_older(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        "PermanentID" if name == "StudentID" else name: NO_DATE if item is None else _older(item)
        for name, item in value.items()
    }


def _document(value: Any, name: str) -> str:
    """Names and namespaces of elements are not known (18.9): these are the usual ones of the vendor's platform."""
    if isinstance(value, list):
        inside = "".join(_element(item, name) for item in value)
        return f"<ArrayOf{name} {SCHEMA}>{inside}</ArrayOf{name}>"
    return f"<{name} {SCHEMA}>{_inside(value, name)}</{name}>"


def _element(value: Any, name: str) -> str:
    if value is None:
        return f'<{name} i:nil="true" />'
    return f"<{name}>{_inside(value, name)}</{name}>"


def _inside(value: Any, name: str) -> str:
    if isinstance(value, dict):
        return "".join(_element(item, key) for key, item in value.items())
    if isinstance(value, list):
        return "".join(_element(item, name.removesuffix("s")) for item in value)
    return ("true" if value else "false") if isinstance(value, bool) else escape(str(value))
