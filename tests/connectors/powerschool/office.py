"""A small PowerSchool that can be written to: it answers as the dossier has it (9.1 to 9.5, 10.1 to 10.4).

`posted` are the bodies of student writes, `calls` what was sent to the contacts API. `refuse` makes the next student
writes fail as told. Everything is invented.
"""

import json
from itertools import count

import httpx2
from tests.connectors.powerschool.conftest import Vendor

ONLY_ON_INSERT = {"local_id", "school_enrollment"}
REQUIRED = (
    "name/first_name",
    "name/last_name",
    "school_enrollment/school_number",
    "school_enrollment/grade_level",
    "school_enrollment/entry_date",
    "school_enrollment/exit_date",
)
ADDRESS = ("street", "city", "state_province", "postal_code")
IDS = {"emails": "contactEmailId", "phones": "contactsPhoneId", "addresses": "contactsAddressId"}
CODES = (
    *(("Relationship", code) for code in ("Mother", "Father", "Aunt")),
    *(("Phone", code) for code in ("Not Set", "Home", "Cell", "Daytime")),
    *(("Email", code) for code in ("Not Set", "Current")),
    ("State", "AZ"),
)


def typed(value):
    """XML in JSON's clothes: text that prints back as the same number is one (dossier 5.3)."""
    if isinstance(value, dict):
        return {key: typed(inner) for key, inner in value.items() if inner not in (None, "")}
    if isinstance(value, list):
        return [typed(inner) for inner in value]
    if isinstance(value, str) and value.lstrip("-").isdigit() and str(int(value)) == value:
        return int(value)
    return value


def merged(held, changes):
    both = dict(held)
    for key, value in changes.items():
        both[key] = merged(held.get(key) or {}, value) if isinstance(value, dict) else value
    return both


def leaf(student, path):
    for key in path.split("/"):
        student = student.get(key, "") if isinstance(student, dict) else ""
    return student


