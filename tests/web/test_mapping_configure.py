"""The Configure tab: Student Examples, who may be added, when a change waits."""

import re

import pytest

from reading import text_of
from scene import child
from yellowbus.planning.admission import EVERYONE, Admission
from yellowbus.planning.guard import Thresholds
from yellowbus.setup import audit
from yellowbus.setup.models import Connection
from yellowbus.setup.options import Options, mark_of, read_options, set_options


def address(district, kind="students", end=""):
    return f"/connections/{district.connection.pk}/mapping/{kind}/configure/{end}"


def kept(district):
    with district.scope():
        return read_options(Connection.objects.get(pk=district.connection.pk))


@pytest.fixture
def page(district):
    """A browser at the tab, and what it would send if nothing were changed."""
    browser = district.client("full")
    return browser, sent(browser.get(address(district)))


def sent(response):
    """What the form of the page sends as it stands."""
    html = response.content.decode()
    form = html[html.index('class="configure"') : html.index('id="look-up"')]
    data: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        kind, name, value = (
            (re.search(rf'{part}="([^"]*)"', tag) or ["", ""])[1] for part in ("type", "name", "value")
        )
        if name and (kind not in ("radio", "checkbox") or "checked" in tag):
            data.setdefault(name, []).append(value or ("on" if kind == "checkbox" else ""))
    return {name: values for name, values in data.items() if name != "csrfmiddlewaretoken"}


def test_what_is_kept_is_shown_and_saved_again_unchanged(district, page):
    browser, form = page
    assert (form["statuses"], form["youngest"], form["clears"], form["at_least"]) == (
        ["active", "pre-registered"],
        ["3"],
        ["5"],
        ["10"],
    )
    response = browser.post(address(district), form)
    assert (response.status_code, kept(district)) == (302, Options())


def test_everything_is_saved_at_once(district, page):
    browser, form = page
    told = {
        "example1": "000003", "example4": " 000001 ", "who": "chosen", "statuses": ["active"], "by_age": [],
        "grades": ["K", "1"], "clears": "1", "moves": "2", "updates": "3", "shrink": "4", "at_least": "5",
        "links_certain": "on",
    }  # fmt: skip
    page_after = browser.post(address(district), form | told, follow=True)
    assert "Saved. The next import goes by it." in text_of(page_after)
    assert kept(district) == Options(
        admission=Admission(frozenset({"active"}), None, frozenset({"K", "1"})),
        thresholds=Thresholds(clears=1, moves=2, updates=3, shrink=4, at_least=5),
        examples=("000003", "000001"),
        links_certain=True,
    )
    with district.scope():
        (event,) = audit.events("options.set")[0]
    assert event.facts == {"changed": ["admission", "thresholds", "examples", "links_certain"]}


