"""One invented district, shown by every SIS simulator."""

from yellowbus.simulators.district.change import Changes
from yellowbus.simulators.district.district import District
from yellowbus.simulators.district.people import Address, Contact, School, Status, Student, Term, Tie

__all__ = ["Address", "Changes", "Contact", "District", "School", "Status", "Student", "Term", "Tie"]
