"""What an import would do, worked out before anything is written. Pure: facts in, a plan out."""

from yellowbus.planning.counts import Counts, Reconciliation, does_not_add_up, gravest, total
from yellowbus.planning.diff import Changes, diff
from yellowbus.planning.guard import FieldTally, HoldKind, HoldRule, Thresholds, check_read, holds
from yellowbus.planning.match import (
    NEW,
    Basis,
    Candidate,
    Decision,
    Existing,
    Known,
    Match,
    New,
    Review,
    match,
    match_key,
    normalise,
)
from yellowbus.planning.report import PlanLine, change_sentence, plan_csv, reconciliation_line, summary

__all__ = [
    "NEW",
    "Basis",
    "Candidate",
    "Changes",
    "Counts",
    "Decision",
    "Existing",
    "FieldTally",
    "HoldKind",
    "HoldRule",
    "Known",
    "Match",
    "New",
    "PlanLine",
    "Reconciliation",
    "Review",
    "Thresholds",
    "change_sentence",
    "check_read",
    "diff",
    "does_not_add_up",
    "gravest",
    "holds",
    "match",
    "match_key",
    "normalise",
    "plan_csv",
    "reconciliation_line",
    "summary",
    "total",
]
