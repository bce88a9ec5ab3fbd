"""People, groups and one-time links."""

from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from people import QUICK, District
from yellowbus.errors import NeedsAdmin
from yellowbus.setup import audit, groups, links, people
from yellowbus.setup.models import Group, Link, Membership, User
from yellowbus.setup.permissions import FULL_ACCESS, LIMITED_ACCESS, Actor, Permission

NOW = timezone.now()


@pytest.fixture
def district(db, tmp_path):
    made = District(tmp_path)
    with made.scope():
        yield made


@pytest.fixture(autouse=True)
def quick():
    with override_settings(PASSWORD_HASHERS=QUICK):
        yield


@pytest.fixture
def full(district):
    return people.actor_of(district.people["full"])


def refused(code, verb, *given, **more):
    with pytest.raises(NeedsAdmin) as error:
        verb(*given, **more)
    return error.value.code == code


def token(path):
    return path.removeprefix("/join/").removesuffix("/")


def group(name):
    return Group.objects.get(name=name)


def test_the_built_in_groups_give_what_their_names_say(district):
    found = {each.name: groups.permissions_of(each) for each in groups.every(district.organization.pk)}
    assert (found["Full Access"], found["Limited Access"], found["Registrar"]) == (
        FULL_ACCESS,
        LIMITED_ACCESS,
        {Permission.VIEW_REGISTRATIONS},
    )


def test_every_capability_can_be_granted():
    assert frozenset().union(*(grant.gives for grant in groups.GRANTS)) == FULL_ACCESS


def test_an_invited_person_becomes_a_member_by_the_link(district, full):
    member, path = people.invite(full, " New.Person@Lakeview.example ", group("Limited Access"), now=NOW)
    assert (member.user.email, people.memberships_of(member.user)) == ("new.person@lakeview.example", [])
    user = links.use(token(path), now=NOW, name="Newton", password="four other words here")
    assert [each.pk for each in people.memberships_of(user)] == [member.pk]
    assert (user.name, user.check_password("four other words here")) == ("Newton", True)


def test_a_link_works_once(district, full):
    _, path = people.invite(full, "a@lakeview.example", group("Limited Access"), now=NOW)
    links.use(token(path), now=NOW)
    assert refused("link-spent", links.use, token(path), now=NOW)


def test_looking_at_a_link_does_not_use_it(district, full):
    _, path = people.invite(full, "a@lakeview.example", group("Limited Access"), now=NOW)
    looks = [links.look(token(path), now=NOW).membership.user.email for _ in range(2)]
    assert looks == ["a@lakeview.example"] * 2


def test_an_invitation_lasts_three_days(district, full):
    _, path = people.invite(full, "a@lakeview.example", group("Limited Access"), now=NOW)
    last = NOW + timedelta(days=3)
    assert links.look(token(path), now=last - timedelta(seconds=1)).signs_in is False
    assert refused("link-spent", links.look, token(path), now=last)


def test_a_newer_link_replaces_the_older(district, full):
    _, older = people.invite(full, "a@lakeview.example", group("Limited Access"), now=NOW)
    _, newer = people.invite(full, "a@lakeview.example", group("Limited Access"), now=NOW)
    assert refused("link-spent", links.look, token(older), now=NOW)
    assert links.look(token(newer), now=NOW).membership.user.email == "a@lakeview.example"


def test_only_the_hash_of_a_token_is_kept(district, full):
    _, path = people.invite(full, "a@lakeview.example", group("Limited Access"), now=NOW)
    kept = [bytes(each.digest) for each in Link.objects.all()]
    assert token(path).encode() not in b"".join(kept)
    assert [len(each) for each in kept] == [32]


def test_a_link_never_changes_the_password_of_an_account_that_has_one(district, full, tmp_path):
    other = District(tmp_path, name="Elsewhere Unified (invented)").people["full"].user
    before = other.password
    _, path = people.invite(full, other.email, group("Limited Access"), now=NOW)
    links.use(token(path), now=NOW, password="taken over by a link", name="Thief")
    other.refresh_from_db()
    assert (other.password, other.name) == (before, "Robin Vale")


def test_the_link_of_one_who_left_is_spent(district, full):
    member, path = people.invite(full, "a@lakeview.example", group("Limited Access"), now=NOW)
    people.deactivate(full, member, now=NOW)
    assert refused("link-spent", links.use, token(path), now=NOW)


def test_one_who_left_belongs_nowhere_and_can_be_invited_again(district, full):
    member = district.people["limited"]
    people.deactivate(full, member, now=NOW)
    assert people.memberships_of(member.user) == []
    again, path = people.invite(full, member.user.email, group("Registrar"), now=NOW)
    links.use(token(path), now=NOW)
    assert (again.pk, [each.group.name for each in people.memberships_of(member.user)]) == (
        member.pk,
        ["Registrar"],
    )


def test_a_member_is_not_invited(district, full):
    email = district.people["view"].user.email
    assert refused("person-known", people.invite, full, email, group("Registrar"), now=NOW)


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a b@c.org", f"{'a' * 200}@lakeview.example"])
def test_an_address_that_is_none_is_refused(district, full, email):
    assert refused("email-refused", people.invite, full, email, group("Registrar"), now=NOW)


def test_a_person_is_one_account_however_the_address_is_written(district, full):
    people.invite(full, "Same@Lakeview.example", group("Registrar"), now=NOW)
    people.invite(full, "same@lakeview.EXAMPLE", group("Registrar"), now=NOW)
    assert User.objects.filter(email__iexact="same@lakeview.example").count() == 1