class Office(Vendor):
    def __init__(self):
        super().__init__()
        self.posted = []
        self.calls = []
        self.contacts = {}
        self.refuse = []
        self.warn = []
        self.ids = count(900)
        self.tables["codeset"] = [
            {"codesetid": str(number), "codetype": kind, "code": code, "description": code}
            for number, (kind, code) in enumerate(CODES, 1)
        ]

    # --- reading ---

    def resource(self, path, params):
        match path.strip("/").split("/"):
            case ["ws", "v1", "student", number]:
                found = [each for each in self.students if str(each["id"]) == number]
                missing = {"errorMessage": {"message": "No student"}}
                return self.reply({"student": typed(found[0])}) if found else self.reply(missing, 404)
            case ["ws", "contacts", "student", number]:
                found = [each for each in self.contacts.values() if self.tied(each, number)]
                return self.reply(found) if found else httpx2.Response(204)
            case ["ws", "contacts", "contact", number]:
                return self.contact(number)
            case ["ws", "contacts", "contacts"]:
                wanted = params["contactids"].split(",")
                return self.reply([each for key, each in self.contacts.items() if str(key) in wanted])
        return super().resource(path, params)

    def tied(self, contact, student):
        return any(str(tie["dcid"]) == student for tie in contact["contactStudents"])

    def contact(self, number):
        held = self.contacts.get(int(number))
        return self.reply(held) if held else self.reply({"message": "none"}, 404)

    def listed(self, name, rows, params):
        if name == "student":
            rows = [typed(row) for row in rows if self.fits(row, params.get("q", ""))]
        return super().listed(name, rows, params)

    def fits(self, row, q):
        return all(self.equal(row, *test.split("==")) for test in q.split(";") if test)

    def equal(self, row, field, value):
        held = str(leaf(row, field.replace(".", "/")))
        return held.startswith(value[:-1]) if value.endswith("*") else held == value

    def rows(self, table, params):
        if "q" not in params:
            return super().rows(table, params)
        whole = self.tables.get(table, [])
        self.tables[table] = [row for row in whole if self.fits(row, params["q"])]
        try:
            return super().rows(table, params)
        finally:
            self.tables[table] = whole

    def born(self, student):
        self.tables.setdefault("students", []).append(
            {"dcid": str(student["id"]), "dob": student["demographics"]["birth_date"]}
        )

    # --- writing ---

    def handle(self, request):
        path = request.url.path
        if path in self.answers or request.method == "GET" or path.startswith("/oauth"):
            return super().handle(request)
        body = json.loads(request.content) if request.content else None
        self.asked.append((path, request.url.params))
        if path == "/ws/v1/student":
            return self.students_posted(body["students"]["student"], request.url.params)
        self.calls.append((request.method, path, body))
        return self.contact_sent(request.method, path.strip("/").split("/")[2:], body)

    def students_posted(self, sent, params):
        """One object, as a single result is (dossier 5.3.1)."""
        self.posted.append(sent)
        result = self.result(sent, params.get("extensions", ""))
        done = result["status"] != "ERROR"
        counts = {
            f"{action.lower()}_count": int(done and sent["action"] == action)
            for action in ("INSERT", "UPDATE")
        }
        return self.reply({"results": counts | {"delete_count": 0, "result": result}})

    def result(self, sent, extensions):
        told = {"client_uid": typed(sent["client_uid"]), "action": sent["action"]}
        errors = self.refuse or list(self.errors(sent))
        if errors:
            shown = [
                {
                    "field": field,
                    "error_code": code,
                    "error_description": f"{leaf(sent, 'name/last_name')} is bad",
                }
                for field, code in errors
            ]
            return told | {
                "status": "ERROR",
                "error_message": {"error": shown if len(shown) > 1 else shown[0]},
            }
        number = self.save(sent, extensions)
        saved = told | {"success_message": {"id": number, "ref": f"https://sis/ws/v1/student/{number}"}}
        if not self.warn:
            return saved | {"status": "SUCCESS"}
        warnings = [
            {"field": field, "warning_code": code, "warning_description": "x"} for field, code in self.warn
        ]
        return saved | {
            "status": "WARNING",
            "warning_message": {"warning": warnings if len(warnings) > 1 else warnings[0]},
        }

    def errors(self, sent):
        if sent["action"] == "INSERT":
            yield from ((f"student/{path}", "REQUIRED") for path in REQUIRED if not leaf(sent, path))
        for kind, parts in (sent.get("addresses") or {}).items():
            yield from (
                (f"student/addresses/{kind}/{part}", f"REQUIRED_{kind.upper()}_{part.upper()}")
                for part in ADDRESS
                if not parts.get(part)
            )

    def save(self, sent, extensions):
        values = {key: value for key, value in sent.items() if key not in {"client_uid", "action", "id"}}
        if not extensions:
            values.pop("_extension_data", None)
        if sent["action"] == "INSERT":
            number = next(self.ids)
            student = {"id": number, "local_id": str(300_000 + number)} | values
            self.students.append(student)
            return number
        held = next(each for each in self.students if str(each["id"]) == sent["id"])
        taken = {key: value for key, value in values.items() if key not in ONLY_ON_INSERT}
        held.update(merged(held, taken))
        return held["id"]

    # --- contacts ---

    def saved(self, action, number, **more):
        """As live servers write it (dossier 10.4)."""
        return self.reply({"status": "VALID", "action": action, "_success_message": {"id": number}} | more)

    def contact_sent(self, method, path, body):
        match method, path:
            case "POST", ["contact"]:
                return self.made(body)
            case "PUT", [number, "demographics"]:
                top = {key: value for key, value in body.items() if not isinstance(value, list)}
                self.contacts[int(number)].update(top)
                return self.saved("UPDATE", int(number))
            case "POST", [number, "students"]:
                tie = self.new_tie(body)
                self.contacts[int(number)]["contactStudents"].append(tie)
                return self.saved("INSERT", tie["studentContactId"])
            case "PUT", [number, "students", tie, "studentdetails", detail]:
                return self.detail(self.contacts[int(number)], int(tie), int(detail), body)
            case "POST", [number, kind]:
                held = self.contacts[int(number)][kind]
                held.append({IDS[kind]: next(self.ids)} | body)
                return self.saved("INSERT", held[-1][IDS[kind]])
            case _, [number, kind, child]:
                return self.child(method, self.contacts[int(number)][kind], IDS[kind], int(child), body)
        return self.reply({"message": "no such path"}, 404)

    def made(self, body):
        number = next(self.ids)
        ties = [self.new_tie(tie) for tie in body["contactStudents"]]
        lists = {
            kind: [{key: next(self.ids)} | each for each in body.get(kind, [])] for kind, key in IDS.items()
        }
        person = {"id": str(number), "firstname": body.get("firstName", ""), "lastname": body["lastName"]}
        self.tables.setdefault("person", []).append(person)
        self.contacts[number] = body | lists | {"contactId": number, "contactStudents": ties}
        return self.saved("INSERT", number, savedObject=self.contacts[number])

    def new_tie(self, tie):
        student = next(each for each in self.students if str(each["local_id"]) == tie["studentNumber"])
        """One without a detail gets one (dossier 10.3)."""
        sent = tie.get("studentDetails") or [{"relationship": "Not Set", "active": True}]
        details = [{"studentContactDetailId": next(self.ids)} | each for each in sent]
        return tie | {"studentContactId": next(self.ids), "dcid": student["id"], "studentDetails": details}

    def detail(self, contact, tie, number, body):
        details = [
            detail
            for each in contact["contactStudents"]
            if each["studentContactId"] == tie
            for detail in each["studentDetails"]
            if detail["studentContactDetailId"] == number
        ]
        if not details:
            return self.reply({"message": "none"}, 404)
        details[0].update(body)
        return self.saved("UPDATE", number)

    def child(self, method, held, key, number, body):
        found = [each for each in held if each[key] == number]
        if not found:
            return self.reply({"message": "none"}, 404)
        if method == "DELETE":
            held.remove(found[0])
            return self.reply({"status": "VALID", "action": "DELETE", "_success_message": {"Id": number}})
        found[0].update(body)
        return self.saved("UPDATE", number)
