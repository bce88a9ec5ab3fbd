"""Trying what an instance takes, and the change to the profile that makes it answer (qmlativ dossier 11, “Doctor”).

A patch is a piece of a profile: what a person would write into an override file.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from yellowbus.connectors.qmlativ.context import Context
from yellowbus.connectors.qmlativ.loading import Cells
from yellowbus.connectors.qmlativ.profile import Data, Table, merged, patched
from yellowbus.connectors.qmlativ.schema import OFF
from yellowbus.connectors.qmlativ.server import Question, Server, resolved
from yellowbus.errors import NeedsAdmin, NotUnderstood, YellowbusError

# Without these nobody can be read, so they are never suggested away.
CORE: Final = frozenset(("school_year", "school", "student", "name", "entry_withdrawal"))
_PARAMETERS: Final = {"SchoolYearID": "@school_year", "DistrictID": "@district", "EntityID": "@entity"}
_TEXT_WRAPPER: Final = dict.fromkeys(("id", "int"), "StringSearchCondition")
# Other ways to ask for a list, the likelier first (dossier 5.1 and 5.3).
_WAYS: Final[tuple[Data, ...]] = (
    {},
    {"lists": {"search_fields": "indexed"}},
    {"conditions": _TEXT_WRAPPER},
    {"conditions": _TEXT_WRAPPER, "lists": {"search_fields": "indexed"}},
    {"lists": {"by": "get"}},
    {"lists": {"by": "get", "search_fields": "indexed"}},
)
_SMALLER: Final = (500, 200, 100, 50, 20, 10)


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found of one object: the patch that makes it answer ({} where none is needed) and the first error.

    `server` speaks with the patch; `rows` says whether a row came.
    """

    server: Server
    patch: Data
    error: YellowbusError | None
    rows: bool = False
    helped: bool = True


def way_of_asking(server: Server, entity: str, named: Mapping[str, str]) -> Data:
    """How lists are asked for. Raises the error of the first way where no way works."""
    first: YellowbusError | None = None
    for patch in _WAYS:
        trial = server.with_profile(patched(server.profile, patch))
        try:
            return merged(patch, _shape(trial, _first_question(trial, entity, named)))
        except (NeedsAdmin, NotUnderstood) as error:
            first = first or error
    raise first or AssertionError


def page_size(server: Server, entity: str, named: Mapping[str, str]) -> Data:
    """A smaller page size, where the one of the profile is refused."""
    table = server.profile.tables["school_year"]
    usual = server.profile.lists.page_size
    for size in (usual, *(each for each in _SMALLER if each < usual)):
        question = Question(table, (table.key,), entity, named, size=size)
        try:
            server.answer(question)
        except (NeedsAdmin, NotUnderstood):
            continue
        return {} if size == usual else {"lists": {"page_size": size}}
    return {}


def examine(server: Server, context: Context, name: str) -> Examined:
    """The catalogue of an object, then one row with all the fields of the profile; mended until it answers."""
    found = Examined(server, {}, None)
    for _ in range(len(server.profile.tables[name].columns) + 3):
        try:
            rows = _asked(found.server, context, name)
        except (NeedsAdmin, NotUnderstood) as error:
            first = found.error or error
            patch = _mended(found.server, context, name, error)
            if not patch:
                return Examined(found.server, found.patch, first, helped=False)
            whole = merged(found.patch, patch)
            if patch["objects"][name].get("use") is False:
                return Examined(found.server, whole, first)
            found = Examined(found.server.with_profile(patched(found.server.profile, patch)), whole, first)
        else:
            return Examined(found.server, found.patch, found.error, rows=rows)
    return Examined(found.server, found.patch, found.error, helped=False)


def _first_question(server: Server, entity: str, named: Mapping[str, str]) -> Question:
    table = server.profile.tables["school_year"]
    return Question(table, (table.key, "NumericYear"), entity, named, size=1)


def _shape(server: Server, question: Question) -> Data:
    """Under which names the rows and the next page stand in a reply, where they differ from the profile."""
    answer = server.answer(question)
    found = [name for name, value in answer.items() if _is_rows(value)]
    lists = server.profile.lists
    patch: Data = {}
    if lists.objects not in found and len(found) == 1:
        patch = {"lists": {"objects": found[0]}}
    following = [path for path, value in _leaves(answer) if _is_next(value)]
    if following and lists.next not in following:
        patch = merged(patch, {"lists": {"next": following[0]}})
    trial = server.with_profile(patched(server.profile, patch))
    _first_rows(trial, question)
    return patch


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _is_next(value: object) -> bool:
    return isinstance(value, str) and value.rstrip("/").endswith("/2/1")


