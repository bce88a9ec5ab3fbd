"""Counts add up: every record read has one outcome, per school, and the store agrees."""

import random

import pytest

from scene import SCHOOLS, Scene, child
from yellowbus.enroll import bulk
from yellowbus.runs.models import Page, Run
from yellowbus.setup import assignments

TROUBLES = (
    {"dob": "02/30/2015"},
    {"school": "999"},
    {"id": ""},
    {"last": "Stranger", "dob": "11/30/2012"},
    {"grade": ""},
)


def total(run: Run) -> int:
    return sum(sum(tally.values()) for tally in run.counts.values())


def night(chance: random.Random, size: int) -> list[tuple[str, ...]]:
    """Invented rows of which some are bad, moved, repeated or gone."""
    rows = []
    for n in range(size):
        trouble = chance.choice(TROUBLES) if chance.random() < 0.15 else {}
        if n % 11 == 0:
            trouble = {"school": "330"}
        if chance.random() < 0.05:
            continue
        rows += [child(n, **trouble | ({"grade": "5"} if chance.random() < 0.05 else {}))]
        if chance.random() < 0.05:
            rows.append(rows[-1] if chance.random() < 0.5 else child(n, **trouble | {"phone": ""}))
    return rows


@pytest.mark.parametrize("seed", range(4))
def test_read_is_the_sum_of_all_outcomes_and_the_store_agrees(scene: Scene, seed: int) -> None:
    scene.write_schools([*SCHOOLS, ("330", "Elder Creek", "Main", "Middle", "3 Ash St")])
    scene.run("schools")
    chance = random.Random(seed)
    before = {"310": 0, "320": 0}
    for _ in range(3):
        rows = night(chance, 120)
        scene.write_students(rows)
        run = scene.run()
        assert (run.read, total(run)) == (len(rows), len(rows))
        with scene.scope():
            store = {"310": 0, "320": 0} | bulk.by_school(scene.instance.pk, 2026, ["310", "320"])
        created = {school: run.counts.get(school, {}).get("created", 0) for school in before}
        assert {school: store[school] - before[school] for school in before} == created
        assert sum(store.values()) == len(scene.students())
        before = store


def test_every_school_is_counted_by_itself(scene: Scene) -> None:
    scene.write_students([child(n) for n in range(11)])
    assert scene.run().counts == {"310": {"created": 5}, "320": {"created": 6}}


def test_the_counts_of_a_page_hold_nothing_personal(scene: Scene) -> None:
    with scene.scope():
        assignments.unassign(scene.actor, scene.connection, ["320"])
    scene.write_students([child(n) for n in range(6)])
    scene.run()
    run = scene.run()
    with scene.scope():
        page = Page.objects.get(run=run)
    assert (page.tallies, page.reasons) == (
        {"310": {"unchanged": 3}, "320": {"skipped": 3}},
        {"school-not-assigned": {"320": 3}},
    )
