"""Who may be added and when a change waits, as an administrator set it."""

import pytest

from scene import Scene
from yellowbus.errors import NeedsAdmin
from yellowbus.planning.admission import EVERYONE, Admission
from yellowbus.planning.guard import Thresholds
from yellowbus.setup.models import Connection
from yellowbus.setup.options import Options, read_options, write_options


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
