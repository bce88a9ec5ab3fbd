"""How /ws/v1 turns its XML into JSON (powerschool dossier 5.3), and the XML itself for who asks for none.

A tree is made of dicts, lists, text, numbers and dates. Keys that begin with @ are attributes.
"""

import re
from datetime import date
from typing import Any
from xml.sax.saxutils import escape, quoteattr

INTEGER = re.compile(r"-?[0-9]{1,19}")
DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+")
NUMBER_BEGINS = frozenset("-0123456789")
LARGEST = 2**63 - 1
XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
KEPT_BLANK = "\0"


class Several(tuple[Any, ...]):
    """Items that stay an array even when alone."""

    __slots__ = ()


def typed(text: str) -> str | int | float | bool:
    """Text as the mapper types it: a number or truth value only if it prints back as the same text (5.3
    rule 4).

    >>> typed("85250"), typed("01854"), typed("0.00"), typed("12.5"), typed("true"), typed("TRUE")
    (85250, '01854', '0.00', 12.5, True, 'TRUE')
    """
    if text[:1] not in NUMBER_BEGINS:
        return text == "true" if text in {"true", "false"} else text
    if INTEGER.fullmatch(text):
        number = int(text)
        return number if str(number) == text and -LARGEST <= number <= LARGEST else text
    if DECIMAL.fullmatch(text):
        value = float(text)
        # Java prints numbers of ten million and more, and those below a thousandth, with an exponent.
        plain = value == 0 or 1e-3 <= abs(value) < 1e7
        return value if plain and repr(value) == text else text
    return text


def to_json(tree: Any) -> Any:
    """The tree as v1 JSON: one item bare, none absent, blank leaves absent, an empty container "" (5.3
    rules 1 to 4).
    """
    if isinstance(tree, str):
        return "" if tree == KEPT_BLANK else typed(tree)
    if isinstance(tree, dict):
        return {key: to_json(value) for key, value in tree.items() if value or not _nothing(value)} or ""
    if isinstance(tree, Several):
        return [to_json(item) for item in tree]
    if isinstance(tree, list):
        items = [to_json(item) for item in tree]
        return items[0] if len(items) == 1 else items
    return tree.isoformat() if isinstance(tree, date) else tree


def _nothing(value: Any) -> bool:
    return value is None or (isinstance(value, str | list) and not value)


def to_xml(name: str, tree: Any) -> str:
    """The same tree as XML; a list repeats its element."""
    return XML_HEAD + _element(name, tree)


def _element(name: str, tree: Any) -> str:
    if isinstance(tree, list | Several):
        return "".join(_element(name, item) for item in tree)
    if not isinstance(tree, dict):
        return f"<{name}>{escape(_leaf(tree))}</{name}>"
    shown = {key: value for key, value in tree.items() if not _nothing(value)}
    attributes = "".join(
        f" {key[1:]}={quoteattr(str(value))}" for key, value in shown.items() if key[0] == "@"
    )
    inner = "".join(_element(key, value) for key, value in shown.items() if key[0] != "@")
    return f"<{name}{attributes}>{inner}</{name}>"


def _leaf(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value == KEPT_BLANK else str(value)
