"""Which rows changed since: GET /ws/dataversion (powerschool dossier 12.1)."""

from yellowbus.simulators.exchange import Reply, as_json
from yellowbus.simulators.powerschool.columns import TABLES
from yellowbus.simulators.powerschool.state import Call
from yellowbus.simulators.powerschool.tables import error


def changes(call: Call) -> Reply:
    """The subscription says which tables; an application that has none gets 400. How one is made is not
    public, so a switch holds them.
    """
    names = call.options.subscriptions.get(call.path["application"])
    since = call.path["version"]
    if names is None:
        raise error(400, f"Unknown application {call.path['application']}")
    if not since.isdigit():
        raise error(400, f"Invalid version {since}")
    seen = call.sis.seen
    tables = [TABLES[name.lower()] for name in names]
    found = {table.name.lower(): seen.changed(table, call.sis.rows.of(table), int(since)) for table in tables}
    shown = {name: ids for name, ids in found.items() if ids}
    return as_json({"$dataversion": str(seen.version), "tables": shown})
