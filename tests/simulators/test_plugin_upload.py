"""Dossier 3.1 to 3.3: what an upload must satisfy, and what enabling gives."""

import io
import zipfile
from uuid import UUID

import pytest
from simulated_client import NAMESPACE, plugin_xml

from yellowbus.simulators.district import District
from yellowbus.simulators.powerschool import Options, PowerSchool
from yellowbus.simulators.powerschool.plugin_xml import BadPluginError, Level, PluginFile, read_upload

QUERY = """<queries><query name="org.example.sync.students.all" coreTable="students" flattened="true">
<summary>All</summary><columns><column column="STUDENTS.DCID">dcid</column></columns>
<sql><![CDATA[SELECT dcid FROM students ORDER BY dcid]]></sql></query></queries>"""


def read(content: bytes, *, new: bool = True) -> PluginFile:
    return read_upload(content, knows_v1_level=new)


def package(**files: str | bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def sis(shared_district: District) -> PowerSchool:
    return PowerSchool(shared_district)


@pytest.fixture
def old_sis(shared_district: District) -> PowerSchool:
    return PowerSchool(shared_district, Options(version="24.9.1.0"))


# --- 3.2: the grammar ---


def test_section_3_2_a_good_file_is_read() -> None:
    file = read(plugin_xml(fields={"Students": "DCID"}))
    assert (file.name, file.version, file.publisher, file.level) == (
        "Invented Sync",
        "1.0",
        "Invented",
        Level.READ,
    )
    assert [(f.table, f.field, f.access.value) for f in file.fields] == [("Students", "DCID", "ViewOnly")]


def test_section_3_2_root_children_come_in_any_order() -> None:
    publisher = '<publisher name="P"><contact email="it@example.org"/></publisher>'
    assert read(plugin_xml(publisher="", extra=publisher)).publisher == "P"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"name": "x" * 41}, "Attribute name of element plugin must have 1 to 40 characters."),
        ({"name": ""}, "Attribute name of element plugin must have 1 to 40 characters."),
        ({"version": "1" * 21}, "Attribute version of element plugin must have 1 to 20 characters."),
        ({"publisher": ""}, "Element publisher is missing in plugin."),
        ({"publisher": '<publisher name="P"/>'}, "Element publisher must have exactly one contact."),
        (
            {"publisher": '<publisher name="P"><contact/></publisher>'},
            "Attribute email is missing in element contact.",
        ),
        ({"oauth": "<oauth/><oauth/>"}, "Element oauth may stand only once in plugin."),
        (
            {"oauth": '<oauth accessLevelV1Api="WRITE"/>'},
            "Attribute accessLevelV1Api of element oauth must be one of FULL, NONE, READ.",
        ),
        ({"oauth": '<oauth level="READ"/>'}, "Attribute level is not allowed in element oauth."),
        ({"extra": "<nonsense/>"}, "Element nonsense is not allowed in plugin."),
        (
            {"extra": '<registration url="http://example.org"/>'},
            "The registration url must begin with https://.",
        ),
        ({"fields": {"t" * 31: "dcid"}}, "Attribute table of element field must have 1 to 30 characters."),
    ],
)
def test_section_3_2_a_file_that_breaks_a_rule_is_refused(change: dict[str, str], why: str) -> None:
    with pytest.raises(BadPluginError) as refused:
        read(plugin_xml(**change))  # type: ignore[arg-type]
    assert str(refused.value) == why


def test_section_3_2_only_two_kinds_of_access_exist() -> None:
    with pytest.raises(BadPluginError, match="must be one of FullAccess, ViewOnly"):
        read(plugin_xml().replace(b"ViewOnly", b"ReadOnly", 1))


def test_section_3_2_the_namespace_must_be_the_vendors() -> None:
    with pytest.raises(BadPluginError, match="in the namespace"):
        read(plugin_xml().replace(NAMESPACE.encode(), b"http://example.org/plugin"))


