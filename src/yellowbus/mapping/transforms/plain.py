"""Direct, Value Input, Lower and Upper."""

from dataclasses import dataclass, field
from typing import ClassVar

from yellowbus.mapping.steps import Context, Step, TextStep, TextTransform, Transform, about


@dataclass(frozen=True, slots=True)
class Direct(TextTransform):
    use: ClassVar[str] = "direct"
    title: ClassVar[str] = "Direct"
    says: ClassVar[str] = "Gives the value as it is."

    def function(self, _context: Context, /) -> TextStep:
        return str


@dataclass(frozen=True, slots=True)
class ValueInput(Transform):
    use: ClassVar[str] = "value-input"
    title: ClassVar[str] = "Value Input"
    says: ClassVar[str] = "Gives the same value for every record."
    needs_source: ClassVar[bool] = False

    value: str = field(
        default="", metadata=about("Value", "Empty is blank: with Overwrite it clears the field.")
    )

    def step(self, _context: Context, /) -> Step:
        constant = self.value or None
        return lambda _value, _values: constant


@dataclass(frozen=True, slots=True)
class Lower(TextTransform):
    use: ClassVar[str] = "lower"
    title: ClassVar[str] = "Lower"
    says: ClassVar[str] = "Writes every letter small."

    def function(self, _context: Context, /) -> TextStep:
        return str.lower


@dataclass(frozen=True, slots=True)
class Upper(TextTransform):
    use: ClassVar[str] = "upper"
    title: ClassVar[str] = "Upper"
    says: ClassVar[str] = "Writes every letter as a capital."

    def function(self, _context: Context, /) -> TextStep:
        return str.upper
