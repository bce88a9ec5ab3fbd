"""The plugin file against our copy of the rules (powerschool dossier 3.2, 3.4)."""

from xml.etree import ElementTree as ET

import pytest

from yellowbus.connectors.powerschool.plugin import NAMESPACE, plugin_xml, validate
from yellowbus.connectors.powerschool.tables import GRANTED, WRITTEN_ALONG

GOOD = plugin_xml(access_level=True)


@pytest.mark.parametrize("access_level", [True, False])
@pytest.mark.parametrize("writes", [True, False])
def test_every_variant_is_valid(access_level, writes):
    assert validate(plugin_xml(access_level=access_level, writes=writes)) == []


@pytest.mark.parametrize(
    ("options", "level"),
    [
        ({"access_level": True}, {"accessLevelV1Api": "FULL"}),
        ({"access_level": True, "writes": False}, {"accessLevelV1Api": "READ"}),
        ({"access_level": False}, {}),
    ],
)
def test_the_access_level_is_there_for_new_servers_alone(options, level):
    assert ET.fromstring(plugin_xml(**options)).find(f"{{{NAMESPACE}}}oauth").attrib == level


def test_every_column_that_is_read_is_asked_for():
    asked = [
        (field.get("table"), field.get("field"))
        for field in ET.fromstring(GOOD).iter(f"{{{NAMESPACE}}}field")
    ]
    read = [(table.name, column) for table in GRANTED for column in table.columns]
    along = [(name, column) for name, columns in WRITTEN_ALONG.items() for column in columns]
    assert ([each for each in asked if each not in along], sorted(asked)) == (read, sorted(read + along))


def test_reading_alone_asks_for_no_right_to_change():
    xml = plugin_xml(access_level=True, writes=False)
    assert {field.get("access") for field in ET.fromstring(xml).iter(f"{{{NAMESPACE}}}field")} == {"ViewOnly"}


def test_what_a_person_enters_cannot_break_the_file():
    xml = plugin_xml(access_level=True, email='a"<&>@example.org')
    assert validate(xml) == []
    assert ET.fromstring(xml).find(f".//{{{NAMESPACE}}}contact").get("email") == 'a"<&>@example.org'


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("<plugin", "<plugins", "The file is not XML"),
        (NAMESPACE, "http://example.org/", "The root element is not plugin in PowerSchool's namespace."),
        (
            'name="Yellowbus Sync Service"',
            f'name="{"x" * 41}"',
            "plugin name has 41 characters; 1 to 40 are allowed.",
        ),
        ('name="Yellowbus Sync Service"', "", "plugin lacks name."),
        ('version="1.1"', 'version="1.1a"', "plugin version holds more than digits and dots."),
        ('access="FullAccess"', 'access="Full"', "field access is Full; FullAccess, ViewOnly are allowed."),
        ('"FULL"', '"ALL"', "oauth accessLevelV1Api is ALL; FULL, NONE, READ are allowed."),
        ('email="yellowbus@example.org"', 'email=""', "contact email has 0 characters; 1 to 40 are allowed."),
        ('<contact email="yellowbus@example.org"/>', "", "publisher has 0 contacts and needs one."),
        ("</publisher>", "</publisher><oauth/>", "oauth stands there 2 times."),
        ('field="street"', 'field="CITY"', "personaddress.city is asked for twice."),
    ],
)
def test_what_powerschool_would_refuse_is_named(old, new, says):
    found = validate(GOOD.replace(old, new))
    assert found
    assert found[0].startswith(says)


def test_a_file_without_a_publisher_is_refused():
    start, end = GOOD.index("<publisher"), GOOD.index("</publisher>") + len("</publisher>")
    assert validate(GOOD[:start] + GOOD[end:]) == ["publisher is missing."]
