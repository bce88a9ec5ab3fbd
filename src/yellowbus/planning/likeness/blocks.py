"""Who might be compared with whom: keys under which a child is kept and keys under which it is sought.

A child is kept under its birth date, under its day of birth with the initial of its first name, and under its year of
birth with the initials of first and last name (of a double one, the first and the last part), so that one wrong
part of the date does not hide it. A store keeps the same keys in indexed columns. Where a birth date lacks, the
sound of the names and the telephone stand in.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from yellowbus.planning.likeness.child import Child
from yellowbus.planning.likeness.variants import initials
from yellowbus.planning.likeness.weigh import turned
from yellowbus.planning.match import normalise

_YEARS = 3
_SILENT = str.maketrans("", "", "aeiouhwy")


def sound(name: str) -> str:
    """The first letter and the consonants after it, doubled ones once.

    >>> sound("garcia"), sound("gracia"), sound("jayden"), sound("jaden")
    ('grc', 'grc', 'jdn', 'jdn')
    """
    rest = name[1:].translate(_SILENT)
    return name[:1] + "".join(
        letter for place, letter in enumerate(rest) if rest[place - 1 : place] != letter
    )


def kept_keys(child: Child) -> Iterator[str]:
    """The keys of one whom others may be."""
    if child.born and child.given and child.last:
        first = child.given[0][0]
        yield child.born
        yield child.born[5:] + first
        yield from {_near(child.born, first, part[0]) for part in (child.last[0], child.last[-1])}
    yield from undated_keys(child)


def _near(born: str, one: str, other: str) -> str:
    """Year of birth with the initials, in an order that exchanged names do not change."""
    return f"{born[:4]}{one}{other}" if one <= other else f"{born[:4]}{other}{one}"


def undated_keys(child: Child) -> Iterator[str]:
    """The keys that need no birth date: the sounds of the first name with each last name, and telephones."""
    for phone in child.home.phones:
        yield f"~{phone}"
    for part in dict.fromkeys(child.last):
        for first in child.given[:1]:
            one, other = sound(first), sound(part)
            yield f"{one}~{other}" if one <= other else f"{other}~{one}"


@dataclass(frozen=True, slots=True)
class Sought:
    """The keys to seek a child of known birth date under."""

    dates: Collection[str] = ()
    days: Collection[str] = ()
    years: Collection[str] = ()


def sought_keys(child: Child) -> Sought:
    """The birth date and the one with day and month exchanged, days and years of birth with initials."""
    if not (child.born and child.given and child.last):
        return Sought()
    first = initials(child.given[0])
    parts = {part[0] for part in child.last}
    return Sought(
        dates=[born for born in (child.born, turned(child.born)) if born],
        days=[child.born[5:] + letter for letter in first | parts],
        years={_near(child.born, one, other) for one in first for other in parts},
    )


def sought_dates(born: str) -> list[str]:
    """The dates on which anybody may be a child born on `born`: that one, and with day and month exchanged."""
    return [date for date in (born, turned(born)) if date]


def near_dates(born: str) -> list[str]:
    """Dates that differ from `born` in the day, the month or the year alone, as `birth_dates` takes it.

    Some are no real dates, and nobody is found under them. Of the years only near ones and slips of a digit.
    """
    year, month, day = int(born[:4]), born[5:7], born[8:]
    years = {year + step for step in range(-_YEARS, _YEARS + 1)}
    years |= {year - year % 10 + digit for digit in range(10)} | {year + 10 * step for step in (-1, 1)}
    found = {f"{year}-{month}-{other:02}" for other in range(1, 32)}
    found |= {f"{year}-{other:02}-{day}" for other in range(1, 13)}
    found |= {f"{other}-{month}-{day}" for other in years}
    return sorted(found - {born})


def sought_letters(child: Child) -> frozenset[str]:
    """The initials of the first name, of all it may be written as, and of the parts of the last name."""
    parts = (*child.last, *normalise(child.written[1]).split())
    first = initials(child.given[0]) if child.given else frozenset[str]()
    return first | {part[0] for part in parts}


class Index:
    """Children to be sought, in memory."""

    def __init__(self, children: Iterable[Child]) -> None:
        self._dated: defaultdict[str, list[Child]] = defaultdict(list)
        self._undated: defaultdict[str, list[Child]] = defaultdict(list)
        self._every: defaultdict[str, list[Child]] = defaultdict(list)
        for child in children:
            self.add(child)

    def add(self, child: Child) -> None:
        for key in kept_keys(child):
            if "~" not in key:
                self._dated[key].append(child)
                continue
            self._every[key].append(child)
            if not child.born:
                self._undated[key].append(child)

    def born(self, born: str) -> list[Child]:
        """All of one birth date."""
        return self._dated.get(born, []) if born else []

    def near(self, child: Child) -> Iterator[Child]:
        """Each who may be `child`, once."""
        seen = set()
        for found in self._groups(child):
            for other in found:
                if other.id not in seen:
                    seen.add(other.id)
                    yield other

    def _groups(self, child: Child) -> Iterator[list[Child]]:
        sought = sought_keys(child)
        for keys in (sought.dates, sought.days, sought.years):
            for key in keys:
                yield self._dated.get(key, [])
        undated = self._undated if child.born else self._every
        if undated:
            for key in undated_keys(child):
                yield undated.get(key, [])
