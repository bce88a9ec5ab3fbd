"""Module Family, and the emergency contacts (qmlativ dossier 8.3, 14)."""

from typing import Any

from yellowbus.simulators.qmlativ import keys
from yellowbus.simulators.qmlativ.codes import RELATIONSHIP_IDS
from yellowbus.simulators.qmlativ.objects import Type, blanks, calculated, key, put, req, ro, table
from yellowbus.simulators.qmlativ.student_objects import STUDENT

ID, INT, TEXT, BOOL, DECIMAL = Type.ID, Type.INT, Type.TEXT, Type.BOOL, Type.DECIMAL
FAMILY = "Family>FamilyID>Family/Family"
RELATIONSHIP = "Relationship>RelationshipID>Demographics/Relationship"


def _person(row: Any) -> int:
    return keys.contact_name(row.tie.contact)


def _relationship(row: Any) -> int | None:
    return RELATIONSHIP_IDS.get(row.tie.relationship)


def _any(flag: str) -> Any:
    return lambda row: any(getattr(tie, flag) for tie in row.ties)


TABLES = (
    table(
        "Family/Family",
        lambda w: sorted(w.kin.families.values(), key=lambda family: family.id),
        key("FamilyID"),
        req("LanguageIDHome", ID, "language_id"),
        ro("AttachmentCount", INT, 0),
        ro("HasStudentInSpecificDistrict", BOOL, source=True),
        *calculated(DECIMAL, "FoodServiceBeginningBalance FoodServiceCurrentBalance", source=0),
        relations="LanguageHome>LanguageIDHome>Demographics/Language",
    ),
    table(
        "Family/FamilyGuardian",
        lambda w: sorted(w.kin.family_guardians.values(), key=lambda row: row.id),
        key("FamilyGuardianID"),
        req("FamilyID", ID, "family_id"),
        req("NameID", ID, "name_id"),
        req("Rank", INT, "rank"),
        ro("HasActiveStudentGuardianRestrictedAccess", BOOL, source=False),
        relations=f"Name>NameID>Demographics/Name {FAMILY}",
    ),
    table(
        "Family/StudentFamily",
        lambda w: w.kin.student_families,
        key("StudentFamilyID"),
        req("FamilyID", ID, "family_id"),
        req("StudentID", ID, "student_id"),
        req("Rank", INT, "rank"),
        put("ReceivesForms", BOOL, _any("mail")),
        ro("AttachmentCount", INT, 0),
        ro("IsEmergencyContact", BOOL, _any("emergency")),
        ro("IsPrimaryEmergencyContact", BOOL, lambda row: row.rank == 1 and _any("emergency")(row)),
        ro("AllowStudentPickup", BOOL, _any("pickup")),
        ro("IsCustodialGuardian", BOOL, _any("custodial")),
        ro("AllowAddAddress", BOOL, source=True),
        ro("HasEmployeeGuardian", BOOL, source=False),
        *calculated(TEXT, "Relationship"),
        *calculated(INT, "StudentFamilyCount"),
        relations=f"{STUDENT} {FAMILY}",
    ),
    table(
        "Family/StudentGuardian",
        lambda w: w.kin.guardians,
        key("StudentGuardianID"),
        req("NameIDGuardian", ID, _person),
        req("StudentID", ID, "student.id"),
        put("RelationshipID", ID, _relationship),
        put("IsCustodialGuardian", BOOL, "tie.custodial"),
        put("AllowStudentPickup", BOOL, "tie.pickup"),
        put("AllowFamilyAccess", BOOL, "tie.custodial"),
        *blanks(TEXT, "FeeOnlinePaymentOverrideType FoodOnlinePaymentOverrideType"),
        *blanks(BOOL, "OverrideFeeOnlinePaymentAccess OverrideFoodOnlinePaymentAccess", source=False),
        ro("Rank", INT, "rank"),
        ro("GuardianCategory", TEXT, lambda row: "Primary" if row.tie.lives_with else "Other"),
        ro("IsEmergencyContact", BOOL, "tie.emergency"),
        ro("HasActiveRestrictedAccess", BOOL, source=False),
        ro("HasUnrestrictedAccess", BOOL, source=True),
        ro("NeedsSecurityGroupAudit", BOOL, source=False),
        *calculated(TEXT, "GuardianNameIDAndFamilyID"),
        relations=f"{STUDENT} NameGuardian>NameIDGuardian>Demographics/Name {RELATIONSHIP}",
    ),
    table(
        "Demographics/EmergencyContact",
        lambda w: w.kin.emergency,
        key("EmergencyContactID"),
        req("NameID", ID, "student.person_id"),
        req("NameIDEmergencyContact", ID, _person),
        req("Rank", INT, "rank"),
        put("RelationshipID", ID, _relationship),
        put("AllowPickUp", BOOL, "tie.pickup"),
        put("Comment", TEXT, "tie.note"),
        relations=f"Name>NameID>Demographics/Name NameEmergencyContact>NameIDEmergencyContact>Demographics/Name "
        f"{RELATIONSHIP}",
    ),
)
