"""Yellowbus: the open sync service between an enrollment platform and a Student Information System."""

__version__ = "0.1.0"
