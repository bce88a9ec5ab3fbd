"""What comes in and what goes out, as the rest of the simulator sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec

Value = TypeVar("Value")
JSON = "application/json;charset=UTF-8"
XML = "text/xml;charset=UTF-8"
HTML = "text/html;charset=UTF-8"
REASONS = {
    200: "OK",
    201: "Created",
    204: "No Content",
    302: "Found",
    303: "See Other",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    409: "Conflict",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    base_url: str
    raw_query: str = ""
    faults: frozenset[str] = field(default_factory=frozenset)

    def list_of(self, name: str) -> tuple[str, ...]:
        """A comma list of the query, without blanks."""
        return tuple(part for text in self.query.get(name, "").split(",") if (part := text.strip()))

    def json(self) -> Any:
        """The body as JSON; an empty body is an empty object."""
        return msgspec.json.decode(self.body) if self.body.strip() else {}

    @classmethod
    def of(cls, environ: Mapping[str, Any]) -> "Request":
        headers = {
            key[5:].replace("_", "-").lower(): value
            for key, value in environ.items()
            if key.startswith("HTTP_")
        }
        headers["content-type"] = environ.get("CONTENT_TYPE", "")
        host = headers.get("host", "localhost")
        return cls(
            method=environ["REQUEST_METHOD"],
            path=environ.get("PATH_INFO", "/").encode("iso-8859-1").decode("utf-8", "replace"),
            query=dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)),
            headers=headers,
            # powerschool dossier 5.1: a body on a GET is tolerated.
            body=environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)),
            raw_query=environ.get("QUERY_STRING", ""),
            base_url=f"{environ.get('wsgi.url_scheme', 'http')}://{host}",
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `cut` sends so many bytes of the body and hangs up; `dropped` hangs up before the first
    byte.
    """

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    cut: int | None = None
    dropped: bool = False

    def head(self) -> tuple[str, list[tuple[str, str]]]:
        headers = list(self.headers)
        if self.status != 204:
            headers.append(("Content-Length", str(len(self.body))))
        if self.body:
            headers.append(("Content-Type", self.content_type))
        return f"{self.status} {REASONS.get(self.status, 'Other')}", headers


class RefusedError(Exception):
    """Raised anywhere in answering a request: the reply that ends it."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def as_json(value: Any, status: int = 200) -> Reply:
    return Reply(status, msgspec.json.encode(value))


def from_document(kind: type[Value], document: Any) -> Value:
    """A dataclass from plain JSON; raises ValueError for a wrong type or a name that it does not have."""
    if not isinstance(document, dict) or (unknown := set(document) - set(kind.__annotations__)):
        raise ValueError(
            f"{kind.__name__} is not made of {sorted(unknown) if isinstance(document, dict) else document}"
        )
    return msgspec.convert(document, kind)


def as_html(text: str, status: int = 200) -> Reply:
    return Reply(status, text.encode(), HTML)