def test_all_students_can_be_chosen_as_the_article_has_it(district, page):
    browser, form = page
    browser.post(address(district), form | {"who": "all"})
    assert kept(district).admission == EVERYONE
    again = sent(browser.get(address(district)))
    assert (again["who"], again["statuses"]) == (["all"], ["active", "pre-registered"])


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"statuses": []}, "Tick at least one status, or choose all students."),
        ({"youngest": "9", "oldest": "8"}, "This age is below the other one."),
        ({"youngest": ""}, "Give both ages"),
        ({"example1": "7", "example2": "7"}, "This student is given twice."),
        ({"clears": "101"}, "less than or equal to 100"),
        ({"moves": ""}, "This field is required."),
        ({"at_least": "0"}, "greater than or equal to 1"),
        ({"statuses": ["nobody"]}, "Select a valid choice"),
        ({"who": "somebody"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_saved(district, page, told, says):
    browser, form = page
    response = browser.post(address(district), form | {"example3": "000009"} | told)
    assert (response.status_code, says in text_of(response), kept(district)) == (422, True, Options())
    assert 'value="000009"' in response.content.decode()


def test_two_who_save_at_once_the_second_is_told_what_the_first_saved(district, page):
    browser, form = page
    with district.scope():
        theirs = Options(examples=("000002",), thresholds=Thresholds(clears=7))
        set_options(district.actor, district.connection, theirs)
    refused = browser.post(address(district), form | {"example1": "000003"})
    words = text_of(refused)
    assert (refused.status_code, "Somebody else saved this page" in words, kept(district)) == (
        422,
        True,
        theirs,
    )
    assert ("Student Examples: 000002." in words, "values cleared 7 percent" in words) == (True, True)
    mine = sent(refused)
    assert (mine["example1"], mine["clears"]) == (["000003"], ["5"])
    assert browser.post(address(district), mine).status_code == 302
    assert kept(district) == Options(examples=("000003",))


def test_a_mistake_in_the_form_does_not_forget_what_was_seen(district, page):
    browser, form = page
    wrong = sent(browser.post(address(district), form | {"clears": "x"}))
    with district.scope():
        set_options(district.actor, district.connection, Options(examples=("000002",)))
    assert browser.post(address(district), wrong | {"clears": "5"}).status_code == 422


def test_what_others_keep_with_the_connection_stays(district, page):
    browser, form = page
    with district.scope():
        Connection.objects.filter(pk=district.connection.pk).update(options={"export": {"on": True}})
    form["seen"] = [mark_of(Options())]
    browser.post(address(district), form | {"who": "all"})
    with district.scope():
        assert Connection.objects.get(pk=district.connection.pk).options["export"] == {"on": True}


@pytest.mark.parametrize(
    ("students", "clears", "says"),
    [
        (0, 5, "it waits as soon as 101 of 2,000 students would lose, say, their phone number."),
        (20, 5, "it waits as soon as 10 of the 20 students here would lose, say, their phone number."),
        (0, 100, "As it is kept, nothing waits for this."),
    ],
)
def test_a_threshold_says_what_it_means_for_a_district_of_this_size(district, students, clears, says):
    district.ready()
    district.write_students([child(number) for number in range(students)])
    district.run()
    with district.scope():
        set_options(district.actor, district.connection, Options(thresholds=Thresholds(clears=clears)))
    assert says in text_of(district.client("full").get(address(district)))


# --- examples ---


@pytest.fixture
def examples(district):
    """Three examples: two of the file, and one that it does not have."""
    district.write_students([child(1), child(3)])
    with district.scope():
        set_options(district.actor, district.connection, Options(examples=("000003", "999999", "000001")))
    return district


def test_the_examples_are_looked_up_and_named_and_one_that_is_not_there_is_said(examples):
    browser = examples.client("full")
    before = browser.get(address(examples))
    assert ("Looking the examples up" in text_of(before), "Given3" in text_of(before)) == (True, False)
    answer = browser.post(address(examples, end="examples/"), headers={"HX-Request": "true"})
    words = text_of(answer)
    assert [word in words for word in ("Found Given3 Family3 000003", "Found Given1 Family1 000001")] == [
        True
    ] * 2
    assert "Not found 999999 The SIS has no student with this id." in words
    assert "Looking" not in text_of(browser.get(address(examples)))


def test_without_a_script_the_look_up_leads_back(examples):
    response = examples.client("full").post(address(examples, end="examples/"), follow=True)
    assert "Given3 Family3" in text_of(response)


def test_a_sis_that_cannot_be_asked_is_said_and_the_tab_still_saves(examples):
    examples.students_file.unlink()
    browser = examples.client("full")
    answer = browser.post(address(examples, end="examples/"), headers={"HX-Request": "true"})
    assert "file" in text_of(answer)
    form = sent(browser.get(address(examples)))
    assert browser.post(address(examples), form | {"example5": "000005"}).status_code == 302


def test_send_record_calls_the_examples_by_name(examples):
    browser = examples.client("full")
    browser.post(address(examples, end="examples/"))
    page = text_of(browser.get(f"/connections/{examples.connection.pk}/send/"))
    assert ("Given3 Family3 000003" in page, "999999" in page) == (True, True)


def test_schools_have_nothing_of_their_own(district):
    page = text_of(district.client("full").get(address(district, "schools")))
    assert "Of schools there is nothing to set" in page


def test_script_like_input_is_kept_and_shown_as_text(district, page):
    browser, form = page
    told = "<script>alert(1)</script>"
    browser.post(address(district), form | {"example1": told, "example2": '=1+1"', "example3": "Ñandú"})
    html = browser.get(address(district)).content.decode()
    assert (kept(district).examples, told in html) == ((told, '=1+1"', "Ñandú"), False)
