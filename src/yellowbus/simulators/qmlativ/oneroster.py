"""OneRoster 1.1 and 1.2 over the same data, as Qmlativ shows them (qmlativ dossier 7)."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from yellowbus.simulators.district import Contact
from yellowbus.simulators.district.calendar import first_day, last_day
from yellowbus.simulators.district.families import GUARDIANS
from yellowbus.simulators.exchange import Reply, as_json
from yellowbus.simulators.oneroster.filters import BadFilterError, parse
from yellowbus.simulators.qmlativ import keys
from yellowbus.simulators.qmlativ.codes import GENDERS, grade_of
from yellowbus.simulators.qmlativ.rows import Pupil
from yellowbus.simulators.qmlativ.state import Call
from yellowbus.simulators.qmlativ.world import World
from yellowbus.simulators.qmlativ.years import described, numeric

Tree: TypeAlias = dict[str, Any]
ROOT = "/ims/oneroster"
ADDRESS = re.compile(re.escape(ROOT) + r"/(v1p[12])/(\w+)(?:/([^/]+))?/?", re.IGNORECASE)
OLD, NEW = "v1p1", "v1p2"
MODIFIED = "2026-07-01T08:00:00.000Z"
DEFAULT_LIMIT = 100
SCOPE = "https://purl.imsglobal.org/spec/or/{version}/scope/{name}.readonly"
RACES = {
    "AI": "americanIndianOrAlaskaNative",
    "5": "asian",
    "BL": "blackOrAfricanAmerican",
    "06": "nativeHawaiianOrOtherPacificIslander",
    "WH": "white",
}


def pattern(path: str) -> str:
    """The address without an id."""
    found = ADDRESS.fullmatch(path)
    if found is None:
        return f"{ROOT}/(unknown)"
    return f"{ROOT}/{found[1].lower()}/{found[2]}" + ("/{id}" if found[3] else "")


def respond(call: Call) -> Reply:
    """A collection, or one of it by its sourcedId."""
    found = ADDRESS.fullmatch(call.path["path"])
    version = found[1].lower() if found else ""
    collection = COLLECTIONS[version].get(found[2]) if found else None
    if found is None or collection is None or call.request.method != "GET":
        return as_json({"imsx_codeMajor": "failure", "imsx_description": "There is no such resource"}, 404)
    name = found[2]
    _check_scope(call, version, name)
    trees = collection(call.world, version)
    if found[3]:
        return _one(trees, found[3], name)
    return as_json({name: _page(call, trees)})


def _check_scope(call: Call, version: str, name: str) -> None:
    wanted = "roster-demographics" if name == "demographics" else "roster"
    scope = SCOPE.format(version=version, name=wanted)
    if call.options.oneroster_scopes and scope not in call.bearer.scopes:
        raise call.refuse(403, "The token lacks the scope for this resource")


def _one(trees: Sequence[Tree], sourced_id: str, name: str) -> Reply:
    found = [tree for tree in trees if tree["sourcedId"] == sourced_id]
    if not found:
        return as_json({"imsx_codeMajor": "failure", "imsx_description": "Not found"}, 404)
    return as_json({name.removesuffix("s"): found[0]})


def _page(call: Call, trees: Sequence[Tree]) -> Sequence[Tree]:
    if text := call.query.get("filter"):
        try:
            wanted = parse(text)
        except BadFilterError as problem:
            raise call.refuse(400, str(problem)) from problem
        trees = [tree for tree in trees if wanted.holds(tree)]
    limit, offset = (
        _number(call, name, default) for name, default in (("limit", DEFAULT_LIMIT), ("offset", 0))
    )
    return trees[offset : offset + limit]


def _number(call: Call, name: str, default: int) -> int:
    text = call.query.get(name, "")
    if text and not text.isdigit():
        raise call.refuse(400, f"{name} must be a number")
    return int(text) if text else default


# --- the things themselves ---


def _base(sourced_id: str, *, active: bool = True) -> Tree:
    status = "active" if active else "tobedeleted"
    return {"sourcedId": sourced_id, "status": status, "dateLastModified": MODIFIED}


def _ref(kind: str, sourced_id: str) -> Tree:
    return {"sourcedId": sourced_id, "type": kind}


def _orgs(world: World, _version: str) -> list[Tree]:
    district = f"Entity_{keys.DISTRICT_ENTITY}"
    return [
        _base(f"Entity_{entity.id}")
        | {"name": entity.name, "identifier": entity.code, "type": "school" if entity.school else "district"}
        | ({"parent": _ref("org", district)} if entity.school else {})
        for entity in world.entities
        if entity.id != keys.SYSTEM_ENTITY
    ]


def _schools(world: World, version: str) -> list[Tree]:
    return [tree for tree in _orgs(world, version) if tree["type"] == "school"]


def _sessions(world: World, _version: str) -> list[Tree]:
    years = world.years
    return [
        _base(f"SchoolYear_{years.id(year)}")
        | {
            "title": described(year),
            "type": "schoolYear",
            "schoolYear": str(numeric(year)),
            "startDate": first_day(year).isoformat(),
            "endDate": last_day(year).isoformat(),
        }
        for year in range(years.first, years.latest + 1)
    ]


def _students(world: World, version: str) -> list[Tree]:
    return [_student(pupil, version) for pupil in world.enrollments.pupils]


def _student(pupil: Pupil, version: str) -> Tree:
    student, guardians = pupil.student, [tie for tie in pupil.student.ties if tie.relationship in GUARDIANS]
    tree = _base(f"Student_{keys.student(student)}", active=pupil.active) | {
        "username": student.username,
        "givenName": student.first,
        "middleName": student.middle,
        "familyName": student.last,
        "identifier": student.number,
        "email": student.email or None,
        "grades": [grade_of(student.grade).code],
        "agents": [_ref("user", f"Guardian_{tie.contact.id}") for tie in guardians],
    }
    if version == NEW:
        tree |= {"preferredFirstName": student.preferred or None, "userMasterIdentifier": student.state_id}
    return tree | _placed("student", f"Entity_{pupil.entity_id}", version)


def _placed(role: str, org: str, version: str) -> Tree:
    """1.1 has one role and a list of orgs; 1.2 a list of roles and a primary org."""
    if version == OLD:
        return {"role": role, "orgs": [_ref("org", org)]}
    roles = [{"roleType": "primary", "role": role, "org": _ref("org", org)}]
    return {"roles": roles, "primaryOrg": _ref("org", org), "userProfiles": []}


def _users(world: World, version: str) -> list[Tree]:
    return [*_students(world, version), *_guardians(world, version)]


def _guardians(world: World, version: str) -> list[Tree]:
    found: dict[int, Tree] = {}
    for guardian in world.kin.guardians:
        person = guardian.tie.contact
        tree = found.setdefault(person.id, _guardian(person, version))
        tree["agents"].append(_ref("user", f"Student_{keys.student(guardian.student)}"))
    return [found[key] for key in sorted(found)]


def _guardian(person: Contact, version: str) -> Tree:
    return (
        _base(f"Guardian_{person.id}")
        | {"givenName": person.first, "familyName": person.last, "agents": []}
        | {"email": person.emails[0].address if person.emails else None}
        | _placed("guardian", f"Entity_{keys.DISTRICT_ENTITY}", version)
    )


def _demographics(world: World, version: str) -> list[Tree]:
    return [
        _base(f"Student_{keys.student(pupil.student)}", active=pupil.active)
        | {"birthDate": pupil.student.birth.isoformat(), "sex": GENDERS[pupil.student.gender].lower()}
        | {name: _flag(code in pupil.student.races, version) for code, name in RACES.items()}
        | {"hispanicOrLatinoEthnicity": _flag(pupil.student.hispanic, version)}
        for pupil in world.enrollments.pupils
    ]


def _flag(is_so: bool, version: str) -> bool | str:  # noqa: FBT001  a value, not a mode
    """1.1 writes them as text, 1.2 as what they are."""
    return is_so if version == NEW else str(is_so).lower()


def _nothing(_world: World, _version: str) -> list[Tree]:
    """Scheduling and grades are no part of the invented district."""
    return []


Collection: TypeAlias = Callable[[World, str], list[Tree]]
BOTH: Mapping[str, Collection] = {
    "academicSessions": _sessions,
    "demographics": _demographics,
    "orgs": _orgs,
    "users": _users,
    **dict.fromkeys(
        ("classes", "courses", "enrollments", "resources", "categories", "lineItems", "results"), _nothing
    ),
}
COLLECTIONS: Mapping[str, Mapping[str, Collection]] = {
    "": {},
    OLD: {**BOTH, "schools": _schools, "students": _students},
    NEW: {**BOTH, "scoreScales": _nothing},
}
