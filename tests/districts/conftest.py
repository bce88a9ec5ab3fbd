"""The program as a person uses it, for districts of any size."""

from cli.conftest import yellowbus as yellowbus  # noqa: PLC0414 (a fixture is found by its name)
