"""Pages (powerschool dossier 7), and the faults that befall a page's items."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from yellowbus.simulators.exchange import Request
from yellowbus.simulators.faults import FaultKind
from yellowbus.simulators.powerschool.options import Options, OverMaximum

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page:
    number: int
    size: int

    def of(self, items: Sequence[Item], request: Request | None = None) -> list[Item]:
        """The items of this page; beyond the end, none. With the fault `repeated` a later page begins with
        the last item of the page before, as when a record moves between two requests (16.27).
        """
        begin = (self.number - 1) * self.size
        found = list(items[begin : begin + self.size])
        repeated = request is not None and FaultKind.REPEATED.value in request.faults
        if repeated and begin and found:
            found[0] = items[begin - 1]
        return found


def page_of(request: Request, maximum: int, options: Options) -> Page:
    """The page asked for; default and maximum size are the same. Raises ValueError for what is no page."""
    number, size = _positive(request, "page", 1), _positive(request, "pagesize", maximum)
    if size > maximum and options.over_maximum is OverMaximum.REFUSE:
        raise ValueError(f"pagesize must not exceed {maximum}")
    return Page(number, min(size, maximum))


def _positive(request: Request, name: str, default: int) -> int:
    text = request.query.get(name, "")
    if not text:
        return default
    if not text.isdigit() or int(text) < 1:
        raise ValueError(f"Invalid value for {name}")
    return int(text)


def struck_items(items: list[dict[str, Any]], faults: frozenset[str]) -> list[dict[str, Any]]:
    """The items as the faults leave them: the last one missing, or the first one without its id."""
    if FaultKind.SHORT_PAGE.value in faults:
        return items[:-1]
    if FaultKind.NO_ID.value in faults and items:
        return [{key: value for key, value in items[0].items() if key != "id"}, *items[1:]]
    return items
