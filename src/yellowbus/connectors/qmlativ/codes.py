"""The code tables of Qmlativ for Field Codes, those of a year resolved for the target year (qmlativ dossier 8.1)."""

from collections.abc import Iterator

from yellowbus.connectors.base import Code
from yellowbus.connectors.qmlativ.context import Context
from yellowbus.connectors.qmlativ.loading import Cells
from yellowbus.connectors.qmlativ.server import Question, Server
from yellowbus.errors import NeedsAdmin


def all_codes(server: Server, context: Context) -> Iterator[Code]:
    """Every code set of the profile that may be read. Codes, never ids: ids of a year are new in the next one."""
    for name, (value, label) in server.profile.code_sets.items():
        try:
            yield from _codes(server, context, name, (value, label))
        except NeedsAdmin as error:
            if error.code not in {"qmlativ-object", "qmlativ-fields"}:
                raise


def _codes(server: Server, context: Context, name: str, pair: tuple[str, str]) -> Iterator[Code]:
    table = server.profile.tables[name]
    columns = tuple(dict.fromkeys((table.key, *pair, *table.only)))
    question = Question(table, columns, context.entity, context.named)
    cells, seen = Cells(server, question), set()
    rows = (cells.of(row) for page in server.pages(question) for row in page)
    for row in filter(cells.counts, rows):
        code, words = (row[columns.index(each)] for each in pair)
        if code is not None and code not in seen:
            seen.add(code)
            yield Code(name, code, words or code)
    cells.refuse_lacking()
