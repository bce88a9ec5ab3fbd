"""What the tests of undo ask of the scene."""

import hashlib
import json
from typing import Any

from scene import Scene, child
from yellowbus.enroll.models import Student
from yellowbus.runs.importing import drive, order
from yellowbus.runs.models import Change, Run
from yellowbus.runs.undoing.order import order_undo


def undo(scene: Scene, run: Run, *, key: str = "", field: str = "", yes: bool = True) -> Run:
    """Undo a run, or of it one student, one field, or both, and work on it until it ends or waits."""
    with scene.scope():
        student = student_of(scene, key) if key else None
        ordered = order_undo(scene.actor, run, student=student, field=field, yes=yes)
        drive.drive(str(ordered.pk))
        ordered.refresh_from_db()
    return ordered


def approve(scene: Scene, run: Run) -> Run:
    with scene.scope():
        order.approve(scene.actor, run.pk)
        drive.drive(str(run.pk))
        run.refresh_from_db()
    return run


def student_of(scene: Scene, key: str) -> int:
    return Student.objects.get(instance=scene.instance, district_id=key).pk


def content(scene: Scene) -> str:
    """A hash of all that Enroll holds of its students, but for versions and marks."""
    with scene.scope():
        rows = Student.objects.filter(instance=scene.instance).order_by("pk")
        told = [
            (row.pk, row.lasting, row.annual, row.custom, row.match_key, row.archived_at is None)
            for row in rows
        ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def rows(scene: Scene, run: Run) -> dict[str, tuple[str, str, Any]]:
    """{id: (outcome, reason, changes)} of a run."""
    with scene.scope():
        found = Change.objects.filter(run=run).order_by("seq")
        return {row.key: (row.outcome, row.reason, row.changes) for row in found}


def refused(scene: Scene, run: Run) -> dict[str, list[str]]:
    """{id: the codes and fields refused} of an undo."""
    with scene.scope():
        found = Change.objects.filter(run=run, problems__isnull=False).order_by("seq")
        return {row.key: [f"{each['code']} {each['field']}" for each in row.problems or ()] for row in found}


MISTAKE = "Mistaken"


def wrong_run(scene: Scene) -> Run:
    """Four students are imported, and then a run changes the name and the grade of each."""
    scene.write_students([child(n) for n in range(4)])
    scene.run()
    scene.write_students([child(n, first=MISTAKE, grade="9") for n in range(4)])
    return scene.run()
