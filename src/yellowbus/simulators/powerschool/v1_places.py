"""District, schools and terms as /ws/v1 shows them (powerschool dossier 8): trees before typing."""

from collections.abc import Callable, Sequence
from typing import Any

from yellowbus.simulators.district import District, School, Term, names
from yellowbus.simulators.powerschool.codes import ETHNICITIES
from yellowbus.simulators.powerschool.query import Kind
from yellowbus.simulators.powerschool.v1_students import FULL_TIME, PART_TIME, Tree

DISTRICTS_OF_RESIDENCE = (("100", "This district"), ("205", "Cedar Bend"))
SCHOOL_EXPANSIONS: dict[str, Callable[[School], Any]] = {
    "school_boundary": lambda _: {},
    "full_time_equivalencies": lambda _: {"full_time_equivalency": [FULL_TIME, PART_TIME]},
    "school_fees_setup": lambda _: {},
}
TERM_SEARCH: dict[str, tuple[Kind, Callable[[Term], str]]] = {
    "id": (Kind.NUMBER, lambda t: str(t.dcid)),
    "start_year": (Kind.NUMBER, lambda t: str(t.start_year)),
    "portion": (Kind.NUMBER, lambda t: str(t.portion)),
    "name": (Kind.TEXT, lambda t: t.name),
    "abbreviation": (Kind.TEXT, lambda t: t.abbreviation),
    "start_date": (Kind.DATE, lambda t: t.first_day.isoformat()),
    "end_date": (Kind.DATE, lambda t: t.last_day.isoformat()),
}


def _codes(name: str, rows: Sequence[tuple[str, str]]) -> Tree:
    return {
        name: [
            {"id": place, "code": code, "description": description, "sort_order": place}
            for place, (code, description) in enumerate(rows, 1)
        ]
    }


def _races() -> Tree:
    return {
        "district_race_code": [
            {
                "id": place,
                "code": code,
                "description": description,
                "federal_race_category_code": code,
                "federal_race_category_description": category,
            }
            for place, (code, description, category) in enumerate(names.RACES, 1)
        ]
    }


def _ethnicities() -> Tree:
    items = [{"id": place, "code": c, "description": d} for place, (c, d) in enumerate(ETHNICITIES, 1)]
    return {"scheduling_reporting_ethnicity": items}


DISTRICT_EXPANSIONS: dict[str, Callable[[], Tree]] = {
    "districts_of_residence": lambda: _codes("district_of_residence", DISTRICTS_OF_RESIDENCE),
    "district_race_codes": _races,
    "entry_codes": lambda: _codes("entry_code", names.ENTRY_CODES),
    "exit_codes": lambda: _codes("exit_code", names.EXIT_CODES),
    "ethnicity_race_decline_to_specify": dict,
    "federal_race_categories": lambda: _codes(
        "federal_race_category", [(code, name) for code, _, name in names.RACES]
    ),
    "fees_payment_methods": dict,
    "scheduling_reporting_ethnicities": _ethnicities,
    "test_setup": dict,
}


def district_tree(district: District, expansions: Sequence[str], uuid: str) -> Tree:
    return {
        "@expansions": ", ".join(DISTRICT_EXPANSIONS),
        "uuid": uuid,
        "name": district.name,
        "district_number": "0042",
        "addresses": {
            "physical": {
                "street": "1 Saguaro Plaza",
                "city": names.CITIES[0][0],
                "state_province": district.state,
                "postal_code": names.CITIES[0][1],
            }
        },
        "phones": {"main": {"number": "480-555-0100"}, "fax": {"number": "480-555-0101"}},
        **{name: DISTRICT_EXPANSIONS[name]() for name in expansions},
    }


def school_attributes() -> Tree:
    return {"@expansions": ", ".join(SCHOOL_EXPANSIONS)}


def school_tree(school: School, expansions: Sequence[str]) -> Tree:
    address = school.address
    return {
        "id": school.dcid,
        "name": school.name,
        "school_number": school.number,
        "state_province_id": school.state_id,
        "low_grade": school.low_grade,
        "high_grade": school.high_grade,
        "alternate_school_number": 0,
        "addresses": {
            "physical": {
                "street": address.street,
                "city": address.city,
                "state_province": address.state,
                "postal_code": address.postal_code,
            }
        },
        "phones": {"main": {"number": school.phone}, "fax": {"number": school.fax}},
        "principal": {
            "email": school.principal_email,
            "name": {"first_name": school.principal_first, "last_name": school.principal_last},
        },
        **{name: SCHOOL_EXPANSIONS[name](school) for name in expansions},
    }


def term_tree(term: Term) -> Tree:
    """`school_id` is the school's DCID; `portion` the denominator."""
    return {
        "id": term.dcid,
        "school_id": term.school_dcid,
        "start_year": term.start_year,
        "portion": term.portion,
        "start_date": term.first_day,
        "end_date": term.last_day,
        "abbreviation": term.abbreviation,
        "name": term.name,
    }


def sorted_terms(school: School) -> list[Term]:
    """By portion, then start date (6)."""
    return sorted(school.terms, key=lambda term: (term.portion, term.first_day, term.dcid))


def metadata(
    district: District, *, version: str, plugin_id: int, page_sizes: dict[str, int], uuid: str
) -> Tree:
    """Plain JSON, not typed: truth values are text here (8)."""
    return {
        "metadata": {
            "powerschool_version": version,
            "plugin_id": plugin_id,
            "state": district.state,
            "district_timezone": district.timezone,
            "district_uuid": uuid,
            **{f"{resource}_max_page_size": size for resource, size in page_sizes.items()},
            "sso_enabled_admin": "false",
        }
    }
