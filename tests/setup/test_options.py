"""Who may be added and when a change waits, as an administrator set it."""

import pytest

from scene import Scene
from yellowbus.errors import NeedsAdmin
from yellowbus.planning.admission import EVERYONE, Admission
from yellowbus.planning.guard import Thresholds
from yellowbus.setup import audit
from yellowbus.setup.models import Connection
from yellowbus.setup.options import Options, mark_of, read_options, set_options, write_options
from yellowbus.setup.permissions import LIMITED_ACCESS, Actor


@pytest.mark.parametrize(
    "options",
    [
        Options(),
        Options(admission=EVERYONE),
        Options(admission=Admission(frozenset({"active"}), (5, 18), frozenset({"K", "1"}))),
        Options(
            thresholds=Thresholds(clears=1, moves=2, updates=3, shrink=4, at_least=5), examples=("1", "2")
        ),
    ],
)
def test_options_are_read_as_they_were_written(scene: Scene, options: Options) -> None:
    with scene.scope():
        write_options(scene.connection, options)
        assert read_options(Connection.objects.get(pk=scene.connection.pk)) == options


def test_a_connection_starts_with_the_defaults(scene: Scene) -> None:
    assert read_options(scene.connection) == Options()


def test_there_are_five_examples_at_most(scene: Scene) -> None:
    with scene.scope():
        write_options(scene.connection, Options(examples=tuple("12345")))
        with pytest.raises(NeedsAdmin) as refused:
            write_options(scene.connection, Options(examples=tuple("123456")))
        kept = read_options(Connection.objects.get(pk=scene.connection.pk))
    assert (refused.value.facts, kept.examples) == ({"count": 6, "most": 5}, tuple("12345"))


def test_who_started_from_older_options_is_told_and_nothing_is_saved(scene: Scene) -> None:
    first, second = Options(examples=("1",)), Options(examples=("2",))
    with scene.scope():
        seen = mark_of(read_options(scene.connection))
        set_options(scene.actor, scene.connection, first, seen=seen)
        with pytest.raises(NeedsAdmin) as refused:
            set_options(scene.actor, scene.connection, second, seen=seen)
        set_options(scene.actor, scene.connection, second, seen=mark_of(first))
        kept = read_options(Connection.objects.get(pk=scene.connection.pk))
    assert (refused.value.code, kept) == ("options-changed-meanwhile", second)


def test_what_changed_is_noted_without_a_student_id(scene: Scene) -> None:
    with scene.scope():
        set_options(scene.actor, scene.connection, Options(admission=EVERYONE, examples=("000007",)))
        (event,) = audit.events("options.set")[0]
    assert event.facts == {"changed": ["admission", "examples"]}


def test_a_stale_connection_does_not_write_back_what_it_read_earlier(scene: Scene) -> None:
    with scene.scope():
        stale = Connection.objects.get(pk=scene.connection.pk)
        Connection.objects.filter(pk=stale.pk).update(options={"other": 1})
        set_options(scene.actor, stale, Options(examples=("1",)))
        assert Connection.objects.get(pk=stale.pk).options["other"] == 1


def test_setting_options_needs_its_permission(scene: Scene) -> None:
    clerk = Actor("clerk", scene.organization.pk, LIMITED_ACCESS)
    with scene.scope(), pytest.raises(NeedsAdmin, match=r"mapping\.manage"):
        set_options(clerk, scene.connection, Options())