def test_the_last_who_manages_users_stays(district, full):
    last = district.people["full"]
    assert refused("last-administrator", people.deactivate, full, last, now=NOW)
    assert refused("last-administrator", people.change_group, full, last, group("Limited Access"))
    second = district.person("Full Access")
    people.change_group(full, last, group("Limited Access"))
    assert refused("last-administrator", people.deactivate, full, second, now=NOW)


def test_one_who_is_only_invited_does_not_count_as_the_other_administrator(district, full):
    people.invite(full, "later@lakeview.example", group("Full Access"), now=NOW)
    assert refused("last-administrator", people.deactivate, full, district.people["full"], now=NOW)


def test_nobody_gives_more_than_they_have(district, full):
    groups.save(full, "Users only", ["users.edit"])
    helper = people.actor_of(district.person("Users only"))
    limited, registrar = district.people["limited"], group("Registrar")
    assert refused(
        "grant-beyond-own", people.invite, helper, "x@lakeview.example", group("Full Access"), now=NOW
    )
    assert refused("grant-beyond-own", people.change_group, helper, limited, group("Users only"))
    assert refused("grant-beyond-own", people.deactivate, helper, district.people["full"], now=NOW)
    assert refused("grant-beyond-own", groups.save, helper, "Mine", ["sync.full"])
    assert refused("grant-beyond-own", groups.save, helper, "Registrar", [], group=registrar)
    assert groups.save(helper, "Mine", ["users.edit"]).grants == ["users.edit"]


def test_an_open_invitation_of_a_higher_group_is_not_taken_over_by_a_lower_one(district, full):
    people.invite(full, "boss@lakeview.example", group("Full Access"), now=NOW)
    groups.save(full, "Users only", ["users.edit"])
    helper = people.actor_of(district.person("Users only"))
    assert refused(
        "grant-beyond-own", people.invite, helper, "boss@lakeview.example", group("Users only"), now=NOW
    )


VERBS = {
    "invite": lambda actor, d: people.invite(actor, "x@lakeview.example", group("Registrar"), now=NOW),
    "change_group": lambda actor, d: people.change_group(actor, d.people["view"], group("Registrar")),
    "deactivate": lambda actor, d: people.deactivate(actor, d.people["view"], now=NOW),
    "save": lambda actor, d: groups.save(actor, "Any", []),
}


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_asks_for_the_permission(district, verb):
    actor = Actor("x", district.organization.pk, FULL_ACCESS - {Permission.MANAGE_USERS})
    assert refused("not-permitted", VERBS[verb], actor, district)


def test_a_built_in_group_stays_as_it_is(district, full):
    assert refused("group-built-in", groups.save, full, "Mine", [], group=group("Full Access"))


@pytest.mark.parametrize(("name", "code"), [("  ", "group-without-name"), ("Registrar", "group-name-taken")])
def test_a_group_needs_a_name_of_its_own(district, full, name, code):
    assert refused(code, groups.save, full, name, [])


def test_a_grant_that_does_not_exist_is_left_out(district, full):
    assert groups.save(full, "Odd", ["sync.full", "no.such"]).grants == ["sync.full"]


def test_what_was_done_is_in_the_audit(district, full):
    member, path = people.invite(full, "a@lakeview.example", group("Limited Access"), now=NOW)
    links.use(token(path), now=NOW)
    member.refresh_from_db()
    people.change_group(full, member, group("Registrar"))
    people.deactivate(full, member, now=NOW)
    told = [(each.actor, each.verb, each.facts) for each in audit.events("a@lakeview.example")[0]]
    who = full.name
    assert told == [
        (who, "person.deactivate", {}),
        (who, "person.group", {"before": "Limited Access", "after": "Registrar"}),
        ("a@lakeview.example", "link.use", {}),
        (who, "person.invite", {"group": "Limited Access"}),
    ]


def test_people_of_another_district_are_not_found(district, full, tmp_path):
    other = District(tmp_path, name="Elsewhere Unified (invented)")
    assert refused("person-unknown", people.find, other.people["full"].pk)
    with other.scope():
        theirs = group("Registrar").pk
    assert refused("group-unknown", groups.find, theirs)


def test_the_first_link_signs_in_an_administrator_within_the_hour(district):
    path = people.first_link(district.organization, now=NOW)
    link = links.look(token(path), now=NOW)
    assert (link.signs_in, people.actor_of(link.membership).permissions) == (True, FULL_ACCESS)
    assert link.membership.user.email == f"administrator@{district.organization.slug}.invalid"
    assert refused("link-spent", links.look, token(path), now=NOW + timedelta(hours=1))


def test_the_first_link_with_an_address_asks_for_a_password(district):
    path = people.first_link(district.organization, email="head@lakeview.example", now=NOW)
    link = links.look(token(path), now=NOW)
    assert (link.signs_in, link.membership.user.email) == (False, "head@lakeview.example")
    assert Membership.objects.get(user__email="head@lakeview.example").group.name == "Full Access"


def test_the_first_link_lets_one_in_again_who_was_sent_away(district, full):
    links.use(token(people.first_link(district.organization, now=NOW)), now=NOW)
    local = Membership.objects.get(user__email__startswith="administrator@")
    people.deactivate(full, local, now=NOW)
    user = links.use(token(people.first_link(district.organization, now=NOW)), now=NOW)
    assert [each.group.name for each in people.memberships_of(user)] == ["Full Access"]
