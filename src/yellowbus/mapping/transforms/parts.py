"""Join, Pick and Split: several values to one, and one to several."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from yellowbus.mapping.steps import Context, Fault, Step, TextStep, TextTransform, Transform, Values, about
from yellowbus.mapping.transforms.operands import Constant, FromField, Operand, reader
from yellowbus.records import Value

_Read: TypeAlias = Callable[[Value, Values], Value]


@dataclass(frozen=True, slots=True)
class Join(Transform):
    """All fields blank gives blank: never a lone delimiter or a lone constant (enroll-sync 7.7)."""

    use: ClassVar[str] = "join"
    title: ClassVar[str] = "Join"
    says: ClassVar[str] = "Puts several values together with a delimiter between them."
    needs_source: ClassVar[bool] = False

    sources: tuple[Operand, ...] = field(
        default=(), metadata=about("Values", "Fields or texts, in their order.")
    )
    delimiter: str = field(default=" ", metadata=about("Delimiter"))
    skip_empty: bool = field(
        default=True,
        metadata=about("Skip empty values", "Otherwise an empty value keeps its place and delimiter."),
    )

    def step(self, context: Context, /) -> Step:
        names = [part.source_field for part in self.sources if isinstance(part, FromField)]
        if self.skip_empty and len(names) == len(self.sources):
            return _join_fields(tuple(names), self.delimiter)
        readers = tuple(reader(part, context) for part in self.sources)
        fields = tuple(
            read for part, read in zip(self.sources, readers, strict=True) if not isinstance(part, Constant)
        )
        return self._join(readers, fields or readers)

    def _join(self, readers: tuple[_Read, ...], fields: tuple[_Read, ...]) -> Step:
        """`fields` are the readers of which one at least must find something."""
        delimiter, skip_empty = self.delimiter, self.skip_empty

        def step(value: Value, values: Values) -> Value:
            if all(_is_empty(read(value, values)) for read in fields):
                return None
            found = (read(value, values) for read in readers)
            parts = ("" if _is_empty(part) else part or "" for part in found)
            return delimiter.join(part for part in parts if part or not skip_empty)

        return step

    def faults(self) -> Iterator[Fault]:
        if not self.sources:
            yield Fault("argument-missing", {"title": self.title, "argument": "Values"})


def _join_fields(names: tuple[str, ...], delimiter: str) -> Step:
    """The usual Join, without a call for each of its fields."""

    def step(_value: Value, values: Values) -> Value:
        get, parts = values.get, []
        for name in names:
            part = get(name)
            if part and not part.isspace():
                parts.append(part)
        return delimiter.join(parts)

    return step


@dataclass(frozen=True, slots=True)
class Pick(Transform):
    """White space alone counts as empty, 0 does not (enroll-sync 7.8)."""

    use: ClassVar[str] = "pick"
    title: ClassVar[str] = "Pick"
    says: ClassVar[str] = "Gives the first value that is not empty."
    needs_source: ClassVar[bool] = False

    sources: tuple[Operand, ...] = field(
        default=(), metadata=about("Values", "Fields or texts, in their order.")
    )

    def step(self, context: Context, /) -> Step:
        readers = tuple(reader(part, context) for part in self.sources)

        def step(value: Value, values: Values) -> Value:
            for read in readers:
                found = read(value, values)
                if not _is_empty(found):
                    return found
            return None

        return step

    def faults(self) -> Iterator[Fault]:
        if not self.sources:
            yield Fault("argument-missing", {"title": self.title, "argument": "Values"})


@dataclass(frozen=True, slots=True)
class Split(TextTransform):
    """A fragment that is not there is blank (enroll-sync 7.9)."""

    use: ClassVar[str] = "split"
    title: ClassVar[str] = "Split"
    says: ClassVar[str] = "Cuts the value at a delimiter and keeps one fragment."

    delimiter: str = field(
        default=" ", metadata=about("Delimiter", "One or more characters, taken literally.")
    )
    fragment: int = field(
        default=1,
        metadata=about("Fragment", "1 is the first, 2 the second; -1 is the last, -2 the one before."),
    )
    max_splits: int = field(
        default=0, metadata=about("Most cuts", "The last fragment keeps the rest; 0 cuts at every delimiter.")
    )
    collapse: bool = field(default=False, metadata=about("Take repeated delimiters as one"))
    trim: bool = field(default=True, metadata=about("Trim the fragment"))

    def function(self, _context: Context, /) -> TextStep:
        cut, trim = self._cut(), self.trim
        place = self.fragment - 1 if self.fragment > 0 else self.fragment
        needed = abs(self.fragment)

        def function(value: str) -> Value:
            fragments = cut(value)
            if len(fragments) < needed:
                return None
            return fragments[place].strip() if trim else fragments[place]

        return function

    def _cut(self) -> Callable[[str], list[str]]:
        delimiter, most = self.delimiter, self.max_splits or -1
        if not self.collapse:
            return lambda value: value.split(delimiter, most)
        return lambda value: _collapsed(value, delimiter, most)

    def faults(self) -> Iterator[Fault]:
        if not self.delimiter:
            yield Fault("argument-missing", {"title": self.title, "argument": "Delimiter"})
        if self.fragment == 0:
            yield Fault(
                "argument-range",
                {"title": self.title, "argument": "Fragment", "range": "1, 2, … or -1, -2, …"},
            )
        if self.max_splits < 0:
            yield Fault(
                "argument-range", {"title": self.title, "argument": "Most cuts", "range": "0 or more"}
            )


def _collapsed(value: str, delimiter: str, most: int) -> list[str]:
    """Fragments between runs of the delimiter; a run at either end cuts off nothing."""
    fragments: list[str] = []
    rest = value
    while rest:
        rest = _without_leading(rest, delimiter)
        if len(fragments) == most:
            fragments.append(rest)
            break
        fragment, _, rest = rest.partition(delimiter)
        fragments.append(fragment)
    return [fragment for fragment in fragments if fragment]


def _without_leading(value: str, delimiter: str) -> str:
    while value.startswith(delimiter):
        value = value[len(delimiter) :]
    return value


def _is_empty(value: Value) -> bool:
    return not value or value.isspace()
