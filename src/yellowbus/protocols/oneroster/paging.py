"""Reading a list by offset from a server that may clamp, miscount, repeat, shift or never end (oneroster dossier 1.5).

Nothing that the server says of its list is trusted alone. A page is asked for after as many rows as came; the
list ends at a page that brings nothing new and that no announced count or next page speaks against; and where
rows came twice, or fewer than announced, everything is read again and only what is new is handed on.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from yellowbus.errors import NotUnderstood, TryLater

SWEEPS: Final = 3
_EMPTY_IN_A_ROW: Final = 3
_MOST_PAGES: Final = 100_000


@dataclass(frozen=True, slots=True)
class Slice:
    """One page: rows as sent with the key of each ("" where it has none), and what the server says of the list.

    `total` is the count it announces, `more` whether it names a next page.
    """

    rows: Sequence[bytes]
    keys: Sequence[str]
    total: int | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of `host`: `fetch(offset, limit)` gives a page of it."""

    fetch: Callable[[int, int], Slice]
    host: str
    what: str
    size: int


@dataclass(slots=True)
class _Sweep:
    """What came in one reading of the whole list."""

    seen: set[str] = field(default_factory=set)
    received: int = 0
    repeated: int = 0
    fresh: int = 0
    total: int | None = None


def pages(listing: Listing) -> Iterator[list[bytes]]:
    """Every row once, page by page. Raises NotUnderstood or TryLater rather than leave one out."""
    seen: set[str] = set()
    for _ in range(SWEEPS):
        sweep = _Sweep()
        yield from _swept(listing, sweep, seen)
        if _is_whole(sweep, seen):
            return
    if sweep.total is not None and len(seen) < sweep.total:
        raise NotUnderstood("count-mismatch", host=listing.host, read=len(seen), count=sweep.total)
    raise TryLater("order-changes", host=listing.host, what=listing.what)


def _is_whole(sweep: _Sweep, seen: set[str]) -> bool:
    """Whether nobody can have slipped by.

    Rows that came twice pushed others out of their pages, unless the list simply holds them twice: then another
    sweep brings nothing new and the number of rows is the announced one.
    """
    if sweep.total is not None and len(seen) >= sweep.total:
        return True
    enough = sweep.total is None or sweep.received >= sweep.total
    return enough and (not sweep.repeated or not sweep.fresh)


def _swept(listing: Listing, sweep: _Sweep, seen: set[str]) -> Iterator[list[bytes]]:
    first: Slice | None = None
    offset = stale = 0
    for _ in range(_MOST_PAGES):
        page = listing.fetch(offset, listing.size)
        first = first or page
        sweep.total = page.total if page.total is not None else sweep.total
        if not _brings_new(page, sweep):
            stale += 1
            if _is_end(page, sweep, stale=stale):
                _require_offset(listing, first, page, offset=offset)
                return
            offset += listing.size
            continue
        stale = 0
        offset += len(page.rows)
        yield from _handed_on(page, sweep, seen)
        if len(page.rows) > listing.size:  # it does not know `limit` and has sent all
            return
    raise NotUnderstood("list-endless", host=listing.host, what=listing.what)


def _brings_new(page: Slice, sweep: _Sweep) -> bool:
    return any(not key or key not in sweep.seen for key in page.keys)


def _is_end(page: Slice, sweep: _Sweep, *, stale: int) -> bool:
    """An empty page in the middle is possible where rows are filtered after they were paged."""
    counted = sweep.total is not None and len(sweep.seen) < sweep.total
    return stale >= _EMPTY_IN_A_ROW or not (counted or page.more)


def _handed_on(page: Slice, sweep: _Sweep, seen: set[str]) -> Iterator[list[bytes]]:
    new: list[bytes] = []
    for key, row in zip(page.keys, page.rows, strict=True):
        sweep.received += 1
        sweep.repeated += key != "" and key in sweep.seen
        if not key or key not in seen:
            new.append(row)
        seen.add(key or f"without key {len(seen)}")
        sweep.seen.add(key or f"without key {len(sweep.seen)}")
    sweep.fresh += len(new)
    if new:
        yield new


def _require_offset(listing: Listing, first: Slice, page: Slice, *, offset: int) -> None:
    """A page that repeats the first one is the end of a short list, or `offset` is not understood at all."""
    if offset == 0 or not page.keys or list(page.keys) != list(first.keys) or len(first.keys) < 2:
        return
    probe = listing.fetch(1, 1)
    knows_limit = len(probe.keys) == 1  # a server that knows neither has sent all
    if knows_limit and probe.keys[0] == first.keys[0]:
        raise NotUnderstood("offset-ignored", host=listing.host, what=listing.what)
