"""What a change of the draft answers: the rows that changed, and all that counts them, each swapped in its place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from yellowbus.web import mapping_editing, mapping_rows
from yellowbus.web.mapping_editing import Editing
from yellowbus.web.mapping_rows import FILTERS, Table
from yellowbus.web.mapping_sight import Sight, sight
from yellowbus.web.place import Request

_LABELS = {
    "all": "All",
    "required": "Required",
    "unmapped": "Unmapped",
    "changed": "Changed",
    "problems": "Problems",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """A tab above the rows, with its number."""

    label: str
    path: str
    count: str
    current: bool


def answer(
    request: Request,
    editing: Editing,
    names: Iterable[str],
    *,
    seen: Sight | None = None,
    panel: str = "",
    **more: Any,
) -> HttpResponse:
    """The rows of these fields as the draft has them now. `panel` is the template to show in the dialog, with `more`."""
    shown = seen or sight(request, editing.connection, editing.kind)
    table = mapping_rows.table(editing, shown)
    rows = [row for row in map(table.row, names) if row is not None]
    context = {
        **mapping_rows.context(editing, shown, table),
        "filters": list(filters(_page_query(request), editing, table)),
        "changed_rows": rows,
        "changed_parts": [part for part in table.parts() if any(row in rows for row in part.rows)],
        "panel_template": panel,
        **more,
    }
    return render(request, "mapping/answer.html", context)


def _page_query(request: Request) -> QueryDict:
    """What the address of the page asks for, of which this request changes only a part."""
    return QueryDict(urlsplit(request.headers.get("HX-Current-URL", "")).query)


def show_of(query: QueryDict) -> str:
    """The filter tab that is chosen."""
    show = query.get("show", "all")
    return show if show in FILTERS else "all"


def filters(query: QueryDict, editing: Editing, table: Table) -> Iterator[Filter]:
    """The tabs above the rows. They keep what else the address asks for."""
    here, path = show_of(query), mapping_editing.path_of(editing.connection, editing.kind)
    for show, label in _LABELS.items():
        other = query.copy()
        other["show"] = show
        yield Filter(label, f"{path}?{other.urlencode()}", _number(table, show), show == here)


def _number(table: Table, show: str) -> str:
    if show == "required":
        return f"{table.left} left" if table.left else "all mapped"
    return f"{table.count(show):,}"
