"""Everything that a provider lists, by collection and by what it belongs to; kept until the district changes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from yellowbus.simulators.district import Contact, School, Status, Student, Term
from yellowbus.simulators.oneroster.documents import AGENT_ROLES, LEFT, Ref, Tree, Writer, session_type
from yellowbus.simulators.oneroster.people import Room, rooms_of

TERM_TYPES = ("term", "semester")
Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing: `kind` is the word of its single, `write` makes its tree."""

    kind: str
    id: str
    write: Callable[[], Tree]


@dataclass(slots=True)
class Roster:
    """`lists` by place: ("students",), ("schools", "org-101", "students"), ("classes", "class-3", "teachers")."""

    lists: dict[Place, list[Item]] = field(default_factory=dict)
    singles: dict[Place, Item] = field(default_factory=dict)

    def add(self, item: Item, *places: Place) -> None:
        """Put it into each of these lists; it is a single of those that name no owner."""
        for place in places:
            self.lists.setdefault(place, []).append(item)
            if len(place) == 1:
                self.singles[(*place, item.id)] = item

    def list(self, place: Place) -> Sequence[Item]:
        return self.lists.get(place, ())

    def single(self, collection: str, sourced_id: str) -> Item | None:
        return self.singles.get((collection, sourced_id))


@dataclass(slots=True)
class Builder:
    writer: Writer
    roster: Roster = field(default_factory=Roster)

    def build(self) -> Roster:
        self.writer.stamps.look()
        rooms = rooms_of(self.writer.district)
        self._orgs()
        for school in self.writer.district.schools:
            self._sessions(school)
        for room in rooms:
            self._room(room)
        self._students({student.dcid for room in rooms for student in room.students})
        return self.roster

    def _orgs(self) -> None:
        writer, district = self.writer, self.writer.district
        self.roster.add(Item("org", writer.ids.district(), writer.district_org), ("orgs",))
        for school in district.schools:
            item = Item("org", writer.ids.school(school), _later(writer.school_org, school))
            self.roster.add(item, ("orgs",), ("schools",))

    def _terms(self, school: School) -> Iterable[Term]:
        this = self.writer.district.school_year
        only = self.writer.options.this_year_only
        return [term for term in school.terms if not only or term.start_year == this]

    def _sessions(self, school: School) -> None:
        writer, school_id = self.writer, self.writer.ids.school(school)
        for term in self._terms(school):
            kind, sourced_id = session_type(term, school.level), writer.ids.session(term)
            item = Item("academicSession", sourced_id, _later(writer.session, term, school))
            places: list[Place] = [("academicSessions",)]
            if kind in TERM_TYPES:
                places += [("terms",), ("schools", school_id, "terms")]
            if kind == "gradingPeriod":
                places += [("gradingPeriods",), *self._periods_of(school, term)]
            self.roster.add(item, *places)

    def _periods_of(self, school: School, period: Term) -> list[Place]:
        """The terms that a grading period lies in."""
        return [
            ("terms", self.writer.ids.session(term), "gradingPeriods")
            for term in school.terms
            if term.start_year == period.start_year
            and session_type(term, school.level) in TERM_TYPES
            and term.first_day <= period.first_day <= term.last_day
        ]

    def _class_terms(self, school: School) -> list[Term]:
        year = self.writer.district.school_year
        return [
            term
            for term in school.terms
            if term.start_year == year and session_type(term, school.level) in TERM_TYPES
        ]

    def _room(self, room: Room) -> None:
        writer, ids, roster = self.writer, self.writer.ids, self.roster
        school, room_id, teacher, course = (
            ids.school(room.school),
            ids.room(room),
            ids.teacher(room),
            ids.course(room),
        )
        terms = self._class_terms(room.school)
        item = Item("class", room_id, _later(writer.room, room, terms))
        owners: list[Place] = [
            ("schools", school),
            ("teachers", teacher),
            ("users", teacher),
            ("courses", course),
        ]
        owners += [("terms", ids.session(term)) for term in terms]
        for student in room.students:
            sourced_id = ids.student(student, room.school)
            owners += [("students", sourced_id), ("users", sourced_id)]
        roster.add(item, ("classes",), *((*owner, "classes") for owner in owners))
        self._course(room, course)
        self._teacher(room, teacher)
        self._enrollment(room, None)
        for student in room.students:
            self._enrollment(room, student)

    def _course(self, room: Room, course: str) -> None:
        if self.roster.single("courses", course) is None:
            org = Ref("org", self.writer.ids.course_org(room.school))
            item = Item("course", course, _later(self.writer.course, room, org))
            self.roster.add(item, ("courses",), ("schools", org.id, "courses"))

    def _teacher(self, room: Room, teacher: str) -> None:
        item = Item("user", teacher, _later(self.writer.teacher, room))
        school, room_id = self.writer.ids.school(room.school), self.writer.ids.room(room)
        nested: list[Place] = [("schools", school, "teachers"), ("classes", room_id, "teachers")]
        self.roster.add(item, ("users",), ("teachers",), *nested)

    def _enrollment(self, room: Room, student: Student | None) -> None:
        ids = self.writer.ids
        user = ids.teacher(room) if student is None else ids.student(student, room.school)
        school, room_id = ids.school(room.school), ids.room(room)
        item = Item(
            "enrollment",
            ids.enrollment(room.school, user, room_id),
            _later(self.writer.enrollment, room, student),
        )
        nested: list[Place] = [("schools", school, "enrollments"), ("classes", room_id, "enrollments")]
        self.roster.add(item, ("enrollments",), *nested)

    def _students(self, in_class: set[int]) -> None:
        shown = [student for student in self.writer.district.students if self._shown(student, in_class)]
        for student in shown:
            for school in self._schools_of(student):
                self._student(student, school, in_class)
        for contact, students in _grown_ups(shown).values():
            self._guardian(contact, students)

    def _shown(self, student: Student, in_class: set[int]) -> bool:
        """By the visibility rule only who has a class (aeries dossier 14.5); else who is or will be here, and
        who left, as a deletion.
        """
        if self.writer.options.only_with_class:
            return student.dcid in in_class
        return student.status in {Status.ACTIVE, Status.PRE_REGISTERED, *LEFT}

    def _schools_of(self, student: Student) -> list[School]:
        """The student's school, and for a person shown twice another one (oneroster dossier 1.6)."""
        every = self.writer.options.shown_twice_every
        if not every or student.status is not Status.ACTIVE or student.dcid % every:
            return [student.school]
        others = [school for school in self.writer.district.schools if school is not student.school]
        return [student.school, others[student.dcid % len(others)]]

    def _student(self, student: Student, school: School, in_class: set[int]) -> None:
        writer, sourced_id = self.writer, self.writer.ids.student(student, school)
        item = Item("user", sourced_id, _later(writer.student, student, school))
        places: list[Place] = [("users",), ("students",), ("schools", writer.ids.school(school), "students")]
        if student.dcid in in_class and school is student.school:
            places.append(("classes", self._class_of(sourced_id), "students"))
        self.roster.add(item, *places)
        told = Item("demographics", sourced_id, _later(writer.demographics, student, school))
        self.roster.add(told, ("demographics",))

    def _class_of(self, student: str) -> str:
        return self.roster.list(("students", student, "classes"))[0].id

    def _guardian(self, contact: Contact, students: Sequence[Student]) -> None:
        sourced_id = self.writer.ids.guardian(contact)
        if sourced_id:
            self.roster.add(
                Item("user", sourced_id, _later(self.writer.guardian, contact, students)), ("users",)
            )


def _grown_ups(students: Sequence[Student]) -> dict[int, tuple[Contact, list[Student]]]:
    """Those whom OneRoster has a word for, by id, each with the students that know them."""
    found: dict[int, tuple[Contact, list[Student]]] = {}
    ties = ((student, tie) for student in students for tie in student.ties)
    for student, tie in ties:
        if AGENT_ROLES.get(tie.relationship):
            found.setdefault(tie.contact.id, (tie.contact, []))[1].append(student)
    return found


def _later(write: Callable[..., Tree], *parts: object) -> Callable[[], Tree]:
    return lambda: write(*parts)


def place_of(roster: Roster, owners: Mapping[str, str], collection: str) -> Place | None:
    """Where a list stands, by the collections and ids in its path; None where an owner is unknown."""
    pairs = list(owners.items())
    if any(roster.single(owner, sourced_id) is None for owner, sourced_id in pairs):
        return None
    if len(pairs) == 2 and not _belongs(roster, pairs[0][1], pairs[1][1]):
        return None
    return (*pairs[-1], collection) if pairs else (collection,)


def _belongs(roster: Roster, school: str, room: str) -> bool:
    return any(item.id == room for item in roster.list(("schools", school, "classes")))
