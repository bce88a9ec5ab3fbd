"""Where a value came from, and a student's story, on the command line."""

from scene import Scene, child


def test_why_tells_the_way_of_a_value(yellowbus, scene: Scene) -> None:
    scene.write_students([child(1, dob="03/09/2015")])
    run = scene.run()
    told = yellowbus("why", "000001", "students.dob", "--json").json
    assert (told["value"], told["mapped_again"], told["source"], told["start"], told["run"], told["note"]) == (
        "2015-03-09", "2015-03-09", "dob", "03/09/2015", str(run.pk), "",
    )  # fmt: skip
    lines = yellowbus("why", "000001", "students.dob").out.splitlines()
    assert lines[0] == "Date of Birth: 2015-03-09"
    assert f"Written by run {run.pk} through CSV" in " ".join(lines)


def test_why_refuses_who_and_what_is_not_there(yellowbus, scene: Scene) -> None:
    scene.write_students([child(1)])
    scene.run()
    assert yellowbus("why", "999999", "students.dob").status == 1
    assert yellowbus("why", "000001", "students.shoe_size").status == 1


def test_a_timeline_tells_the_newest_first(yellowbus, scene: Scene) -> None:
    for first in ("Given1", "Renamed"):
        scene.write_students([child(1, first=first)])
        scene.run()
    events = yellowbus("timeline", "000001", "--json").json
    assert [(each["outcome"], len(each["fields"])) for each in events] == [("updated", 1), ("created", 10)]
    assert "First Name: Given1 → Renamed" in " ".join(yellowbus("timeline", "000001").out.split())
