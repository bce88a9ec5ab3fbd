"""The Sandbox filled from Production."""

import pytest
from django_scopes import scopes_disabled

from people import District
from scene import child
from yellowbus.enroll import copying, directory, years
from yellowbus.enroll.models import CustomField, Program, School, Student
from yellowbus.errors import NeedsAdmin
from yellowbus.setup import assignments, audit, sandbox
from yellowbus.setup.models import Assignment, Connection
from yellowbus.setup.permissions import LIMITED_ACCESS, Actor


@pytest.fixture
def district(db, tmp_path):
    made = District(tmp_path).ready()
    made.write_students([child(number) for number in range(1, 4)])
    made.run()
    return made


def held(district, instance):
    """What an instance holds, without the ids of its rows."""
    with district.scope():
        students = Student.objects.filter(instance=instance).order_by("district_id")
        schools = School.objects.filter(instance=instance).order_by("school_code")
        return (
            [(row.lasting, row.annual, row.custom, row.match_key) for row in students],
            [row.values for row in schools],
        )


def test_the_sandbox_then_holds_what_production_holds(district):
    with district.scope():
        CustomField.objects.create(instance=district.instance, key="bus", label="Bus")
        Program.objects.create(school=School.objects.get(school_code="310"), name="Dual Language")
        done = sandbox.fill(district.actor)
        assert (done, held(district, district.sandbox)) == (
            copying.Copied(schools=2, students=3, custom_fields=1),
            held(district, district.instance),
        )
        program = Program.objects.get(school__instance=district.sandbox)
        assert (program.name, program.school.school_code) == ("Dual Language", "310")
        assert directory.years(district.sandbox.pk) == directory.years(district.instance.pk)
        assert years.enabled_years(district.sandbox.pk) == [2026]


def test_filling_again_keeps_ids_and_assignments_and_drops_what_was_tried(district):
    with district.scope():
        sandbox.fill(district.actor)
        before = dict(Student.objects.filter(instance=district.sandbox).values_list("district_id", "pk"))
        school = School.objects.get(instance=district.sandbox, school_code="310")
        trial = Connection.objects.create(
            organization=district.organization, instance=district.sandbox, name="Trial", system="flatfile"
        )
        assignments.assign(district.actor, trial, ["310"])
        Student.objects.create(instance=district.sandbox, lasting={"student_district_id": "tried"})
        Student.objects.create(instance=district.sandbox, lasting={"fname": "without id"})
        Student.objects.filter(pk=before["000001"]).update(
            lasting={"student_district_id": "000001"}, mark=b"m" * 16
        )
        sandbox.fill(district.actor)
        after = dict(Student.objects.filter(instance=district.sandbox).values_list("district_id", "pk"))
        one = Student.objects.get(pk=before["000001"])
        assert (after, held(district, district.sandbox)) == (before, held(district, district.instance))
        assert (one.version, one.mark) == (2, None)
        assert Assignment.objects.get(connection=trial).school_id == school.pk


def test_a_student_without_a_district_id_is_copied_once(district):
    with district.scope():
        Student.objects.create(instance=district.instance, lasting={"fname": "Ana"})
        sandbox.fill(district.actor)
        sandbox.fill(district.actor)
        assert Student.objects.filter(instance=district.sandbox, district_id=None).count() == 1


def test_production_is_never_filled(district):
    with district.scope(), pytest.raises(NeedsAdmin) as refused:
        sandbox.fill(district.actor, to="production")
    assert refused.value.code == "copy-into-production"


@pytest.mark.parametrize("target", ["production", "itself"])
def test_copying_refuses_what_is_no_other_sandbox(district, target):
    into = {"production": district.instance.pk, "itself": district.sandbox.pk}[target]
    with scopes_disabled(), pytest.raises(NeedsAdmin) as refused:
        copying.copy(district.sandbox.pk, into)
    assert refused.value.code == "copy-into-production"


def test_a_site_that_is_not_there_is_named(district):
    with district.scope(), pytest.raises(NeedsAdmin) as refused:
        sandbox.fill(district.actor, to="training")
    assert refused.value.sentence == "This organization has no training site."


def test_it_takes_the_right_to_change_settings(district):
    limited = Actor("limited", district.organization.pk, LIMITED_ACCESS)
    with district.scope(), pytest.raises(NeedsAdmin) as refused:
        sandbox.fill(limited)
    assert refused.value.code == "not-permitted"


def test_it_leaves_an_event(district):
    with district.scope():
        sandbox.fill(district.actor)
        event = audit.events("sandbox.fill")[0][0]
        assert (event.actor, event.subject, event.facts) == (
            "operator",
            "sandbox",
            {"schools": 2, "students": 3},
        )
