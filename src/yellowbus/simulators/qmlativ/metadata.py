"""What the instance says of itself: system metadata, modules, the catalogue of an object (qmlativ dossier 6.1,
6.2).
"""

from datetime import date
from typing import Any

from yellowbus.simulators.exchange import Reply, as_json
from yellowbus.simulators.qmlativ import keys
from yellowbus.simulators.qmlativ.objects import Field, Writing
from yellowbus.simulators.qmlativ.options import Markers
from yellowbus.simulators.qmlativ.state import Call
from yellowbus.simulators.qmlativ.tables import MODULES, TABLES, markers
from yellowbus.simulators.qmlativ.years import described, numeric

FIRST_FISCAL_ID = 5


def system(call: Call) -> Reply:
    """GetSystemMetadata: no object permission is needed."""
    root, district, now = call.path["root"], call.sis.district, call.sis.years.district_current
    shown = {
        "DistrictID": keys.DISTRICT_ID,
        "EntityID": keys.DISTRICT_ENTITY,
        "Code": "100",
        "Name": district.name,
        "href": f"/{root}/{keys.DISTRICT_ENTITY}",
        "SchoolYearCurrent": {
            "SchoolYearID": call.sis.years.id(now),
            "NumericYear": numeric(now),
            "Description": described(now),
        },
        "FiscalYearCurrent": _fiscal(call, now),
        "FiscalYearOldestOpen": _fiscal(call, now - 1),
    }
    whole = {
        "EntityID": keys.SYSTEM_ENTITY,
        "Code": "SYS",
        "Name": f"{district.name} System",
        "href": f"/{root}/{keys.SYSTEM_ENTITY}",
        "Districts": [shown],
    }
    return as_json({"System": whole})


def _fiscal(call: Call, year: int) -> dict[str, Any]:
    return {
        "FiscalYearID": FIRST_FISCAL_ID + year - call.sis.years.first,
        "NumericYear": numeric(year),
        "Description": f"FY{numeric(year) % 100:02d}",
        "StartDate": date(year, 7, 1).isoformat(),
        "EndDate": date(year + 1, 6, 30).isoformat(),
    }


def module(call: Call) -> Reply:
    """The objects of a module, each with its path."""
    entity, name = call.entity(), MODULES.get(call.path["module"].lower())
    if name is None:
        raise call.refuse(404, f"Module {call.path['module']} does not exist")
    root = call.path["root"]
    found = [table for table in TABLES.values() if table.module == name and call.may_see(table)]
    return as_json({table.name: {"href": f"/{root}/{entity}/{table.path}"} for table in found})


def catalogue(call: Call) -> Reply:
    """The granted fields of an object, and the two pseudo-fields that nobody may ask for."""
    table = call.table()
    call.entity()
    fields = [found for found in table.fields.values() if call.may_read(table, found.name)]
    shown: dict[str, Any] = {found.name: _marked(found, call.options.markers) for found in fields}
    shown["Relationships"] = {
        relation.name: {"Object": relation.target, "ForeignKey": relation.foreign_key}
        for relation in table.relations.values()
    }
    shown["ValidationRules"] = [
        f"{found.name} is required" for found in fields if found.writing is Writing.REQUIRED
    ]
    return as_json(shown)


def _marked(found: Field, shape: Markers) -> Any:
    words = markers(found)
    if shape is Markers.LIST:
        return list(words)
    if shape is Markers.TEXT:
        return ", ".join(words)
    return {word: word in words for word in ("PrimaryKey", "ReadOnly", "Required")}
