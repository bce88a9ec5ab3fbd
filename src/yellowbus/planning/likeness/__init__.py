"""Is this the same child? Candidates without comparing all with all, reasons in plain words, one strict rule for links.

A weight only orders what a person looks at. It never links.
"""

from yellowbus.planning.likeness.batch import Found, look_up
from yellowbus.planning.likeness.blocks import (
    Index,
    Sought,
    near_dates,
    sought_dates,
    sought_keys,
    sought_letters,
)
from yellowbus.planning.likeness.certain import agree, another_at_home
from yellowbus.planning.likeness.child import Child, child_of
from yellowbus.planning.likeness.reasons import Reason
from yellowbus.planning.likeness.telling import Said, said
from yellowbus.planning.likeness.weigh import (
    LEAST,
    Likeness,
    comes_into_question,
    could_weigh,
    rank,
    weigh,
    worth_weighing,
)

__all__ = [
    "LEAST",
    "Child",
    "Found",
    "Index",
    "Likeness",
    "Reason",
    "Said",
    "Sought",
    "agree",
    "another_at_home",
    "child_of",
    "comes_into_question",
    "could_weigh",
    "look_up",
    "near_dates",
    "rank",
    "said",
    "sought_dates",
    "sought_keys",
    "sought_letters",
    "weigh",
    "worth_weighing",
]