@pytest.mark.parametrize(
    "content", [b"", b"not xml", b"<plugin>", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", b"PK broken"]
)
def test_what_is_no_plugin_file_is_refused(content: bytes) -> None:
    with pytest.raises(BadPluginError):
        read(content)


def test_section_1_1_an_older_server_rejects_the_v1_attribute(old_sis: PowerSchool) -> None:
    with pytest.raises(BadPluginError, match="accessLevelV1Api is not allowed"):
        old_sis.sis.plugins.install(plugin_xml())


def test_section_1_1_an_older_server_opens_v1_to_an_empty_oauth_element(old_sis: PowerSchool) -> None:
    plugin = old_sis.sis.plugins.install(plugin_xml(oauth="<oauth></oauth>"))
    old_sis.sis.plugins.enable(plugin)
    assert plugin.level is Level.FULL


@pytest.mark.parametrize(
    ("oauth", "level"),
    [
        ("<oauth/>", Level.NONE),
        ('<oauth accessLevelV1Api="NONE"/>', Level.NONE),
        ('<oauth accessLevelV1Api="READ"/>', Level.READ),
        ('<oauth accessLevelV1Api="FULL"/>', Level.FULL),
    ],
)
def test_section_3_2_the_v1_level_is_what_the_file_says(sis: PowerSchool, oauth: str, level: Level) -> None:
    plugin = sis.sis.plugins.install(plugin_xml(oauth=oauth))
    sis.sis.plugins.enable(plugin)
    assert plugin.level is level


# --- 3.1: packages ---


def test_section_3_1_a_zip_has_plugin_xml_at_its_root(sis: PowerSchool) -> None:
    content = package(**{"plugin.xml": plugin_xml(), "queries_root/all.named_queries.xml": QUERY})
    assert list(sis.sis.plugins.install(content).queries) == ["org.example.sync.students.all"]


def test_section_3_1_a_wrapping_folder_is_refused() -> None:
    with pytest.raises(BadPluginError, match=r"no plugin\.xml at the root"):
        read(package(**{"folder/plugin.xml": plugin_xml()}))


def test_section_3_1_queries_elsewhere_in_the_zip_are_not_read() -> None:
    assert (
        read(package(**{"plugin.xml": plugin_xml(), "other/all.named_queries.xml": QUERY})).query_files == ()
    )


# --- 3.3: validation against the server, and the steps ---


@pytest.mark.parametrize("fields", [{"students": "dcid shoe_size"}, {"nosuchtable": "dcid"}])
def test_section_3_3_one_unknown_field_fails_the_whole_upload(
    sis: PowerSchool, fields: dict[str, str]
) -> None:
    with pytest.raises(BadPluginError, match="does not exist"):
        sis.sis.plugins.install(plugin_xml(fields=fields))
    assert sis.sis.plugins.all() == []


def test_section_3_4_every_column_of_the_dossiers_list_exists(sis: PowerSchool) -> None:
    assert sis.sis.plugins.install(plugin_xml()).id == 9001


@pytest.mark.parametrize("version", ["1.0", "0.9"])
def test_section_3_3_the_same_or_a_lower_version_is_refused(sis: PowerSchool, version: str) -> None:
    sis.sis.plugins.install(plugin_xml(version="1.0"))
    with pytest.raises(BadPluginError, match="upload a higher version"):
        sis.sis.plugins.install(plugin_xml(version=version))


def test_section_3_3_an_update_grants_only_after_disable_and_enable(sis: PowerSchool) -> None:
    plugins = sis.sis.plugins
    plugin = plugins.install(plugin_xml(fields={"students": "dcid"}))
    plugins.enable(plugin)
    plugins.install(plugin_xml(version="1.10", fields={"students": "dcid dob"}))
    assert not plugin.grants("students", "dob")
    plugins.disable(plugin)
    plugins.enable(plugin)
    assert plugin.grants("Students", "DOB")


def test_section_3_3_versions_are_compared_as_numbers(sis: PowerSchool) -> None:
    sis.sis.plugins.install(plugin_xml(version="1.9"))
    assert sis.sis.plugins.install(plugin_xml(version="1.10")).file.version == "1.10"


def test_section_3_3_credentials_are_made_when_the_plugin_is_enabled(sis: PowerSchool) -> None:
    plugin = sis.sis.plugins.install(plugin_xml())
    assert (plugin.client_id, plugin.client_secret) == ("", "")
    sis.sis.plugins.enable(plugin)
    assert UUID(plugin.client_id) != UUID(plugin.client_secret)


def test_section_3_3_enabling_again_keeps_the_credentials(sis: PowerSchool) -> None:
    plugin = sis.sis.plugins.install(plugin_xml())
    sis.sis.plugins.enable(plugin)
    before = (plugin.client_id, plugin.client_secret)
    sis.sis.plugins.disable(plugin)
    sis.sis.plugins.enable(plugin)
    assert (plugin.client_id, plugin.client_secret) == before


def test_section_3_3_regenerating_makes_new_credentials(sis: PowerSchool) -> None:
    plugin = sis.sis.plugins.install(plugin_xml())
    sis.sis.plugins.enable(plugin)
    before = plugin.client_id
    sis.sis.plugins.regenerate(plugin)
    assert plugin.client_id != before


def test_section_3_3_a_query_on_an_excluded_table_blocks_enabling(sis: PowerSchool) -> None:
    query = QUERY.replace("FROM students", "FROM teachers")
    plugin = sis.sis.plugins.install(
        package(**{"plugin.xml": plugin_xml(), "queries_root/a.named_queries.xml": query})
    )
    with pytest.raises(BadPluginError, match="Teachers, which is excluded"):
        sis.sis.plugins.enable(plugin)


# --- 3.5: PowerQuery files ---


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("org.example.sync.students.all", "students", "must have five parts"),
        (
            "org.example.sync.students.all",
            "com.powerschool.core.students.all",
            "must have five parts and not begin",
        ),
        ("<summary>All", "<summary>" + "x" * 51, "longer than 50"),
        ('coreTable="students"', "", "needs a coreTable"),
        (">dcid<", ">d cid<", "must have one or two parts"),
        ("SELECT dcid", "SELECT dcid, id", "selects 2 items but has 1 columns"),
        ("FROM students", "FROM nowhere", "no such table"),
        ("SELECT dcid", "SELEKT dcid", "syntax error"),
        ("<sql>", "<nosql>", "not well-formed"),
    ],
)
def test_section_3_5_a_query_that_breaks_a_rule_fails_the_upload(
    sis: PowerSchool, old: str, new: str, why: str
) -> None:
    content = package(
        **{"plugin.xml": plugin_xml(), "queries_root/a.named_queries.xml": QUERY.replace(old, new)}
    )
    with pytest.raises(BadPluginError, match=why):
        sis.sis.plugins.install(content)
    assert sis.sis.plugins.all() == []


def test_section_3_5_query_names_are_one_space_for_the_whole_server(sis: PowerSchool) -> None:
    files = {"queries_root/a.named_queries.xml": QUERY}
    sis.sis.plugins.install(package(**{"plugin.xml": plugin_xml(), **files}))
    with pytest.raises(BadPluginError, match="exists already"):
        sis.sis.plugins.install(package(**{"plugin.xml": plugin_xml(name="Another"), **files}))


def test_section_3_5_two_columns_must_not_share_a_name(sis: PowerSchool) -> None:
    twice = QUERY.replace("</columns>", '<column column="STUDENTS.ID">DCID</column></columns>')
    content = package(**{"plugin.xml": plugin_xml(), "queries_root/a.named_queries.xml": twice})
    with pytest.raises(BadPluginError, match="have the same name"):
        sis.sis.plugins.install(content)
