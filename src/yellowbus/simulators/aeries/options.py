"""Where sources disagree or nothing is known, a switch (the dossier's section stands beside each)."""

from dataclasses import dataclass, field
from enum import Enum

from yellowbus.simulators.oneroster.options import AgentSide, Href, Login
from yellowbus.simulators.oneroster.options import Options as RosterOptions


class ByIdScope(Enum):
    ALL = "all"
    SCHOOL = "school"


class WrongRoot(Enum):
    """What one hears who asks below another root than the server's (1)."""

    NOT_FOUND = "not-found"
    LOGIN_PAGE = "login-page"


def roster_options(root: str = "/aeries") -> RosterOptions:
    """Aeries' own OneRoster service (14): 1.1 only, OAuth 2 only, its marks and habits."""
    return RosterOptions(
        root=root,
        versions=("1.1",),
        token_path="/token",  # noqa: S106  an address, not a password
        logins=(Login.OAUTH2,),
        token_lifetime=21_600,
        default_limit=None,
        nulls_and_blanks=True,
        href=Href.TILDE,
        agents=AgentSide.GUARDIAN,
        singles_by_path=True,
        only_with_class=True,
        this_year_only=True,
        absent=("/schools/{schools}/courses", "/terms/{terms}/gradingPeriods"),
    )


@dataclass(frozen=True, slots=True)
class Options:
    """How this one server behaves. The defaults are the dossier's best knowledge."""

    root: str = "/aeries"
    """1: the application's root: /aeries, /admin, or nothing."""
    wrong_root: WrongRoot = WrongRoot.NOT_FOUND
    """1: a wrong root gives 404 or the login page with 200."""
    student_by_id_scope: ByIdScope = ByIdScope.ALL
    """12.1: a student asked for by id is given in all schools, or in the named one only."""
    school_as_array: bool = False
    """12.1: GET /schools/{code} gives an array of one."""
    missing_right: int = 401
    """12.1: the status where the certificate lacks an area: 401 (vendor) or 403."""
    older_build: bool = False
    """12.1: AtRiskPoints as text instead of EarlyWarningPoints, CorrespondanceLanguageCode in contacts."""
    several_records: bool = True
    """4: some students have records in two schools: moved within the year, or pre-enrolled for the next."""
    earlier_years: int = 1
    """13: databases beside the current one."""
    enrollment_seconds: float = 0
    """5: what Enrollment History takes without a year."""
    sticky_cookies: bool = False
    """14.2: the OneRoster service answers only who brings the cookies of the token reply."""
    oneroster: RosterOptions = field(default_factory=roster_options)
    """14, 15: the switches of the OneRoster service."""
