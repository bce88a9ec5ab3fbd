"""The service: who asks, what may be read, what comes out. The generic provider and Aeries both run it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from yellowbus.simulators.district import District
from yellowbus.simulators.exchange import HTML, RefusedError, Reply, Request
from yellowbus.simulators.faults import FaultKind
from yellowbus.simulators.oneroster import filters, operations, paging, roster, wire
from yellowbus.simulators.oneroster.clients import Client, Clients, Tokens, scope_uri
from yellowbus.simulators.oneroster.documents import Tree, Writer
from yellowbus.simulators.oneroster.oauth1 import Signatures
from yellowbus.simulators.oneroster.operations import Operation
from yellowbus.simulators.oneroster.options import BadField, Login, Options
from yellowbus.simulators.oneroster.people import Ids
from yellowbus.simulators.oneroster.problems import JSON, Problem, Speaker
from yellowbus.simulators.oneroster.roster import Item, Roster
from yellowbus.simulators.stamps import Stamps

KEPT_LISTS = 32
SINGLES_BY_PATH = {"schools": "school", "terms": "term"}
NOT_FOUND = Reply(404, b"<html><body><h1>404</h1></body></html>", HTML)
NO_METHOD = Reply(405)
Right = Callable[[Client, Operation], bool]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for an operation: `parts` are the ids in its path, `scopes` what the caller holds."""

    request: Request
    version: str
    operation: Operation
    parts: Mapping[str, str]
    speaker: Speaker

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.query

    @property
    def key(self) -> tuple[str, ...]:
        """What the list of items depends on."""
        words = (self.query.get(name, "") for name in ("filter", "sort", "orderBy"))
        return (self.version, self.operation.pattern, *self.parts.values(), *words)


