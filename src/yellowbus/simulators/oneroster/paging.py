"""Pages by `limit` and `offset`, with the habits of providers (oneroster dossier 1.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from yellowbus.simulators.exchange import Request
from yellowbus.simulators.faults import FaultKind
from yellowbus.simulators.oneroster.options import LinkForm, Options

Item = TypeVar("Item")
DOUBLED_EVERY = 40
Header = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Window:
    """`limit` 0 is all."""

    offset: int
    limit: int

    def end(self, total: int) -> int:
        return min(total, self.offset + self.limit) if self.limit else total


def window_of(request: Request, options: Options) -> Window:
    """What was asked for, cut to the maximum. Raises ValueError for what is no number of rows."""
    limit = _number(request, "limit", options.default_limit or 0, least=1)
    if options.maximum_limit is not None:
        limit = min(limit or options.maximum_limit, options.maximum_limit)
    return Window(_number(request, "offset", 0, least=0), limit)


def _number(request: Request, name: str, default: int, *, least: int) -> int:
    text = request.query.get(name, "")
    if not text:
        return default
    if not text.isdigit() or int(text) < least:
        raise ValueError(f"{name} must be a number from {least} on")
    return int(text)


def as_listed(items: Sequence[Item], options: Options, *, turn: int, ordered: bool) -> Sequence[Item]:
    """The whole list as this provider comes by it: some rows twice, or in another order at each turn."""
    if options.doubles:
        items = [item for place, item in enumerate(items) for _ in range(1 + (place % DOUBLED_EVERY == 0))]
    if options.drifts and not ordered and items:
        by = turn * 7 % len(items)
        items = [*items[by:], *items[:by]]
    return items


def page_of(items: Sequence[Item], window: Window, options: Options, faults: frozenset[str]) -> list[Item]:
    """The rows of one page."""
    total, begin = len(items), window.offset
    if options.repeats_last_page and window.limit and begin >= total:
        return list(items[(total - 1) // window.limit * window.limit :] if total else ())
    found = list(items[begin : window.end(total)])
    if options.short_pages and window.end(total) < total:
        found = found[: len(found) - len(found) // 10 - (len(found) > 1)]
    if FaultKind.REPEATED.value in faults and begin and found:
        found[0] = items[begin - 1]
    return found[:-1] if FaultKind.SHORT_PAGE.value in faults else found


def headers_of(request: Request, window: Window, options: Options, *, rows: int, total: int) -> list[Header]:
    found: list[Header] = []
    if options.with_total:
        found.append((options.total_header, str(max(0, total + options.total_off_by))))
    if options.with_link and window.limit:
        found.append(_link(request, window, options, _places(window, rows, total)))
    return found


def _places(window: Window, rows: int, total: int) -> dict[str, int]:
    """Where the pages around this one begin."""
    places = {"first": 0, "last": max(0, (total - 1) // window.limit * window.limit)}
    if window.offset + rows < total:
        places["next"] = window.offset + rows
    if window.offset:
        places["prev"] = max(0, window.offset - window.limit)
    return places


def _link(request: Request, window: Window, options: Options, places: dict[str, int]) -> Header:
    start = "" if options.link_form is LinkForm.RELATIVE else options.outer_url or request.base_url
    quote = "" if options.link_form is LinkForm.LOWER_UNQUOTED else '"'
    links = [
        f"<{start}{request.path}?{_query(request, window, offset)}>; rel={quote}{name}{quote}"
        for name, offset in places.items()
    ]
    return ("link" if options.link_form is LinkForm.LOWER_UNQUOTED else "Link", ", ".join(links))


def _query(request: Request, window: Window, offset: int) -> str:
    return urlencode({**request.query, "limit": str(window.limit), "offset": str(offset)})
