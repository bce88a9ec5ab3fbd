"""Questions to one OneRoster provider."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final
from urllib.parse import quote

import msgspec

from yellowbus.protocols.net import Door, Reply
from yellowbus.protocols.oauth import Credentials
from yellowbus.protocols.oneroster import replies
from yellowbus.protocols.oneroster.paging import Listing, Slice, pages
from yellowbus.protocols.oneroster.replies import Asker
from yellowbus.protocols.oneroster.versions import Version

PAGE_SIZE: Final = 500
_JSON: Final = {"Accept": "application/json"}
_NEXT: Final = re.compile(r"""<[^>]*>\s*;[^,<]*\brel\s*=\s*["']?next\b""", re.IGNORECASE)


class _Key(msgspec.Struct):
    sourcedId: str | int | None = None  # noqa: N815 - the name on the wire


_KEY: Final = msgspec.json.Decoder(_Key)


@dataclass(frozen=True, slots=True)
class Query:
    """What to ask of a list; `fields` empty asks for all of them."""

    filter: str = ""
    fields: tuple[str, ...] = ()

    @property
    def params(self) -> dict[str, str]:
        asked = {"filter": self.filter, "fields": ",".join(self.fields)}
        return {name: value for name, value in asked.items() if value}


ALL: Final = Query()


class Client:
    """`lists` gives a collection whole, `one` a single record, `some` the first rows of a collection.

    `right` is the sentence that says where a missing right is given on the other side.
    """

    def __init__(
        self,
        door: Door,
        root: str,
        *,
        version: Version,
        credentials: Credentials,
        right: str,
        page_size: int = PAGE_SIZE,
    ) -> None:
        self.version = version
        self.credentials = credentials
        self._door = door
        self._base = root + version.base
        self._asker = Asker(credentials, version.name, right)
        self._page_size = page_size
        self._sorted = True

    @property
    def host(self) -> str:
        return self._base.partition("://")[2].partition("/")[0]

    def lists(self, resource: str, query: Query = ALL) -> Iterator[list[bytes]]:
        """Every row of a collection once, page by page, in an order of its own."""
        fetch = partial(self._slice, resource, query)
        return pages(Listing(fetch, self.host, resource, self._page_size))

    def some(self, resource: str, query: Query = ALL, *, limit: int = 1) -> list[bytes]:
        """The first rows of a collection, and no second page."""
        reply = self._get(resource, {"limit": str(limit), "offset": "0", **query.params})
        return replies.rows(replies.judged(reply, resource, self._asker), resource)

    def one(self, resource: str, sourced_id: str) -> bytes | None:
        """One record, or None where the provider does not show it."""
        reply = self._get(f"{resource}/{quote(sourced_id, safe='')}", {})
        if reply.status == 404:
            return None
        return replies.row(replies.judged(reply, resource, self._asker), resource)

    def _get(self, path: str, params: dict[str, str]) -> Reply:
        self.credentials.ready()
        url = f"{self._base}/{path}"
        reply = self._door.get(url, params=params, headers=_JSON, signer=self.credentials)
        if reply.status == 401 and self.credentials.accepted:
            # A token renewed on the way came with cookies, which a balanced server wants beside it.
            reply = self._door.get(url, params=params, headers=_JSON, signer=self.credentials)
        return reply

    def _slice(self, resource: str, query: Query, offset: int, limit: int) -> Slice:
        reply = self._page(resource, query, offset=offset, limit=limit)
        found = replies.rows(replies.judged(reply, resource, self._asker), resource)
        total = reply.headers.get("x-total-count", "").strip()
        return Slice(
            found,
            [_key_of(row) for row in found],
            total=int(total) if total.isascii() and total.isdigit() else None,
            more=bool(_NEXT.search(reply.headers.get("link", ""))),
        )

    def _page(self, resource: str, query: Query, *, offset: int, limit: int) -> Reply:
        """A page in the order of the ids, which does not shift; in any order where the provider cannot sort."""
        params = {"limit": str(limit), "offset": str(offset), **query.params}
        if self._sorted:
            reply = self._get(resource, params | {"sort": "sourcedId", "orderBy": "asc"})
            if reply.status != 400:
                return reply
            self._sorted = False
        reply = self._get(resource, params)
        if reply.status == 400 and query.fields:
            # Providers refuse whole requests for one field they do not know; without the choice they send more.
            return self._page(resource, replace(query, fields=()), offset=offset, limit=limit)
        return reply


def _key_of(row: bytes) -> str:
    try:
        found = _KEY.decode(row).sourcedId
    except msgspec.MsgspecError:
        return ""
    return "" if found is None else str(found)