@dataclass(slots=True)
class Rostering:
    district: District
    options: Options
    ids: Ids
    clock: Callable[[], float]
    clients: Clients
    tokens: Tokens
    signatures: Signatures
    stamps: Stamps
    right: Right
    turn: int = 0
    _version: int = 0
    _roster: Roster = field(default_factory=Roster)
    _lists: dict[tuple[str, ...], Sequence[Item]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        district: District,
        options: Options,
        *,
        ids: Ids,
        clock: Callable[[], float],
        stamps: Stamps | None = None,
        right: Right = lambda _client, _operation: True,
    ) -> "Rostering":
        clients = Clients(district.seed)
        return cls(
            district=district,
            options=options,
            ids=ids,
            clock=clock,
            clients=clients,
            tokens=Tokens(clients, options, clock),
            signatures=Signatures(clients, options, clock),
            stamps=stamps or Stamps(district, clock),
            right=right,
        )

    def use(self, options: Options) -> None:
        """Behave otherwise from now on; clients and tokens stay."""
        with self.district.lock:
            self.options = self.tokens.options = self.signatures.options = options
            self._version = 0

    # --- a request ---

    def answer(self, request: Request) -> Reply:
        try:
            if request.path.startswith(self._token_path):
                return self._token(request)
            return self._read(request)
        except RefusedError as refused:
            return refused.reply

    def pattern(self, request: Request) -> str | None:
        """The path without the ids in it; None where it is none of this service."""
        if request.path.startswith(self._token_path):
            return self._token_path
        version, path = self._version_of(request.path)
        found = operations.find(path) if version else None
        return f"{self.options.root}{wire.BASES[version]}{found[0].pattern}" if found else None

    def expired(self) -> Reply:
        """What one hears who comes with a token that is no longer good."""
        return Speaker(self.options, self.options.versions[0]).reply(Problem.LOGIN)

    @property
    def _token_path(self) -> str:
        return self.options.root + self.options.token_path

    def _version_of(self, path: str) -> tuple[str, str]:
        """(version, the path below its base), blanks where no version is served there."""
        for version in self.options.versions:
            base = self.options.root + wire.BASES[version]
            if path.startswith(base + "/"):
                return version, path.removeprefix(base)
        return "", ""

    def _token(self, request: Request) -> Reply:
        rest, slash = request.path.removeprefix(self._token_path), self.options.token_slash
        if rest not in {"", "/"} or request.method != "POST":
            return NOT_FOUND
        if slash is not None and slash is not (rest == "/"):
            # aeries dossier 14.1: a bare 400 where the slash is not as this server wants it.
            return Reply(400)
        return self.tokens.answer(request)

    def _read(self, request: Request) -> Reply:
        version, path = self._version_of(request.path)
        if not version:
            return NOT_FOUND
        speaker = Speaker(self.options, version)
        client, scopes = self._caller(request, version, speaker)
        found = operations.find(path)
        if found is None or found[0].pattern in self.options.absent:
            raise speaker.refuse(Problem.UNKNOWN)
        if request.method != "GET":
            return NO_METHOD
        self._check_right(found[0], client, scopes, speaker)
        asked = Asked(request, version, *found, speaker)
        with self.district.lock:
            self._refresh()
            return self._single(asked) if found[0].single else self._list(asked)

    def _caller(
        self, request: Request, version: str, speaker: Speaker
    ) -> tuple[Client, frozenset[str] | None]:
        """Who asks, and with which scopes; None is no scopes needed, as with OAuth 1 (1.2)."""
        logins = self.options.logins
        token = self.tokens.bearer(request) if Login.OAUTH2 in logins else None
        if token is not None:
            return token.client, frozenset(
                name for name in token.client.scopes if scope_uri(name, version) in token.scopes
            )
        signed = version == "1.1" and Login.OAUTH1 in logins
        client = self.signatures.client(request) if signed else None
        if client is None:
            raise speaker.refuse(Problem.LOGIN)
        return client, None

    def _check_right(
        self, operation: Operation, client: Client, scopes: frozenset[str] | None, speaker: Speaker
    ) -> None:
        held = client.scopes if scopes is None else scopes
        closed = self.options.scope_enforced and not held & set(operation.scopes)
        if closed or not self.right(client, operation):
            raise speaker.refuse(Problem.RIGHT)

    def _refresh(self) -> None:
        if self._version != self.district.version:
            writer = Writer(self.district, self.options, self.ids, self.stamps)
            self._roster = roster.Builder(writer).build()
            self._lists.clear()
            self._version = self.district.version

    # --- one ---

    def _single(self, asked: Asked) -> Reply:
        item = self._roster.single(asked.operation.collection, asked.parts["id"])
        if item is None:
            raise asked.speaker.refuse(Problem.UNKNOWN)
        collection = asked.operation.collection
        by_path = SINGLES_BY_PATH.get(collection) if self.options.singles_by_path else None
        wanted, problems = self._selection(asked)
        return self._reply({by_path or item.kind: self._shown(asked, item, wanted)}, [], asked, problems)

    # --- many ---

    def _list(self, asked: Asked) -> Reply:
        try:
            window = paging.window_of(asked.request, self.options)
        except ValueError:
            raise asked.speaker.refuse(Problem.DATA) from None
        wanted, problems = self._selection(asked)
        if self._bad_sort(asked):
            problems.append(Problem.SORT)
        self.turn += 1
        ordered = bool(asked.query.get("sort")) and self.options.sort_served
        items = paging.as_listed(self._items(asked), self.options, turn=self.turn, ordered=ordered)
        rows = paging.page_of(items, window, self.options, asked.request.faults)
        headers = paging.headers_of(asked.request, window, self.options, rows=len(rows), total=len(items))
        shown = [self._shown(asked, item, wanted) for item in rows]
        if FaultKind.NO_ID.value in asked.request.faults and shown:
            shown[0].pop("sourcedId", None)
        return self._reply({wire.PLURALS[asked.operation.kind]: shown}, headers, asked, problems)

    def _items(self, asked: Asked) -> Sequence[Item]:
        """The filtered and sorted items, kept for the next page."""
        if asked.key not in self._lists:
            if len(self._lists) >= KEPT_LISTS:
                del self._lists[next(iter(self._lists))]
            self._lists[asked.key] = self._found(asked)
        return self._lists[asked.key]

    def _found(self, asked: Asked) -> Sequence[Item]:
        place = roster.place_of(self._roster, asked.parts, asked.operation.collection)
        if place is None:
            raise asked.speaker.refuse(Problem.UNKNOWN)
        items = self._roster.list(place)
        wanted, sort = self._filter(asked), asked.query.get("sort", "") if self.options.sort_served else ""
        if wanted is None and (not sort or self._bad_sort(asked)):
            return items
        trees = [(item, self._tree(asked, item)) for item in items]
        try:
            trees = [pair for pair in trees if wanted is None or wanted.holds(pair[1])]
        except filters.BadFilterError:
            raise asked.speaker.refuse(Problem.FILTER) from None
        if sort and not self._bad_sort(asked):
            trees = filters.in_order(trees, sort, asked.query.get("orderBy", "asc"))
        return [item for item, _ in trees]

    def _filter(self, asked: Asked) -> filters.Filter | None:
        text = asked.query.get("filter", "")
        if not text:
            return None
        try:
            wanted = filters.parse(text)
        except filters.BadFilterError:
            raise asked.speaker.refuse(Problem.FILTER) from None
        if all(self._can_filter(asked, name) for name in wanted.fields):
            return wanted
        if self.options.bad_filter_field is BadField.IGNORED:
            return None
        crashed = self.options.bad_filter_field is BadField.CRASHED
        raise asked.speaker.refuse(Problem.CRASH if crashed else Problem.FILTER)

    def _can_filter(self, asked: Asked, name: str) -> bool:
        if "." in name and not self.options.nested_filters:
            return False
        if self.options.filterable is not None and name not in self.options.filterable:
            return False
        return name.partition(".")[0] in wire.fields_of(asked.operation.kind, asked.version)

    def _bad_sort(self, asked: Asked) -> bool:
        sort = asked.query.get("sort", "")
        known = wire.fields_of(asked.operation.kind, asked.version)
        return bool(sort) and self.options.sort_served and sort.partition(".")[0] not in known

    # --- out ---

    def _selection(self, asked: Asked) -> tuple[frozenset[str] | None, list[Problem]]:
        """The fields asked for (None: all), and a problem where one of them is unknown."""
        wanted = frozenset(asked.request.list_of("fields"))
        if not wanted:
            return None, []
        known = wanted & wire.fields_of(asked.operation.kind, asked.version)
        # 1.7: with a warning, 1.1 answers as if no field had been named.
        return (wanted, []) if known == wanted else (None, [Problem.SELECTION])

    def _tree(self, asked: Asked, item: Item) -> Tree:
        return wire.for_version(item.write(), item.kind, asked.version)

    def _shown(self, asked: Asked, item: Item, wanted: frozenset[str] | None) -> Tree:
        tree = self._tree(asked, item)
        if wanted is not None:
            tree = {name: value for name, value in tree.items() if name in wanted}
        base = self.options.outer_url or asked.request.base_url
        return wire.on_the_wire(tree, self.options, asked.version, base)

    def _reply(
        self, body: dict[str, Any], headers: list[tuple[str, str]], asked: Asked, problems: list[Problem]
    ) -> Reply:
        if problems and not (asked.version == "1.1" and self.options.warns_in_1p1):
            raise asked.speaker.refuse(problems[0])
        if problems:
            body["statusInfoSet"] = [asked.speaker.info(each, severity="warning") for each in problems]
        return Reply(200, msgspec.json.encode(body), JSON, tuple(headers))
