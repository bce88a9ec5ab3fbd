"""Which district and which school year a read is about (qmlativ dossier 6.1, 8.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yellowbus.connectors.base import text
from yellowbus.connectors.qmlativ.server import Question, Server
from yellowbus.errors import NeedsAdmin


@dataclass(frozen=True, slots=True)
class Context:
    """`year` is the starting year; `named` are the values of the profile's @names."""

    entity: str
    district: str
    year: int
    named: Mapping[str, str]

    @property
    def years(self) -> str:
        return f"{self.year}-{self.year + 1}"


def context_of(server: Server, entity: str, year: int) -> Context:
    """The district of `entity`, and the id of the school year that starts in `year` (0 is Qmlativ's current one).

    Ids of school years are never stored: they are looked up by their number each time.
    """
    district = district_of(server, entity)
    known = {"@district": text(district.get("DistrictID")) or "", "@entity": entity}
    known["@today"] = date.today().isoformat()  # noqa: DTZ011 - the day of the machine, as people see it
    current = district.get("SchoolYearCurrent")
    current = current if isinstance(current, dict) else {}
    if not year:
        year = server.profile.starting_year(_whole(current.get("NumericYear")))
    ids = _year_ids(server, entity, known)
    found, following = (ids.get(server.profile.numeric_year(each)) for each in (year, year + 1))
    if found is None:
        raise NeedsAdmin("qmlativ-year", year=f"{year}-{year + 1}", known=_known(server, ids))
    return Context(
        entity,
        known["@district"],
        year,
        known | {"@school_year": found, "@next_school_year": following or ""},
    )


def district_of(server: Server, entity: str) -> Mapping[str, Any]:
    """The district whose entity this is; the only one where `entity` is that of the whole system."""
    told = server.system.get("Districts")
    districts = [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
    own = [each for each in districts if text(each.get("EntityID")) == entity]
    if own or len(districts) == 1:
        return (own or districts)[0]
    known = ", ".join(f"{text(each.get('EntityID'))} ({text(each.get('Name'))})" for each in districts)
    raise NeedsAdmin("qmlativ-entity", entity=entity, known=known or "none")


def _year_ids(server: Server, entity: str, named: Mapping[str, str]) -> Mapping[int, str]:
    table = server.profile.tables["school_year"]
    question = Question(table, (table.key, "NumericYear"), entity, named)
    key, numeric = (table.columns[name].sent for name in question.columns)
    rows = [row for page in server.pages(question) for row in page]
    return {_whole(row.get(numeric)): text(row.get(key)) or "" for row in rows}


def _known(server: Server, ids: Mapping[int, str]) -> str:
    starts = sorted(server.profile.starting_year(numeric) for numeric in ids)
    return ", ".join(f"{start}-{start + 1}" for start in starts) or "none"


def _whole(value: object) -> int:
    told = text(value) or ""
    return int(told) if told.isdigit() else 0