def _leaves(value: Mapping[str, object], path: str = "") -> Iterator[tuple[str, object]]:
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield from _leaves(inner, f"{path}{key}.")
        else:
            yield path + key, inner


def _first_rows(server: Server, question: Question) -> bool:
    """Whether a row came; raises where it lacks a field that was asked for."""
    cells = Cells(server, question)
    for page in server.pages(question):
        for row in page:
            cells.of(row)
        cells.refuse_lacking()
        return True
    return False


def _asked(server: Server, context: Context, name: str) -> bool:
    table = server.profile.tables[name]
    if len(resolved(table.only, context.named)) < len(table.only):
        return False
    lacking = _not_in_catalogue(server, context, table)
    if lacking:
        raise NeedsAdmin("qmlativ-fields", object=table.path, fields=", ".join(lacking))
    return _first_rows(server, _one_row(context, table, _readable(table)))


def _not_in_catalogue(server: Server, context: Context, table: Table) -> list[str]:
    told = {name.lower() for name in server.catalogue(table, context.entity)}
    sent = [table.columns[name].sent for name in _readable(table)]
    return [name for name in sent if told and name.lower() not in told]


def _readable(table: Table) -> tuple[str, ...]:
    return tuple(name for name in table.columns if table.may_read(name))


def _one_row(context: Context, table: Table, columns: tuple[str, ...]) -> Question:
    return Question(table, columns, context.entity, context.named, size=1)


def _mended(server: Server, context: Context, name: str, error: YellowbusError) -> Data:
    """The patch that may help against one error; {} where a person must act."""
    table = server.profile.tables[name]
    if error.code == "qmlativ-parameter":
        return _with_parameter(table, str(error.facts["parameter"]))
    if error.code == "qmlativ-fields":
        lacking = {sent.lower() for sent in str(error.facts["fields"]).split(", ")}
        return _without(server, context, table, lacking)
    if error.code == "qmlativ-object":
        return {} if name in CORE else {"objects": {name: {"use": False}}}
    return _narrowed(server, context, table)


def _with_parameter(table: Table, parameter: str) -> Data:
    value = _PARAMETERS.get(parameter, "@today" if parameter.endswith("Date") else "")
    if not value or parameter in table.parameters:
        return {}
    return {"objects": {table.name: {"parameters": {parameter: value}}}}


def _without(server: Server, context: Context, table: Table, lacking: set[str]) -> Data:
    """Fields switched off, or read under another name of the same pair (dossier 6.4: Gender and GenderCode)."""
    told = {name.lower(): name for name in _told(server, context, table)}
    fields: Data = {}
    for name, column in table.columns.items():
        if column.sent.lower() not in lacking:
            continue
        other = told.get(f"{column.sent}Code".lower()) or told.get(column.sent.removesuffix("Code").lower())
        if other and other.lower() not in lacking:
            fields[name] = {"type": column.type, "as": other}
        elif name in table.required:
            return {}
        else:
            fields[name] = OFF
    return {"objects": {table.name: {"fields": fields}}} if fields else {}


def _told(server: Server, context: Context, table: Table) -> Iterable[str]:
    try:
        return server.catalogue(table, context.entity)
    except (NeedsAdmin, NotUnderstood):
        return ()


def _narrowed(server: Server, context: Context, table: Table) -> Data:
    """An error that names nothing: each field alone, and where not even the key answers, each parameter known."""
    if _answers(server, context, table, (table.key,)):
        alone = [name for name in _readable(table) if not _answers(server, context, table, (table.key, name))]
        return _without(server, context, table, {table.columns[name].sent.lower() for name in alone})
    for parameter in (*_PARAMETERS, "AsOfDate"):
        patch = _with_parameter(table, parameter)
        trial = server.with_profile(patched(server.profile, patch)) if patch else server
        if patch and _answers(trial, context, trial.profile.tables[table.name], (table.key,)):
            return patch
    return {} if table.name in CORE else {"objects": {table.name: {"use": False}}}


def _answers(server: Server, context: Context, table: Table, columns: tuple[str, ...]) -> bool:
    try:
        server.answer(_one_row(context, table, columns))
    except (NeedsAdmin, NotUnderstood):
        return False
    return True
