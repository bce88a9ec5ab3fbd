"""No query outside an organization's scope, and none inside one that sees another's rows."""

import pytest
from django.apps import apps
from django.db.models import Model
from django_scopes import ScopeError

from scene import Scene, child

OURS = ("enroll", "setup", "runs")
# Above the organizations: the organizations themselves, and people, who may belong to several.
ABOVE = {"Organization", "User"}


def scoped_models() -> list[type[Model]]:
    return [
        model
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        if model.__name__ not in ABOVE
    ]


def test_every_model_refuses_a_query_outside_a_scope(db: None) -> None:
    answered = []
    for model in scoped_models():
        try:
            model._default_manager.count()
            answered.append(model.__name__)
        except ScopeError:
            continue
    assert answered == []


def fill(scene: Scene) -> None:
    """Rows in every table that a district fills by using the product."""
    from yellowbus.runs.models import Decision

    scene.write_students([child(n) for n in range(40)])
    scene.run()
    scene.write_students(
        [child(n, phone="(480) 555-0999", dob="02/30/2015" if n == 1 else "01/02/2015") for n in range(38)]
    )
    scene.run()
    with scene.scope():
        Decision.objects.create(connection=scene.connection, key="000001", actor="operator")


def test_an_organization_never_sees_the_rows_of_another(scene: Scene, outsider: Scene) -> None:
    fill(scene)
    with scene.scope():
        ours = {model: set(model._default_manager.values_list("pk", flat=True)) for model in scoped_models()}
    with outsider.scope():
        theirs = {
            model: set(model._default_manager.values_list("pk", flat=True)) for model in scoped_models()
        }
    assert {model.__name__ for model in ours if ours[model] & theirs[model]} == set()
    filled = {model.__name__ for model, rows in ours.items() if rows}
    assert filled >= {
        "Instance", "SchoolYear", "School", "Student", "Connection", "MappingVersion", "Assignment", "AuditEvent",
        "Run", "Page", "Change", "Hold", "Missing", "Decision", "Due",
    }  # fmt: skip


def test_the_rows_of_another_organization_cannot_be_changed_from_inside_a_scope(
    scene: Scene, outsider: Scene
) -> None:
    from yellowbus.runs.models import Run
    from yellowbus.setup.models import Connection

    scene.run()
    with outsider.scope():
        assert Connection.objects.filter(pk=scene.connection.pk).update(name="taken") == 0
        assert Run.objects.filter(connection=scene.connection.pk).delete()[0] == 0
    with scene.scope():
        assert Connection.objects.get(pk=scene.connection.pk).name == "CSV"


def test_the_same_district_id_in_two_organizations_is_two_students(scene: Scene, outsider: Scene) -> None:
    for each, grade in ((scene, "4"), (outsider, "5")):
        each.write_students([child(1, grade=grade)])
        assert each.run().counts == {"310": {"created": 1}}
    assert scene.students()["000001"]["students_annual.grade"] == "4"
    assert outsider.students()["000001"]["students_annual.grade"] == "5"


@pytest.mark.parametrize("verb", ["held_by_key", "ids_by_key"])
def test_bulk_reads_stay_inside_their_instance(scene: Scene, outsider: Scene, verb: str) -> None:
    from yellowbus.enroll import bulk

    scene.write_students([child(1)])
    scene.run()
    more = {"year": 2026} if verb == "held_by_key" else {}
    assert list(getattr(bulk, verb)("students", scene.instance.pk, ["000001"], **more)) == ["000001"]
    assert getattr(bulk, verb)("students", outsider.instance.pk, ["000001"], **more) == {}
