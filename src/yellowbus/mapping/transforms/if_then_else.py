"""If Then Else."""

from dataclasses import dataclass, field
from typing import ClassVar

from yellowbus.mapping.steps import Context, Result, Step, Transform, Values, about
from yellowbus.mapping.transforms.conditions import Condition, Test
from yellowbus.mapping.transforms.operands import Branch, Constant, LeaveUnmapped
from yellowbus.records import Value


@dataclass(frozen=True, slots=True)
class IfThenElse(Transform):
    """A branch is a text, a field, the value so far, steps of its own, or no value (enroll-sync 7.11)."""

    use: ClassVar[str] = "if-then-else"
    title: ClassVar[str] = "If Then Else"
    says: ClassVar[str] = "Gives one value where a condition holds, and another where it does not."
    needs_source: ClassVar[bool] = False

    when: Test = field(default=Condition(), metadata=about("If"))
    then: Branch = field(default=Constant(), metadata=about("Then"))
    otherwise: Branch = field(
        default=LeaveUnmapped(), metadata=about("Else", "May leave the field unmapped.")
    )

    def step(self, context: Context, /) -> Step:
        holds, then, otherwise = (
            self.when.holds(context),
            self.then.step(context),
            self.otherwise.step(context),
        )

        def step(value: Value, values: Values) -> Result:
            return then(value, values) if holds(value, values) else otherwise(value, values)

        return step
