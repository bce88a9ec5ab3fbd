"""A OneRoster provider on the command line: a client made, Connect, map, Send Record, schedule."""

from collections.abc import Iterator

import pytest

from walking import YEAR, Side, walked
from yellowbus.simulators.oneroster import Options


@pytest.fixture
def provider(yellowbus) -> Iterator[Side]:
    with walked("oneroster", yellowbus) as side:
        yield side


def test_the_whole_way(provider: Side) -> None:
    provider("org", "add", "Juniper Flats (invented)", "--time-zone", "America/Phoenix")
    provider("enroll", "years", "enable", YEAR)
    added = provider.add()
    assert [line["ok"] for line in added.json["checks"]] == [True] * len(added.json["checks"])
    assert "✓ Not in OneRoster: OneRoster does not carry how a guardian is related" in added.err
    provider("mapping", "apply", "SIS", "--ready", "--kind", "schools")
    provider("mapping", "check", "SIS", "--kind", "schools")
    provider("import", "SIS", "--kind", "schools", "--yes")
    provider("mapping", "apply", "SIS", "--ready")
    provider("mapping", "check", "SIS")
    number = provider.district.students[0].number
    assert provider("mapping", "preview", "SIS", number, "--json").json[0]["found"]
    provider("connection", "assign", "SIS", "--all")
    assert provider("send-record", "SIS", number, "--yes", "--json").json["counts"] == {"created": 1}
    plan = provider("plan", "SIS", "--json").json
    assert (plan["counts"]["unchanged"], len(provider.exported())) == (1, 1)
    provider("runs", "approve", plan["id"])
    shown = plan["counts"]["created"] + 1
    assert len(provider.exported()) == shown
    assert provider("schedule", "set", "SIS", "--at", "02:00").out.startswith("Next: ")
    assert provider("import", "SIS", "--yes", "--json").json["counts"] == {"unchanged": shown}


def test_a_wrong_secret_is_refused_and_nothing_is_kept(provider: Side) -> None:
    provider.credentials["client_secret"] = "f" * 64
    assert "f" * 64 not in provider.add_refused()
    assert provider("connection", "list", "--json").json == []


@pytest.mark.parametrize("path", ["", "/ims/oneroster", "/ims/oneroster/v1p1/"])
def test_the_address_may_carry_its_path_or_not(yellowbus, path: str) -> None:
    with walked("oneroster", yellowbus, students=20, options=Options(versions=("1.1",))) as side:
        side.credentials["server_url"] += path
        side.prepared()
        assert side("import", "SIS", "--yes", "--json").json["counts"]["created"] == len(side.exported())


@pytest.mark.parametrize(
    "options", [Options(shown_twice_every=3), Options(versions=("1.2",))], ids=["shown twice", "1.2 alone"]
)
def test_every_student_arrives_once(yellowbus, options: Options) -> None:
    with walked("oneroster", yellowbus, students=40, options=options) as side:
        side.prepared()
        created = side("import", "SIS", "--yes", "--json").json["counts"]["created"]
        assert created == len(side.exported())
        assert side("import", "SIS", "--yes", "--json").json["counts"]["unchanged"] == created
