"""The native API: versions, certificate, areas, routes (aeries dossier 1, 2, 5)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from yellowbus.simulators.aeries import reads
from yellowbus.simulators.aeries.answers import as_reply, refusal
from yellowbus.simulators.aeries.reads import Answer
from yellowbus.simulators.aeries.security import CONTACTS, STUDENT_DATA
from yellowbus.simulators.aeries.state import Call, State
from yellowbus.simulators.exchange import RefusedError, Reply, Request
from yellowbus.simulators.faults import FaultKind
from yellowbus.simulators.paths import parts_of

VERSIONED = re.compile(r"/api/v([1-5])(/.*)", re.IGNORECASE)
NO_CERTIFICATE, NO_AREA = "(no certificate)", "(no area)"


@dataclass(frozen=True, slots=True)
class Route:
    """`area` is what the certificate must be able to read; `name` the object's in XML."""

    pattern: str
    area: str
    name: str
    answer: Answer


STUDENT = "/schools/{school}/students"
SUPPLEMENTAL = "/schools/{school}/SchoolSupplemental"
DISTRICT_SUPPLEMENTAL = "/schools/{school}/DistrictSupplemental"
CHANGES = "/StudentDataChanges/{area}/{year}/{month}/{day}/{hour}/{minute}"
# The first that fits answers.
ROUTES = (
    Route("/systeminfo", NO_CERTIFICATE, "SystemInfo", reads.system_info),
    Route("/schools", NO_AREA, "School", reads.all_schools),
    Route("/schools/{school}", NO_AREA, "School", reads.one_school),
    Route("/schools/{school}/terms", NO_AREA, "Term", reads.terms),
    Route("/schools/{school}/calendar", "Calendar", "CalendarDay", reads.calendar),
    Route("/codes/{table}/{field}", NO_AREA, "Code", reads.code_rows),
    Route(STUDENT, STUDENT_DATA, "Student", reads.students_by(reads.IN_SCHOOL)),
    Route(f"{STUDENT}/{{student}}", STUDENT_DATA, "Student", reads.students_by(reads.BY_ID)),
    Route(f"{STUDENT}/grade/{{grade}}", STUDENT_DATA, "Student", reads.students_by(reads.BY_GRADE)),
    Route(f"{STUDENT}/sn/{{number}}", STUDENT_DATA, "Student", reads.students_by(reads.BY_NUMBER)),
    Route(f"{STUDENT}/{{student}}/extended", STUDENT_DATA, "StudentExtended", reads.extended_by(reads.BY_ID)),
    Route(
        f"{STUDENT}/grade/{{grade}}/extended",
        STUDENT_DATA,
        "StudentExtended",
        reads.extended_by(reads.BY_GRADE),
    ),
    Route(
        f"{STUDENT}/sn/{{number}}/extended",
        STUDENT_DATA,
        "StudentExtended",
        reads.extended_by(reads.BY_NUMBER),
    ),
    Route("/schools/{school}/contacts", CONTACTS, "Contact", reads.contacts),
    Route("/schools/{school}/contacts/{student}", CONTACTS, "Contact", reads.contacts),
    Route(f"{STUDENT}/{{student}}/programs", "Student Programs", "Program", reads.programs),
    Route("/enrollment/{student}", "Enrollment History", "Enrollment", reads.enrollment),
    Route("/enrollment/{student}/year/{year}", "Enrollment History", "Enrollment", reads.enrollment),
    Route("/schools/{school}/enrollment/{student}", "Enrollment History", "Enrollment", reads.enrollment),
    Route(
        "/schools/{school}/enrollment/{student}/year/{year}",
        "Enrollment History",
        "Enrollment",
        reads.enrollment,
    ),
    Route(SUPPLEMENTAL, "Supplemental Data", "Supplemental", reads.supplemental),
    Route(f"{SUPPLEMENTAL}/{{student}}", "Supplemental Data", "Supplemental", reads.supplemental),
    Route(DISTRICT_SUPPLEMENTAL, "District Supplemental Data", "Supplemental", reads.district_supplemental),
    Route(
        f"{DISTRICT_SUPPLEMENTAL}/{{student}}",
        "District Supplemental Data",
        "Supplemental",
        reads.district_supplemental,
    ),
    # 5: which area other changes ask for is not known.
    Route(CHANGES, STUDENT_DATA, "StudentDataChange", reads.data_changes),
)


def version_and_path(sis: State, path: str) -> tuple[int, str] | None:
    """Below the root, in any case; None for what is not the native API."""
    root = sis.options.root
    if path[: len(root)].lower() != root.lower():
        return None
    found = VERSIONED.fullmatch(path[len(root) :])
    return (int(found[1]), found[2]) if found else None


def route_of(path: str) -> tuple[Route, Mapping[str, str]] | None:
    for route in ROUTES:
        parts = parts_of(path, route.pattern, any_case=True)
        if parts is not None:
            return route, parts
    return None


def answer(sis: State, request: Request) -> Reply:
    found = version_and_path(sis, request.path)
    try:
        return _answered(sis, request, *found) if found else Reply(404)
    except RefusedError as refused:
        return refused.reply


def _answered(sis: State, request: Request, version: int, path: str) -> Reply:
    query = {name.lower(): value for name, value in request.query.items()}
    found = route_of(path) if request.method == "GET" else None
    _check(sis, request, query, found[0].area if found else NO_AREA)
    if found is None:
        raise refusal(request, 404, "No HTTP resource was found that matches the request.")
    route, parts = found
    with sis.district.lock:
        call = Call(sis, request, parts, query, sis.databases.of(query.get("databaseyear", "")))
    return as_reply(request, _made(route, call), route.name, version=version)


def _made(route: Route, call: Call) -> object:
    if route.answer is reads.enrollment:
        # It may take long, and nobody else should wait for it.
        return route.answer(call)
    with call.sis.district.lock:
        return route.answer(call)


def _check(sis: State, request: Request, query: Mapping[str, str], area: str) -> None:
    """The certificate, by header or query (2), and its right to read the area."""
    certificate = request.headers.get("aeries-cert", "") or query.get("cert", "")
    if FaultKind.ECHOED_SECRET.value in request.faults:
        raise refusal(request, 401, f"The certificate {certificate} is not valid.")
    if area == NO_CERTIFICATE:
        return
    product = sis.products.by_certificate(certificate)
    if product is None:
        raise refusal(request, 401, "Invalid Certificate")
    if area != NO_AREA and not product.may(area):
        raise refusal(request, sis.options.missing_right, f"Access to {area} is denied.")
