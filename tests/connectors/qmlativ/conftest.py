"""A small Qmlativ for one test at a time: answers in the shapes of the dossier, with invented values."""

import base64
import json
import threading
from collections import Counter
from urllib.parse import parse_qs, parse_qsl

import httpx2
import pytest

from yellowbus.connectors.base import ReadFilter
from yellowbus.connectors.qmlativ import connector
from yellowbus.protocols.net import Door, Timing

HOST = "skyward.example.org"
BASE = "/MapleMNStuAPI"
KEY, SECRET = "key:with/reserved", "s3cret+canary"
DENIED = {"Message": "Access is denied."}

FIELDS = ["StudentID", "StudentNumber", "NameID"]


class Still:
    """A clock that moves only when someone sleeps."""

    def __init__(self):
        self.time = 1_000.0

    def sleep(self, seconds):
        self.time += seconds

    def timing(self):
        return Timing(clock=lambda: self.time, now=lambda: self.time, sleep=self.sleep, jitter=lambda: 0.5)


def district():
    """Two school years with different ids for the tables of a year, two schools, three invented students."""
    rows = {
        "District/SchoolYear": [
            {"SchoolYearID": 14, "NumericYear": 2026, "Description": "2025-2026"},
            {"SchoolYearID": 15, "NumericYear": 2027, "Description": "2026-2027"},
        ],
        "District/Entity": [
            {"EntityID": 2, "Code": "DIST", "Name": "Maple Valley SD", "DistrictID": 1},
            {"EntityID": 10, "Code": "100", "Name": "Elm Entity", "DistrictID": 1},
        ],
        "Demographics/PhoneType": [
            {"PhoneTypeID": 1, "Code": "H", "Description": "Home"},
            {"PhoneTypeID": 2, "Code": "CELL", "Description": "Cell"},
        ],
        "Demographics/Relationship": [
            {"RelationshipID": 1, "Code": "MO", "Description": "Mother"},
            {"RelationshipID": 2, "Code": "GP", "Description": "Grandparent"},
        ],
        "Enrollment/GradeLevel": [
            {"GradeLevelID": 5, "Code": "03", "Description": "Grade 3", "NumericValue": 3},
            {"GradeLevelID": 6, "Code": "04", "Description": "Grade 4", "NumericValue": 4},
        ],
        "Enrollment/StudentType": [{"StudentTypeID": 1, "Code": "R", "Description": "Regular"}],
        "SkySys/State": [{"StateID": 24, "Code": "MN", "DisplayName": "Minnesota"}],
        "Demographics/Language": [{"LanguageID": 3, "Code": "ENG", "Description": "English"}],
        "Demographics/EmailType": [],
        "Demographics/NameSuffix": [],
        "District/Building": [{"BuildingID": 1, "Code": "B1", "AddressID": 900}],
        "Enrollment/WithdrawalCode": [],
        "Family/Family": [{"FamilyID": 70, "LanguageIDHome": 3}],
    }
    for year, step in ((14, 0), (15, 1000)):
        rows.setdefault("Enrollment/School", []).extend(
            {
                "SchoolID": 30 + number + step,
                "Code": f"{number:03}",
                "Name": f"{name} School",
                "SchoolYearID": year,
                "DistrictID": 1,
                "GradeLevelIDLow": 5,
                "GradeLevelIDHigh": 6,
                "BuildingID": 1,
                "PhoneNumber": "6515550100",
                "Type": "Elementary",
                "StateAssignedID": None,
            }
            for number, name in ((1, "Elm"), (2, "Oak"))
        )
        rows.setdefault("Enrollment/EntitySchool", []).append(
            {
                "EntitySchoolID": 40 + step,
                "EntityID": 10,
                "SchoolID": 31 + step,
                "IsDefaultEntityForSchool": True,
            }
        )
        rows.setdefault("Attendance/Calendar", []).append(
            {
                "CalendarID": 50 + step,
                "Code": "REG",
                "Description": "Regular",
                "EntityID": 10,
                "SchoolYearID": year,
                "StartDate": f"{2011 + year}-09-01T00:00:00",
                "EndDate": f"{2012 + year}-06-10T00:00:00",
                "IsDefault": True,
            }
        )
        rows.setdefault("Enrollment/GradeReference", []).extend(
            {
                "GradeReferenceID": level + 60 + step,
                "GradYear": 2030,
                "GradeLevelID": level,
                "SchoolYearID": year,
            }
            for level in (5, 6)
        )
        rows.setdefault("Enrollment/EntryCode", []).append(
            {
                "EntryCodeID": 80 + step,
                "Code": "E1",
                "Description": "New to the district",
                "SchoolYearID": year,
            }
        )
    return rows


