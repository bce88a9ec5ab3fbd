"""Send Record on the command line: shown first, sent after the yes."""

from scene import Scene, child


def test_without_a_yes_it_is_only_shown(yellowbus, scene: Scene) -> None:
    scene.write_students([child(n) for n in range(3)])
    shown = yellowbus("send-record", "CSV", "000001")
    assert (shown.status, scene.students()) == (3, {})
    assert "+ 000001 Given1 Family1, 10 values" in shown.out.splitlines()


def test_after_the_yes_one_student_is_there(yellowbus, scene: Scene) -> None:
    scene.write_students([child(n) for n in range(3)])
    sent = yellowbus("send-record", "CSV", "000001", "--yes", "--json")
    assert (sent.status, sent.json["trigger"], list(scene.students())) == (0, "test", ["000001"])


def test_a_student_whom_the_sis_does_not_know_is_a_failure(yellowbus, scene: Scene) -> None:
    scene.write_students([child(1)])
    ended = yellowbus("send-record", "CSV", "424242", "--yes")
    assert ended.status == 1
    assert "The SIS has no student with the id 424242." in ended.err + ended.out
