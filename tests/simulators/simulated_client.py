"""A plugin file, and a client that speaks to a simulator as that plugin does."""

from dataclasses import dataclass, field
from typing import Any

import httpx2

from yellowbus.simulators.powerschool import PowerSchool

# Dossier 3.4, the columns that a reading plugin asks for.
FIELDS = {
    "students": "dcid id student_number state_studentnumber first_name middle_name last_name lastfirst dob "
    "gender grade_level enroll_status schoolid entrydate exitdate home_room person_id",
    "schools": "dcid id school_number name abbreviation",
    "terms": "dcid id schoolid yearid isyearrec portion firstday lastday name abbreviation",
    "codeset": "codesetid codetype code description",
    "person": "id dcid firstname middlename lastname prefixcodesetid suffixcodesetid gendercodesetid "
    "employer isactive excludefromstatereporting statecontactid statecontactnumber whencreated whenmodified",
    "studentcontactassoc": "studentcontactassocid studentdcid personid contactpriorityorder "
    "currreltypecodesetid",
    "studentcontactdetail": "studentcontactdetailid studentcontactassocid relationshiptypecodesetid "
    "relationshipnote isactive startdate enddate iscustodial isemergency liveswithflg schoolpickupflg "
    "receivesmailflg excludefromstatereportingflg",
    "emailaddress": "emailaddressid emailaddress",
    "personemailaddressassoc": "personemailaddressassocid personid emailaddressid emailtypecodesetid "
    "isprimaryemailaddress emailaddresspriorityorder",
    "phonenumber": "phonenumberid phonenumber phonenumberext issms",
    "personphonenumberassoc": "personphonenumberassocid personid phonenumberid phonetypecodesetid "
    "phonenumberpriorityorder phonenumberasentered ispreferred",
    "personaddress": "personaddressid street linetwo unit city statescodesetid postalcode countrycodesetid",
    "personaddressassoc": "personaddressassocid personid personaddressid addresstypecodesetid "
    "addresspriorityorder startdate enddate",
    "originalcontactmap": "originalcontacttype",
}
NAMESPACE = "http://plugin.powerschool.pearson.com"


def plugin_xml(
    *,
    name: str = "Invented Sync",
    version: str = "1.0",
    oauth: str = '<oauth accessLevelV1Api="READ"/>',
    fields: dict[str, str] | None = None,
    publisher: str = '<publisher name="Invented"><contact email="it@example.org"/></publisher>',
    extra: str = "",
) -> bytes:
    """A plugin file; the parts given replace those of one that is well formed."""
    asked = "".join(
        f'<field table="{table}" field="{column}" access="ViewOnly"/>'
        for table, columns in (FIELDS if fields is None else fields).items()
        for column in columns.split()
    )
    return (
        f'<plugin xmlns="{NAMESPACE}" name="{name}" version="{version}">{publisher}{oauth}'
        f"<access_request>{asked}</access_request>{extra}</plugin>"
    ).encode()


@dataclass
class Client:
    """Speaks to the simulator as a plugin does; keeps the token it was given."""

    app: PowerSchool
    http: httpx2.Client
    plugin: Any
    headers: dict[str, str] = field(default_factory=dict)

    def sign_in(self) -> httpx2.Response:
        reply = self.http.post(
            "/oauth/access_token",
            auth=(self.plugin.client_id, self.plugin.client_secret),
            data={"grant_type": "client_credentials"},
        )
        self.headers = {
            "Accept": "application/json",
            "Authorization": f"Bearer {reply.json()['access_token']}",
        }
        return reply

    def ask(self, path: str, **query: Any) -> httpx2.Response:
        return self.http.get(path, params=query or None, headers=self.headers)

    def get(self, path: str, **query: Any) -> Any:
        reply = self.ask(path, **query)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def post(self, path: str, body: Any = None, **query: Any) -> httpx2.Response:
        return self.http.post(path, params=query or None, headers=self.headers, json=body or {})
