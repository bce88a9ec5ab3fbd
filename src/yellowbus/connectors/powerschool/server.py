"""Questions to one PowerSchool server, each with the answer it must have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final
from urllib.parse import urlencode

import msgspec

from yellowbus.connectors.base import text
from yellowbus.connectors.powerschool import endpoints, wire
from yellowbus.connectors.powerschool.errors import judged
from yellowbus.connectors.powerschool.tables import CODESET, CodeSet, R, Table
from yellowbus.errors import NeedsAdmin
from yellowbus.protocols.net import Door, Reply, Signer

_JSON: Final = {"Accept": "application/json"}
_WRITES: Final = {**_JSON, "Content-Type": "application/json"}
_PAGE_SIZE: Final = 100  # what a plugin has out of the box (dossier 1.11)


@dataclass(frozen=True, slots=True)
class Metadata:
    version: str
    plugin_id: str
    page_sizes: Mapping[str, int]

    def page_size(self, resource: str) -> int:
        return self.page_sizes.get(f"{resource}_max_page_size", _PAGE_SIZE)


class Server:
    """`get` asks anything; the others know the envelope of their family (dossier 5.2)."""

    def __init__(self, door: Door, root: str, signer: Signer) -> None:
        self.door = door
        self.root = root
        self._signer = signer

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Reply:
        """The reply to a signed request, whatever its status."""
        # A long projection is dear to put together anew for each page; commas may stand as they are.
        query = "?" + urlencode(params, safe=",") if params else ""
        return self.door.get(self.root + path + query, headers=_JSON, signer=self._signer)

    def unsigned(self, path: str) -> Reply:
        return self.door.get(self.root + path, headers=_JSON)

    def ask(self, path: str, params: Mapping[str, str] | None = None) -> wire.Json:
        """The object that `path` answers with; raises what another reply means."""
        reply = judged(self.get(path, params))
        try:
            answer = wire.value_of(reply.body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise reply.not_understood("JSON") from None
        if not isinstance(answer, dict):
            raise reply.not_understood("an object")
        return answer

    def items(self, path: str, names: tuple[str, str], params: Mapping[str, str]) -> list[bytes]:
        """The records of one page of a v1 list, as bytes. `names` are its plural and singular keys."""
        reply = judged(self.get(path, params))
        try:
            return wire.raw_items(reply.body, *names)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise reply.not_understood(f"a list of {names[0]}") from None

    def count(self, path: str, params: Mapping[str, str] | None = None) -> int:
        reply = judged(self.get(path, params))
        try:
            return wire.count_in(reply.body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise reply.not_understood("a count") from None

    def all_items(self, path: str, names: tuple[str, str], size: int) -> list[bytes]:
        """A short v1 list whole: page after page until one is not full."""
        found: list[bytes] = []
        while len(found) % size == 0:
            page = {"page": str(len(found) // size + 1), "pagesize": str(size)}
            more = self.items(path, names, page)
            if not more or more[0] in found:  # some servers answer a page beyond the end with the first one
                break
            found += more
        return found

    @cached_property
    def metadata(self) -> Metadata:
        told = wire.block(self.ask(endpoints.METADATA).get("metadata"))
        texts = {name: text(value) or "" for name, value in told.items() if not isinstance(value, dict)}
        sizes = {name: int(size) for name, size in texts.items() if _is_size(name, size)}
        return Metadata(texts.get("powerschool_version", ""), texts.get("plugin_id", ""), sizes)

    def answered(self, path: str, params: Mapping[str, str] | None = None) -> Reply:
        """The reply, if it is an answer; raises what another means."""
        return judged(self.get(path, params))

    def table_count(self, table: str) -> int:
        return self.count(endpoints.TABLE_COUNT.format(table=table))

    def send(
        self, method: str, path: str, body: object = None, params: Mapping[str, str] | None = None
    ) -> Reply:
        """The reply to one write, whatever its status below 500. It is never sent twice: the door sees to that."""
        query = "?" + urlencode(params, safe=",") if params else ""
        content = b"" if body is None else msgspec.json.encode(body)
        return self.door.send(
            method, self.root + path + query, content=content, headers=_WRITES, signer=self._signer
        )

    def rows(self, table: Table[R], *, page: int, size: int, q: str = "") -> list[R]:
        """One page of a schema table, in the order of its key: pages neither overlap nor leave gaps."""
        asked = {"projection": ",".join(table.columns), "sort": table.key} | ({"q": q} if q else {})
        place = {"page": str(page), "pagesize": str(size)}
        reply = judged(self.get(endpoints.TABLE.format(table=table.name), asked | place))
        try:
            return table.rows_in(reply.body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise reply.not_understood(f"rows of {table.name}") from None

    def code_rows(self) -> Iterator[CodeSet]:
        """The rows of the table codeset; none where the plugin was not granted it."""
        size = self.metadata.page_size("schema_table_query")
        try:
            for page in range(1, -(-self.table_count(CODESET.name) // size) + 1):
                yield from self.rows(CODESET, page=page, size=size)
        except NeedsAdmin as error:
            if error.code != "powerschool-grants":
                raise

    @cached_property
    def code_words(self) -> Mapping[int, str]:
        """The code of each row of the code sets, by its number."""
        return {row.codesetid: row.code for row in self.code_rows() if row.code}

    def schools(self) -> list[bytes]:
        size = self.metadata.page_size("school")
        return self.all_items(endpoints.SCHOOLS, ("schools", "school"), size)

    def terms(self, schools: list[str], year: int) -> Iterator[list[wire.Json]]:
        """The terms of `year` of each school (by its id, which is the DCID), in the order of `schools`."""
        return self.door.ahead(partial(self._terms, school, year) for school in schools)

    def _terms(self, school: str, year: int) -> list[wire.Json]:
        answer = self.ask(endpoints.TERMS.format(school=school), {"q": f"start_year=={year}"})
        return wire.blocks(answer, "terms", "term")


def _is_size(name: str, value: str) -> bool:
    return name.endswith("_max_page_size") and value.isdigit() and int(value) > 0
