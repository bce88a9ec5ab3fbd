"""A tree as one version and one provider write it (oneroster dossier 1.6)."""

from datetime import UTC, date, datetime
from typing import Any

from yellowbus.simulators.oneroster.documents import Ref, Tree
from yellowbus.simulators.oneroster.options import Href, Options

PLURALS = {
    "org": "orgs",
    "academicSession": "academicSessions",
    "course": "courses",
    "class": "classes",
    "enrollment": "enrollments",
    "user": "users",
    "demographics": "demographics",
}
BASES = {"1.1": "/ims/oneroster/v1p1", "1.2": "/ims/oneroster/rostering/v1p2"}
COMMON = "sourcedId status dateLastModified metadata"
# 1.6: what each class has in either version; the rest of a tree belongs to neither.
USER = "username userIds enabledUser givenName familyName middleName identifier email sms phone agents grades password"
FIELDS = {
    "org": "name type identifier parent children",
    "academicSession": "title startDate endDate type parent children schoolYear",
    "course": "title schoolYear courseCode grades subjects org subjectCodes",
    "class": "title classCode classType location grades subjects course school terms subjectCodes periods",
    "enrollment": "user class school role primary beginDate endDate",
    "demographics": "birthDate sex americanIndianOrAlaskaNative asian blackOrAfricanAmerican "
    "nativeHawaiianOrOtherPacificIslander white demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity "
    "countryOfBirthCode stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus",
}
USER_FIELDS = {
    "1.1": f"{USER} role orgs",
    "1.2": f"{USER} roles primaryOrg preferredFirstName preferredMiddleName preferredLastName pronouns "
    "userMasterIdentifier userProfiles resources",
}
SEXES_OF_1P1 = ("male", "female")


def fields_of(kind: str, version: str) -> frozenset[str]:
    """The names of a class's fields in a version."""
    own = USER_FIELDS[version] if kind == "user" else FIELDS[kind]
    return frozenset(f"{COMMON} {own}".split())


def for_version(tree: Tree, kind: str, version: str) -> Tree:
    """The fields that the version has. In 1.2 a user has roles, in 1.1 a role and orgs; 1.1 knows two sexes."""
    if kind == "user" and version == "1.2":
        roles = [
            {"roleType": "secondary" if place else "primary", "role": tree["role"], "org": org}
            for place, org in enumerate(tree["orgs"])
        ]
        tree = {**tree, "roles": roles, "primaryOrg": tree["orgs"][0] if tree["orgs"] else None}
    if version == "1.1" and tree.get("sex", "male") not in SEXES_OF_1P1:
        tree = {**tree, "sex": None}
    known = fields_of(kind, version)
    return {name: value for name, value in tree.items() if name in known}


def on_the_wire(tree: Tree, options: Options, version: str, base_url: str) -> Tree:
    """What JSON is made of. The strict form leaves out what nobody filled."""
    form = _Form(options, f"{options.root}{BASES[version]}", base_url)
    shown = {_name(name, options): form.value(value) for name, value in tree.items()}
    if options.nulls_and_blanks:
        return shown
    return {name: value for name, value in shown.items() if value not in (None, "", [])}


def _name(name: str, options: Options) -> str:
    return options.agents_field if name == "agents" else name


class _Form:
    def __init__(self, options: Options, base: str, base_url: str) -> None:
        self.options = options
        starts = {Href.ABSOLUTE: base_url + base, Href.RELATIVE: "", Href.TILDE: f"~{BASES['1.1']}"}
        self.start = starts[options.href]

    def value(self, value: Any) -> Any:
        if isinstance(value, Ref):
            return self._ref(value)
        if isinstance(value, bool):
            return value if self.options.real_booleans else "true" if value else "false"
        if isinstance(value, datetime):
            return time_text(value, milliseconds=self.options.milliseconds)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, list):
            return [self.value(item) for item in value]
        return {key: self.value(item) for key, item in value.items()} if isinstance(value, dict) else value

    def _ref(self, ref: Ref) -> Tree:
        return {"href": f"{self.start}/{PLURALS[ref.type]}/{ref.id}", "sourcedId": ref.id, "type": ref.type}


def time_text(moment: datetime, *, milliseconds: bool) -> str:
    """UTC with milliseconds and Z."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds" if milliseconds else "seconds")
    return text.removesuffix("+00:00") + "Z"
