"""Finding students by birth dates and initials."""

import pytest
from django.db import transaction

from yellowbus.enroll import lookalikes
from yellowbus.enroll.lookalikes import Asked, Nearby
from yellowbus.enroll.models import Student


@pytest.fixture
def ana(instance):
    return _student(instance, "Ana", "Vega Lopez", "2015-01-02", student_district_id="7")


def _student(instance, first, last, born, **more):
    key = f"{first}|{last}|{born}".casefold()
    lasting = {"fname": first, "lname": last, "dob": born, **more}
    return Student.objects.create(instance=instance, lasting=lasting, match_key=key)


def asked(instance, **more):
    with transaction.atomic():
        return lookalikes.around(instance.pk, {3: Asked(**{"dates": [], "near": [], "letters": "av"} | more)})


def test_on_the_date_itself_any_initial_is_enough(instance, ana):
    found = {3: [Nearby(ana.pk, "ana|vega lopez|2015-01-02", has_district_id=True)]}
    assert asked(instance, dates=["2015-01-02"]) == found
    assert asked(instance, dates=["2015-01-02"], letters="xl") == found
    assert asked(instance, dates=["2015-01-02"], letters="xy") == {}


@pytest.mark.parametrize(("letters", "count"), [("av", 1), ("al", 1), ("ax", 0), ("vl", 0)])
def test_on_a_date_near_it_both_names_need_theirs(instance, ana, letters, count):
    assert len(asked(instance, near=["2015-01-02"], letters=letters)) == count


def test_another_date_another_instance_and_a_blank_name_find_nobody(instance, ana):
    Student.objects.create(instance=instance, lasting={"dob": "2015-01-03"})
    assert asked(instance, dates=["2015-01-03"]) == {}
    with transaction.atomic():
        assert lookalikes.around(instance.pk + 1, {3: Asked(["2015-01-02"], [], "a")}) == {}
    assert lookalikes.around(instance.pk, {3: Asked([], [], "a")}) == {}


def test_whether_there_is_anybody(instance):
    assert not lookalikes.any_student(instance.pk)
    _student(instance, "Leo", "Vega", "2015-01-02")
    assert lookalikes.any_student(instance.pk)


def test_the_values_are_those_of_the_year_or_of_the_last_one(instance, ana):
    ana.annual = {"2024": {"grade": "2"}, "2025": {"grade": "3"}}
    ana.save()
    for year, grade in ((2024, "2"), (2026, "3")):
        known = lookalikes.latest(instance.pk, [ana.pk], year=year)[ana.pk]
        assert known.values["students_annual.grade"] == grade
    assert (known.district_id, known.archived) == ("7", False)
    assert lookalikes.latest(instance.pk + 1, [ana.pk], year=2026) == {}