class Vendor:
    """`rows` is what it holds, by "Module/Object"; the rest are the positions of its switches."""

    def __init__(self):
        self.rows = district()
        self.lower = {}
        self.root = "Custom"
        self.styles = {"basic_post", "body_post", "basic_get"}
        self.last_page = "null"
        self.stops_after = 0
        self.not_given = set()
        self.dropped = set()
        self.needs_parameter = {}
        self.indexed_only = False
        self.search = True
        self.most = 10_000
        self.objects, self.next = "Objects", ("Paging", "Next")
        self.wrappers = {"LongSearchCondition", "StringSearchCondition"}
        self.refusal = (403, {"Message": "Access is denied."})
        self.answers = {}
        self.expire_after = None
        self.expiry = (403, {"error": "Token has expired"})
        self.asked = []
        self.tokens = []
        self.clock = Still()
        self._valid = ""
        self._served = 0
        self._lock = threading.RLock()

    # --- what it holds ---

    def add(self, path, **row):
        self.rows.setdefault(path, []).append(row)

    def student(self, number, **more):
        """An invented child of 2025-2026 in Elm School, grade 3. `number` makes all its ids."""
        name = {
            "FirstName": f"First{number}",
            "MiddleName": None,
            "LastName": f"Last{number}",
            "Gender": "Female",
        }
        self.person(8000 + number, **name, BirthDate="2017-03-04T00:00:00", **more)
        self.add(
            "Student/Student",
            StudentID=number,
            NameID=8000 + number,
            StudentNumber=str(200_000 + number),
            CalculatedStudentStateID="",
            IsCurrentActive=True,
            IsGraduated=False,
            CalculatedGrade="03",
            GradYear=2030,
            EarliestDistrictEnrollmentDate="2022-09-01T00:00:00",
            LanguageIDNative=3,
        )
        self.enroll(number)

    def person(self, name_id, **more):
        flags = dict.fromkeys(
            ("IsHispanic", "IsWhite", "IsBlack", "IsAsian", "IsAlaskan", "IsHawaiian"), False
        )
        blank = dict.fromkeys(
            ("BirthDate", "Gender", "MiddleName", "NameSuffixID", "ExternalUniqueIdentifier")
        )
        self.add("Demographics/Name", NameID=name_id, **{**blank, **flags, **more})

    def enroll(self, student, *, year=14, **more):
        step = 0 if year == 14 else 1000
        row = {
            "EntryWithdrawalID": len(self.rows.get("Enrollment/EntryWithdrawal", ())) + 1,
            "StudentID": student,
            "EntityID": 10,
            "SchoolID": 31 + step,
            "SchoolYearID": year,
            "CalendarID": 50 + step,
            "GradeReferenceID": 65 + step,
            "StudentTypeID": 1,
            "EntryCodeID": 80 + step,
            "WithdrawalCodeID": None,
            "StartDate": f"{2011 + year}-09-01T00:00:00",
            "EndDate": None,
            "IsDefaultEntity": True,
            "IsNoShow": False,
            "PercentEnrolled": 100,
        }
        self.add("Enrollment/EntryWithdrawal", **{**row, **more})

    def guardian(self, name_id, student, *, family=70, rank=1, generated=True):
        self.person(name_id, FirstName=f"Grown{name_id}", LastName="Up", Gender="Female")
        self.add(
            "Family/FamilyGuardian", FamilyGuardianID=name_id, FamilyID=family, NameID=name_id, Rank=rank
        )
        links = self.rows.setdefault("Family/StudentFamily", [])
        if not [link for link in links if (link["StudentID"], link["FamilyID"]) == (student, family)]:
            held = sum(link["StudentID"] == student for link in links)
            links.append(
                {
                    "StudentFamilyID": 500 + len(links),
                    "StudentID": student,
                    "FamilyID": family,
                    "Rank": held + 1,
                }
            )
        if generated:
            self.add(
                "Family/StudentGuardian",
                StudentGuardianID=600 + name_id,
                StudentID=student,
                NameIDGuardian=name_id,
                RelationshipID=1,
                IsCustodialGuardian=True,
                AllowStudentPickup=True,
                AllowFamilyAccess=False,
                IsEmergencyContact=False,
            )

    def emergency(self, name_id, student, *, rank=1, new=True):
        if new:
            self.person(name_id, FirstName=f"Near{name_id}", LastName="By")
        self.add(
            "Demographics/EmergencyContact",
            EmergencyContactID=700 + name_id,
            NameID=8000 + student,
            NameIDEmergencyContact=name_id,
            RelationshipID=2,
            Rank=rank,
            AllowPickUp=False,
            Comment="After six",
        )

    def phone(self, name_id, number, *, kind=1, rank=1):
        row = {
            "NamePhoneID": len(self.rows.get("Demographics/NamePhone", ())) + 1,
            "NameID": name_id,
            "Rank": rank,
        }
        self.add("Demographics/NamePhone", **row, PhoneNumber=number, PhoneTypeID=kind, Extension=None)

    def email(self, name_id, address, *, rank=1):
        row = {
            "NameEmailID": len(self.rows.get("Demographics/NameEmail", ())) + 1,
            "NameID": name_id,
            "Rank": rank,
        }
        self.add("Demographics/NameEmail", **row, EmailAddress=address, EmailTypeID=None)

    def address(self, name_id, street, *, physical=True, mailing=False):
        number = 900 + len(self.rows.get("Demographics/Address", ()))
        self.rows.setdefault("Demographics/Zip", [])[:] = [
            {"ZipID": 11, "ZipCode": "55001", "City": "Maple", "StateID": 24, "CountryCode": "USA"}
        ]
        self.add(
            "Demographics/Address",
            AddressID=number,
            StreetNumberAndName=street,
            SecondaryUnitNumber="2",
            AddressLine2=None,
            POBox=None,
            ZipID=11,
            ZipCodeWithAddon="55001",
        )
        self.add(
            "Demographics/NameAddress",
            NameAddressID=number,
            NameID=name_id,
            AddressID=number,
            IsPhysical=physical,
            IsMailing=mailing,
        )

    # --- how it is asked ---

    def open(self, **settings):
        self.door = Door(
            in_flight=2,
            per_second=1e9,
            transport=httpx2.MockTransport(self.handle),
            timing=self.clock.timing(),
        )
        told = {"api_url": f"https://{HOST}{BASE}", "key": KEY, "secret": SECRET, "entity_id": "2"}
        return connector.open({"school_year": "2025", **told, **settings}, self.door)

    def pages(self, *fields, kind="students", after="", year=0, **settings):
        wanted = ReadFilter(fields=frozenset(fields), school_year=year)
        return list(self.open(**settings).read(kind, after, wanted))

    def records(self, *fields, **options):
        return [page.decode(raw) for page in self.pages(*fields, **options) for raw in page.records]

    def lists(self):
        """How many pages of each object were asked for."""
        return Counter(
            "/".join(path.split("/")[-4:-2]) for _, path, *_ in self.asked if path.split("/")[-1].isdigit()
        )

    # --- how it answers ---

    def handle(self, request):
        with self._lock:
            return self._answer(request)

    def _answer(self, request):
        path, query = request.url.path, parse_qsl(str(request.url.query, "ascii"))
        assert path.startswith(BASE)
        path = path.removeprefix(BASE)
        body = request.content.decode()
        if path == "/oauth/token":
            return self._token(request, dict(query), body)
        if path == "/token":
            return httpx2.Response(404)
        self.asked.append((request.method, path, query, json.loads(body) if body else None, request.headers))
        if request.headers.get("authorization") != f"Bearer {self._valid}":
            return self._json({"error": "invalid_token"}, 401)
        if self.expire_after is not None and self._served >= self.expire_after:
            self._valid, self.expire_after = "", None
            return self._json(self.expiry[1], self.expiry[0])
        self._served += 1
        if path in self.answers:
            return self.answers[path](request)
        root, *parts = path.strip("/").split("/")
        if root != self.root:
            return httpx2.Response(404)
        return self._resource(request, parts, query, json.loads(body) if body else {})

    def _token(self, request, query, body):
        form = {name: values[0] for name, values in parse_qs(body).items()}
        basic = "Basic " + base64.b64encode(b"key%3Awith%2Freserved:s3cret%2Bcanary").decode()
        style, right = "body_post", (form.get("client_id"), form.get("client_secret")) == (KEY, SECRET)
        if "authorization" in request.headers:
            style = "basic_get" if request.method == "GET" else "basic_post"
            right = request.headers["authorization"] == basic
        self.tokens.append((style, form or query, dict(request.headers)))
        grant = (form or query).get("grant_type") == "client_credentials"
        if style not in self.styles or not right or not grant:
            return self._json({"error": "invalid_client"}, 400)
        self._valid = f"qm-{len(self.tokens)}"
        return self._json({"access_token": self._valid, "token_type": "bearer", "expires_in": 1199})

    def _resource(self, request, parts, query, body):
        if parts == ["GetSystemMetadata"]:
            return self._json({"System": self.system()})
        path = "/".join(parts[1:3])
        if path in self.not_given:
            return self._json(self.refusal[1], self.refusal[0])
        if len(parts) == 3:
            names = {name: ["PrimaryKey"] for row in self.rows.get(path, [])[:1] for name in row}
            shown = {name: told for name, told in names.items() if f"{path}.{name}" not in self.dropped}
            return self._json({**shown, "Relationships": [], "ValidationRules": []})
        if (request.method == "POST") != self.search:
            return self._json({"Message": "No such method."}, 405)
        return self._list(path, int(parts[3]), int(parts[4]), (query, body))

    def system(self):
        year = {"SchoolYearID": 14, "NumericYear": 2026, "Description": "2025-2026"}
        own = {
            "DistrictID": 1,
            "EntityID": 2,
            "Code": "100",
            "Name": "Maple Valley SD",
            "SchoolYearCurrent": year,
        }
        return {"EntityID": 1, "Code": "SYS", "Districts": [own]}

    def _list(self, path, page, size, asked):
        query, body = asked
        given = {name.lower() for name, _ in query}
        parameter = self.needs_parameter.get(path)
        if parameter and parameter not in body.get("SearchParameters", {}):
            return self._json({"error": f"The parameter '{parameter}' is required."}, 400)
        if size > self.most:
            return self._json({"Message": "Page size is too large."}, 400)
        form = "searchfields[" if self.indexed_only else "searchfields"
        fields = [value for name, value in query if name.lower().startswith(form)]
        assert given
        try:
            rows = [row for row in self.rows.get(path, []) if self._meets(row, body.get("SearchCondition"))]
        except KeyError:
            return self._json({"Message": "The condition is not known."}, 400)
        for sort in body.get("SearchSort", ()):
            rows.sort(key=lambda row: row[sort["FieldName"]] or 0, reverse=sort["Descending"])
        start = (page - 1) * size
        shown = [self._shown(path, row, fields) for row in rows[start : start + size]]
        return self._json(self._page(path, shown, (page, size, len(rows) > start + size)))

    def _page(self, path, shown, place):
        page, size, more = place
        ends = {"null": None, "self": f"/{self.root}/2/{path}/{page}/{size}", "empty": ""}
        outer, inner = self.next
        reply = {self.objects: shown, outer: {}}
        more = more and page != self.stops_after
        if more or self.last_page != "absent":
            reply[outer][inner] = f"/{self.root}/2/{path}/{page + 1}/{size}" if more else ends[self.last_page]
        return reply

    def _shown(self, path, row, fields):
        return {name: row[name] for name in fields if name in row and f"{path}.{name}" not in self.dropped}

    def _meets(self, row, condition):
        if condition is None:
            return True
        [(wrapper, inside)] = condition.items()
        if wrapper == "SearchConditionGroup":
            return all(self._meets(row, each) for each in inside["Conditions"])
        if wrapper not in self.wrappers:
            raise KeyError(wrapper)
        held = row.get(inside["FieldName"])
        match inside["ConditionType"]:
            case "NotNull":
                return held is not None or inside["FieldName"] == "StudentID"
            case "Equal":
                return str(held) == str(inside["Value"])
            case "List":
                return str(held) in {str(each) for each in inside["List"]}
        raise KeyError

    @staticmethod
    def _json(body, status=200):
        return httpx2.Response(status, json=body)


@pytest.fixture
def vendor():
    return Vendor()


@pytest.fixture
def family(vendor):
    """One child with everything: two guardians in two families, one emergency contact who is a guardian as well."""
    vendor.student(1)
    vendor.phone(8001, "6515550001")
    vendor.phone(8001, "6515550002", kind=2, rank=2)
    vendor.email(8001, "first1@example.org")
    vendor.address(8001, "12 Elm St")
    vendor.address(8001, "PO Box 9", physical=False, mailing=True)
    vendor.add("Family/Family", FamilyID=71, LanguageIDHome=3)
    vendor.guardian(9001, 1)
    vendor.guardian(9002, 1, family=71)
    vendor.phone(9001, "6515550101", kind=2)
    vendor.email(9001, "grown@example.org")
    vendor.address(9001, "12 Elm St")
    vendor.emergency(9002, 1, rank=2, new=False)
    vendor.emergency(9003, 1, rank=1)
    return vendor
