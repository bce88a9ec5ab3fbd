"""Which contact data a plugin may write: the columns of its access request (powerschool dossier 1.2, 3.4).

That ViewOnly does not do for writing is documented, what happens then is not: here a row without any
FullAccess is refused (403), and so is making or deleting one whose needed columns are not granted; any other
column is dropped without a word, or refused by a switch.
"""

from collections.abc import Iterable

from yellowbus.simulators.powerschool.columns import TABLES
from yellowbus.simulators.powerschool.contact_fields import Key, Shape
from yellowbus.simulators.powerschool.plugin_xml import Access
from yellowbus.simulators.powerschool.state import Call
from yellowbus.simulators.powerschool.tables import no_access


def may(call: Call, column: str) -> bool:
    """Does the plugin hold FullAccess to this column, such as person.lastname?"""
    table, _, name = column.partition(".")
    return call.plugin.granted.get((table, name)) is Access.FULL_ACCESS


def check_whole(call: Call, *shapes: Shape, more: Iterable[str] = ()) -> None:
    """May rows of these kinds be made or deleted? 403 names the columns that lack FullAccess."""
    needed = [key.column for shape in shapes for key in shape.keys if key.needed]
    columns = [*needed, *more]
    _refuse([column for column in columns if not may(call, column)])


def check_any(call: Call, shape: Shape) -> None:
    """May anything of such a row be changed?"""
    columns = [key.column for key in shape.keys]
    if not any(may(call, column) for column in columns):
        _refuse(columns)


def usable(call: Call, shape: Shape, sent: Iterable[str]) -> tuple[Key, ...]:
    """The keys of the row that this plugin may write; with the switch, 403 if it sent another."""
    if call.options.ungranted_refused:
        names = set(sent)
        _refuse([key.column for key in shape.keys if key.name in names and not may(call, key.column)])
    return tuple(key for key in shape.keys if may(call, key.column))


def _refuse(lacking: list[str]) -> None:
    if lacking:
        raise no_access([_canonical(column) for column in lacking])


def _canonical(column: str) -> tuple[str, str]:
    table, _, name = column.partition(".")
    return TABLES[table].name, TABLES[table].columns[name].name
