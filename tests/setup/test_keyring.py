"""The key file: made once, whoever comes first, readable by its owner alone."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from yellowbus.errors import NeedsAdmin
from yellowbus.setup.keyring import read_keyring, rotate

MAKE = """
import sys, time
from pathlib import Path
from yellowbus.setup.keyring import read_keyring
while not Path(sys.argv[2]).exists():
    time.sleep(0.001)
print(read_keyring(Path(sys.argv[1])).keys)
"""
ROTATE = "import sys; from pathlib import Path; from yellowbus.setup.keyring import rotate; rotate(Path(sys.argv[1]))"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def test_the_file_is_made_on_first_use_and_stays_as_it_is(path: Path) -> None:
    made = read_keyring(path)
    assert read_keyring(path) == made
    assert (made.current, list(made.keys)) == ("k1", ["k1"])


def test_the_file_is_readable_by_its_owner_alone(path: Path) -> None:
    old = os.umask(0)
    try:
        read_keyring(path)
        rotate(path)
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_may_read_is_not_used(path: Path, mode: int) -> None:
    read_keyring(path)
    path.chmod(mode)
    with pytest.raises(NeedsAdmin) as refused:
        read_keyring(path)
    assert refused.value.code == "keys-open-to-others"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"django": "x"}', '{"strange": 1}'])
def test_a_damaged_file_is_refused_and_never_written_over(path: Path, content: str) -> None:
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(NeedsAdmin) as refused:
        read_keyring(path)
    assert (refused.value.code, path.read_text()) == ("keys-unreadable", content)


def test_processes_that_make_it_at_once_end_with_one_file(path: Path, tmp_path: Path) -> None:
    start = tmp_path / "start"
    makers = [
        subprocess.Popen(
            [sys.executable, "-c", MAKE, str(path), str(start)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    start.touch()
    told = {maker.communicate()[0].strip() for maker in makers}
    assert told == {str(read_keyring(path).keys)}
    assert [maker.returncode for maker in makers] == [0] * 4


def test_a_key_is_added_and_the_old_ones_stay(path: Path) -> None:
    before = read_keyring(path)
    name = rotate(path)
    after = read_keyring(path)
    assert (name, after.current, after.django) == ("k2", "k2", before.django)
    assert after.keys["k1"] == before.keys["k1"]
    assert after.keys["k2"] != after.keys["k1"]


def test_processes_that_add_keys_at_once_lose_none(path: Path) -> None:
    read_keyring(path)
    adders = [subprocess.Popen([sys.executable, "-c", ROTATE, str(path)]) for _ in range(4)]
    assert [adder.wait() for adder in adders] == [0] * 4
    assert sorted(read_keyring(path).keys) == ["k1", "k2", "k3", "k4", "k5"]


def test_what_a_killed_process_left_is_in_nobodys_way(path: Path) -> None:
    path.with_name("keys.json.half").write_text("half")
    read_keyring(path)
    assert json.loads(path.read_text())["current"] == "k1"


def test_a_link_in_place_of_the_half_file_is_not_followed(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    path.with_name("keys.json.half").symlink_to(target)
    read_keyring(path)
    assert (path.is_symlink(), target.exists()) == (False, False)


def test_a_missing_key_is_named(path: Path) -> None:
    with pytest.raises(NeedsAdmin) as refused:
        read_keyring(path).key("k9")
    assert (refused.value.code, refused.value.facts) == ("key-missing", {"key": "k9"})
