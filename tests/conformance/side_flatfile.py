"""A file as the other side. It has no requests and no login, so most faults cannot be."""

import csv
from dataclasses import dataclass
from pathlib import Path

from yellowbus.connectors.base import Connector
from yellowbus.connectors.registry import open_connector

STUDENTS = 11_000
ODD = 'Zoë "Ny" Núñez-Ł, 🐝\n\u2028\u2019 \\N'


def start(folder: Path) -> "FlatFileSide":
    side = FlatFileSide(folder)
    side.write([[f"{number:06}", f"First{number}", f"{number % 3:04}"] for number in range(STUDENTS)])
    schools = [
        ["School Code", "School Name"],
        *([f"{number:04}", f"School {number}"] for number in (2, 0, 1)),
    ]
    (folder / "schools.csv").write_text("\n".join(",".join(row) for row in schools), "utf-8")
    return side


@dataclass
class FlatFileSide:
    folder: Path
    key: str = "Student Number"
    school_code: str = "School Code"
    secrets: tuple[str, ...] = ()
    personal: tuple[str, ...] = ("First1", "Zoë")
    most_requests: int = 0

    def connector(self) -> Connector:
        settings = {
            "students_file": str(self.folder / "students.csv"),
            "schools_file": str(self.folder / "schools.csv"),
            "id_column": self.key,
        }
        return open_connector("flatfile", settings, None)

    def write(self, rows: list[list[str]]) -> None:
        with (self.folder / "students.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([[self.key, "First Name", "School"], *rows])

    def odd(self) -> tuple[str, str, str]:
        self.write([["000001", ODD, "0001"], ["000002", "Bob", "0002"]])
        return "000001", "First Name", ODD

    def twins(self) -> str:
        self.write([["000001", "Ada", "0001"], ["000002", "Bob", "0002"], ["000001", "Eve", "0001"]])
        return "000001"

    def troubles(self) -> dict[str, object]:
        """What to do to the other side to get an error out of it, and what the error is then."""
        return {
            "row-ragged": lambda: self.write([["000001", "First1"]]),
            "row-unreadable": lambda: (self.folder / "students.csv").write_text(
                'Student Number,x\n1,"First1\n'
            ),
            "file-column-missing": lambda: (self.folder / "students.csv").write_text("000001,First1\n2,x\n"),
            "file-heading-twice": lambda: (self.folder / "students.csv").write_text("First1,First1\n2,x\n"),
            "file-missing": (self.folder / "students.csv").unlink,
        }

    def requests(self) -> int:
        return 0

    def close(self) -> None:
        """Nothing runs."""
