"""Rows put together by the joins of a profile."""

from collections.abc import Iterable, Mapping, Sequence

from yellowbus.connectors.qmlativ.profile import Node
from yellowbus.connectors.qmlativ.spool import NOTHING, Row, Spool
from yellowbus.connectors.qmlativ.wanted import USES, Shown
from yellowbus.records import Value

Held = dict[str, Row]
"""The row of each join by its alias; NOTHING where there is none."""


def joined(spool: Spool, nodes: Sequence[Node], roots: Iterable[Held]) -> list[Held]:
    """Each root with the rows that the joins find for it: one question to the spool a join, whatever their number."""
    found = list(roots)
    candidates: dict[tuple[object, ...], Mapping[Value, list[Row]]] = {}
    for node in nodes:
        if not node.parent:
            continue
        key = (node.table, node.parent, node.parent_field, node.on, node.order, tuple(node.where.items()))
        if key not in candidates:
            values = {held[node.parent].get(node.parent_field) for held in found}
            candidates[key] = _grouped(spool.of(node.table, node.on, values), node)
        for held in found:
            rows = candidates[key].get(held[node.parent].get(node.parent_field), [])
            held[node.alias] = rows[node.place] if node.place < len(rows) else NOTHING
    return found


def _grouped(rows: Sequence[Row], node: Node) -> Mapping[Value, list[Row]]:
    kept = [row for row in rows if all(row.get(name) == value for name, value in node.where.items())]
    groups: dict[Value, list[Row]] = {}
    for row in in_order(kept, node.order):
        groups.setdefault(row[node.on], []).append(row)
    return groups


def in_order(rows: Sequence[Row], order: Sequence[str]) -> list[Row]:
    """By each field in turn, blank ones last; "-" turns a field round.

    >>> in_order([{"Rank": "10"}, {"Rank": None}, {"Rank": "2"}], ["Rank"])
    [{'Rank': '2'}, {'Rank': '10'}, {'Rank': None}]
    """
    found = list(rows)
    for each in reversed(order):
        name = each.lstrip("-")
        filled = [row for row in found if row.get(name) is not None]
        filled.sort(key=lambda row: _size(row[name]), reverse=each.startswith("-"))
        found = filled + [row for row in found if row.get(name) is None]
    return found


def _size(value: Value) -> tuple[int, str]:
    """Numbers by their size, whatever their length, before words by their letters."""
    told = value or ""
    return (len(told), told) if told.isascii() and told.isdigit() else (1 << 30, told)


def values_of(
    held: Held, shown: Sequence[Shown], uses: Mapping[str, str], wanted: Iterable[str], *, prefix: str = ""
) -> Row:
    """The fields shown of one put-together record, blank ones left out. `wanted` are phones by their use."""
    told = {each.name: held[each.alias].get(each.column) for each in shown}
    phones = _phones(held, uses) if wanted else {}
    told |= {prefix + name: phones.get(USES[name]) for name in sorted(wanted)}
    return {name: value for name, value in told.items() if value is not None}


def _phones(held: Held, uses: Mapping[str, str]) -> Mapping[str, Value]:
    """The first phone of each use: the words of its type are the district's own (dossier 8.3)."""
    found: dict[str, Value] = {}
    for alias, row in held.items():
        if not alias.startswith("PhoneType"):
            continue
        words = [(row.get(name) or "").strip().lower() for name in ("Code", "Description")]
        use = next((uses[word] for word in words if word in uses), None)
        if use is not None:
            found.setdefault(use, held["Phone" + alias.removeprefix("PhoneType")].get("PhoneNumber"))
    return found
