"""What is read from the environment is told where a person looks for it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_variable_is_in_the_guide() -> None:
    code = (ROOT / "src/yellowbus/config/environment.py").read_text("utf-8")
    read = set(re.findall(r"\"(YELLOWBUS_[A-Z_]+|DATABASE_URL)\"", code))
    told = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs/operate.md").read_text("utf-8"), re.MULTILINE))
    assert sorted(read - told) == []


def test_only_one_module_reads_it() -> None:
    reading = [
        str(path.relative_to(ROOT / "src"))
        for path in (ROOT / "src").rglob("*.py")
        if re.search(r"os\.(environ\.get|getenv)|os\.environ\[[^\]]+\](?!\s*[|=])", path.read_text("utf-8"))
    ]
    assert [path for path in reading if not path.startswith(("yellowbus/config/", "yellowbus/cli/"))] == []
