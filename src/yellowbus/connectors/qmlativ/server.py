"""Questions to one Qmlativ instance, each with the answer it must have (qmlativ dossier 5 and 6)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from yellowbus.connectors.base import text
from yellowbus.connectors.qmlativ.errors import judged, told_in, value_of
from yellowbus.connectors.qmlativ.profile import Profile, Table
from yellowbus.connectors.qmlativ.token import Signing, Token
from yellowbus.errors import NeedsAdmin, NotUnderstood
from yellowbus.protocols.net import Door, Reply

Row = Mapping[str, object]
Named = Mapping[str, str]
_JSON: Final = {"Accept": "application/json", "Content-Type": "application/json"}
# The catalogue speaks of these beside the fields (dossier 6.2).
_NOT_FIELDS: Final = frozenset(("relationships", "validationrules"))


@dataclass(frozen=True, slots=True)
class Question:
    """One list: `columns` of `table` as the entity sees them, `named` the values of @school_year and the like.

    `among` narrows it to rows whose field has one of some values, `size` is the page size where not the usual one.
    """

    table: Table
    columns: tuple[str, ...]
    entity: str
    named: Named
    among: tuple[str, tuple[str, ...]] | None = None
    size: int = 0


class Server:
    """`ask` asks anything; the others know the shapes."""

    def __init__(self, door: Door, base: str, token: Token, profile: Profile) -> None:
        self.door = door
        self.base = base
        self.token = token
        self.profile = profile

    def with_profile(self, profile: Profile) -> "Server":
        """The same instance, spoken to by another profile; what is known of its root stays."""
        other = Server(self.door, self.base, self.token, profile)
        other._metadata = self._metadata
        return other

    @property
    def host(self) -> str:
        return self.base.partition("://")[2].partition("/")[0]

    def ask(self, url: str, body: object = None) -> Reply:
        """The reply, asked for a second time with a new token where the first may have been too old."""
        signing = Signing(self.token)
        reply = self._sent(url, body, signing)
        if self._token_too_old(reply) and not signing.renewed:
            signing.renew()
            return self._sent(url, body, signing)
        return reply

    @cached_property
    def root(self) -> str:
        return self._metadata[0]

    @cached_property
    def system(self) -> Mapping[str, Any]:
        """What GetSystemMetadata says of districts and current years (dossier 6.1)."""
        return self._metadata[1]

    def catalogue(self, table: Table, entity: str) -> list[str]:
        """The names of an object's fields as they are written. NeedsAdmin where it may not be read at all."""
        path = self._path(self.profile.paths.fields, table, entity)
        reply = judged(self.ask(self.base + path), table, (), self.profile.error_texts)
        answer = _object(reply, f"the fields of {table.path}")
        return [name for name in answer if name.lower() not in _NOT_FIELDS]

    def pages(self, question: Question) -> Iterator[list[Row]]:
        """The pages of a list in their order, by Paging.Next, which is known only when its page has come.

        A last page that is full may be one that only looks like the last, so the page after it is asked for: a
        list that broke off would make students look as if they had left.
        """
        size = question.size or self.profile.lists.page_size
        seen: set[str] = set()
        path, known = self._numbered(question, 1, size), True
        while path and path not in seen:
            if len(seen) == self.profile.lists.max_pages:
                break
            seen.add(path)
            rows, following = self._page(path, question) if known else self._page_beyond(path, question)
            if not rows:
                return
            yield rows
            known = following not in {"", path}
            if not known and (len(rows) < size or question.size):
                return
            path = following if known else self._numbered(question, len(seen) + 1, size)
        raise NotUnderstood("qmlativ-endless", object=question.table.path, pages=len(seen), host=self.host)

    def _numbered(self, question: Question, page: int, size: int) -> str:
        return self._path(self.profile.paths.list, question.table, question.entity, page=page, size=size)

    def _page_beyond(self, path: str, question: Question) -> tuple[list[Row], str]:
        """A page that may not be there: whatever is said instead of it, there is no more to read."""
        try:
            return self._page(path, question)
        except (NeedsAdmin, NotUnderstood):
            return [], ""

    def answer(self, question: Question) -> Mapping[str, object]:
        """The first page as it was sent, whatever its shape."""
        path = self._numbered(question, 1, question.size or self.profile.lists.page_size)
        reply = judged(
            self._asked(path, question), question.table, question.columns, self.profile.error_texts
        )
        return _object(reply, f"a list of {question.table.path}")

    def _page(self, path: str, question: Question) -> tuple[list[Row], str]:
        reply = judged(
            self._asked(path, question), question.table, question.columns, self.profile.error_texts
        )
        expected = f"a list of {question.table.path}"
        answer = _object(reply, expected)
        rows = answer.get(self.profile.lists.objects)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise reply.not_understood(expected)
        return rows, self._next(answer, reply)

    def _asked(self, path: str, question: Question) -> Reply:
        url = f"{self.base}{path}?{urlencode(self._query(question))}"
        return self.ask(url, self._search(question) if self.profile.lists.by == "search" else None)

    def _query(self, question: Question) -> list[tuple[str, str]]:
        sent = [question.table.columns[name].sent for name in question.columns]
        if self.profile.lists.search_fields == "indexed":
            fields = [(f"searchFields[{number}]", name) for number, name in enumerate(sent)]
        else:
            fields = [("searchFields", name) for name in sent]
        given = resolved({**self.profile.lists.query, **question.table.parameters}, question.named)
        return fields + list(given.items())

    def _search(self, question: Question) -> dict[str, object]:
        """Sorted by the key, since no order is promised (dossier 5.2), with a condition that all rows meet at least."""
        table = question.table
        key = table.columns[table.key].sent
        body: dict[str, object] = {"SearchCondition": self._condition(question)}
        body["SearchSort"] = [{"FieldName": key, "Descending": False}]
        if parameters := resolved(table.parameters, question.named):
            body["SearchParameters"] = {name: _typed(name, value) for name, value in parameters.items()}
        return body

    def _condition(self, question: Question) -> dict[str, object]:
        table = question.table
        only = resolved(table.only, question.named)
        found = [self._typed_condition(table, name, "Equal", value) for name, value in only.items()]
        if question.among:
            name, values = question.among
            found.append(self._typed_condition(table, name, "List", list(values)))
        if len(found) > 1:
            return {"SearchConditionGroup": {"ConditionGroupType": "And", "Conditions": found}}
        return found[0] if found else self._typed_condition(table, table.key, "NotNull", None)

    def _typed_condition(self, table: Table, name: str, kind: str, value: object) -> dict[str, object]:
        column = table.columns[name]
        inside: dict[str, object] = {"FieldName": column.sent, "ConditionType": kind}
        if kind == "List" and isinstance(value, list):
            inside["List"] = [_number(each) if column.type in {"id", "int"} else each for each in value]
        elif kind == "Equal":
            inside["Value"] = _number(str(value)) if column.type in {"id", "int"} else value
        return {self.profile.conditions[column.type]: inside}

    def _next(self, answer: Mapping[str, object], reply: Reply) -> str:
        """A path under the base, without a query (dossier 5.2). A whole address is taken if it leads to the same base."""
        held: object = answer
        for name in self.profile.lists.next.split("."):
            held = held.get(name) if isinstance(held, dict) else None
        told = (text(held) or "").partition("?")[0]
        if not told:
            return ""
        inside = "/" + self.base.partition("://")[2].partition("/")[2]
        for beginning in (self.base, inside):
            told = told.removeprefix(beginning) if beginning != "/" else told
        if not told.startswith("/"):
            raise reply.not_understood("the path of the next page")
        return told

    def _path(self, pattern: str, table: Table, entity: str, *, page: int = 1, size: int = 1) -> str:
        places = {"root": self.root, "entity": entity, "module": table.module, "object": table.object}
        return filled(pattern, places | {"page": str(page), "size": str(size)})

    @cached_property
    def _metadata(self) -> tuple[str, Mapping[str, Any]]:
        """The first root that answers, and its answer (dossier 2)."""
        for root in self.profile.paths.roots:
            reply = self.ask(self.base + filled(self.profile.paths.metadata, {"root": root}))
            if reply.status in {404, 405}:
                continue
            if reply.status == 403:
                raise NeedsAdmin("qmlativ-access", host=reply.host)
            answer = _object(judged(reply, _SYSTEM, (), self.profile.error_texts), "the system metadata")
            system = answer.get("System")
            if not isinstance(system, dict):
                raise reply.not_understood("the system metadata")
            return root, system
        raise NeedsAdmin("qmlativ-no-api", host=self.host, roots=" and ".join(self.profile.paths.roots))

    def _sent(self, url: str, body: object, signing: Signing) -> Reply:
        headers = _JSON | dict(self.profile.request_headers)
        if body is None:
            return self.door.get(url, headers=headers, signer=signing)
        content = msgspec.json.encode(body)
        return self.door.send("POST", url, content=content, headers=headers, signer=signing, repeat=True)

    def _token_too_old(self, reply: Reply) -> bool:
        rules = self.profile.token
        if reply.status in rules.expired_statuses:
            return True
        said = told_in(reply, self.profile.error_texts).lower() if reply.status >= 400 else ""
        return any(words.lower() in said for words in rules.expired_texts)


_SYSTEM: Final = Table("system", "the system", "metadata", "", {}, frozenset(), {}, {}, in_each_entity=False)


def filled(pattern: str, places: Mapping[str, str]) -> str:
    """A path of the profile with its places filled in."""
    return re.sub(r"\{(\w+)\}", lambda place: places[place[1]], pattern)


def resolved(values: Mapping[str, str], named: Named) -> dict[str, str]:
    """Values of the profile as they are sent; one that is not known yet is left out."""
    known = {name: named.get(value, "") if value.startswith("@") else value for name, value in values.items()}
    return {name: value for name, value in known.items() if value}


def _object(reply: Reply, expected: str) -> Mapping[str, object]:
    try:
        answer = value_of(reply.body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise reply.not_understood(expected) from None
    if not isinstance(answer, dict):
        raise reply.not_understood(expected)
    return answer


def _typed(name: str, value: str) -> object:
    return _number(value) if name.endswith("ID") else value


def _number(value: Sequence[str] | str) -> object:
    return int(value) if isinstance(value, str) and value.isdigit() else value
