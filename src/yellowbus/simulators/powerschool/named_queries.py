"""PowerQuery files of a plugin package (powerschool dossier 3.5)."""

import re
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from yellowbus.simulators.powerschool.plugin_xml import BadPluginError, parse_xml

NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+){4}", re.IGNORECASE)
ALIAS = re.compile(r"\w+(\.\w+)?", re.ASCII)
RESERVED = "com.powerschool."
LONGEST_SUMMARY = 50


@dataclass(frozen=True, slots=True)
class Argument:
    name: str
    column: str
    required: bool
    default: str | None


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """`columns` are the aliases in the order of the SELECT, `sources` the TABLE.COL that each declares or
    blank.
    """

    name: str
    core_table: str
    flattened: bool
    summary: str
    arguments: tuple[Argument, ...]
    columns: tuple[str, ...]
    sources: tuple[str, ...]
    sql: str

    @property
    def ordered(self) -> bool:
        return re.search(r"\border\s+by\b", self.sql, re.IGNORECASE) is not None


def read_queries(files: tuple[tuple[str, bytes], ...]) -> dict[str, NamedQuery]:
    """All queries of the package by their name in lower case. Raises BadPluginError."""
    found: dict[str, NamedQuery] = {}
    for query in (_query(element) for path, content in files for element in _elements(path, content)):
        if query.name.lower() in found:
            raise BadPluginError(f"Query {query.name} stands twice in the package.")
        found[query.name.lower()] = query
    return found


def _elements(path: str, content: bytes) -> list[ET.Element]:
    root = parse_xml(content)
    if root.tag != "queries":
        raise BadPluginError(f"The root element of {path} must be queries.")
    return root.findall("query")


def _query(element: ET.Element) -> NamedQuery:
    name = element.get("name", "")
    if not NAME.fullmatch(name) or name.lower().startswith(RESERVED):
        raise BadPluginError(f"Query name {name!r} must have five parts and not begin with {RESERVED}")
    summary, sql = _text(element, "summary"), _text(element, "sql")
    if len(summary) > LONGEST_SUMMARY:
        raise BadPluginError(f"The summary of {name} is longer than {LONGEST_SUMMARY} characters.")
    columns = element.findall("columns/column")
    aliases = tuple((column.text or "").strip() for column in columns)
    _check_columns(name, aliases, element.get("coreTable", ""))
    if not sql:
        raise BadPluginError(f"Query {name} has no sql.")
    return NamedQuery(
        name=name,
        core_table=element.get("coreTable", ""),
        flattened=element.get("flattened", "false").lower() == "true",
        summary=summary,
        arguments=tuple(_argument(arg) for arg in element.findall("args/arg")),
        columns=aliases,
        sources=tuple(column.get("column", "") for column in columns),
        sql=sql.rstrip(";"),
    )


def _check_columns(name: str, aliases: tuple[str, ...], core_table: str) -> None:
    if not aliases:
        raise BadPluginError(f"Query {name} has no columns.")
    for alias in aliases:
        if not ALIAS.fullmatch(alias):
            raise BadPluginError(f"Column {alias!r} of query {name} must have one or two parts.")
        if "." not in alias and not core_table:
            raise BadPluginError(f"Column {alias} of query {name} needs a coreTable, having one part.")
    if len({alias.lower() for alias in aliases}) < len(aliases):
        raise BadPluginError(f"Two columns of query {name} have the same name.")


def _argument(element: ET.Element) -> Argument:
    return Argument(
        element.get("name", ""),
        element.get("column", ""),
        element.get("required", "false").lower() == "true",
        element.get("default"),
    )


def _text(element: ET.Element, name: str) -> str:
    found = element.find(name)
    return (found.text or "").strip() if found is not None else ""
