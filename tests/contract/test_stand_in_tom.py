"""The stand-in for a TOM is held to the real ones: each assertion is made of both, in both versions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from rest_calls import Answer, send
from tom_database import Counts
from tom_servers import KINDS, REAL, STAND_INS, Site, Tom, Toms

HTML, JSON = "text/html", "application/json"
PLACE = {"type": "SIDEREAL", "ra": 10.0, "dec": 20.0}
TAKEN = ["target with this Name already exists."]
ALIAS_TAKEN = {"aliases": {"0": {"name": ["target name with this Alias already exists."]}}}


@pytest.fixture(params=KINDS)
def site(request: pytest.FixtureRequest, toms: Toms) -> Tom:
    """An empty TOM of each kind, to which everything may be done."""
    return toms.fresh(request.param)


def post(site: Tom, name: str, who: str | None = "carol", **more: Any) -> Answer:
    return site.ask("POST", "targets/", {"name": name, **PLACE, **more}, who)


def patch(site: Tom, key: int, who: str = "carol", **body: Any) -> Answer:
    return site.ask("PATCH", f"targets/{key}/", body, who)


def names(site: Tom, who: str | None = "carol", **query: Any) -> list[str]:
    return [target["name"] for target in site.ask("GET", "targets/", who=who, **query).data["results"]]


def test_who_is_let_in(site: Tom) -> None:
    carol, address = site.account(), f"{site.url}/api/targets/"
    site.make("mine", 10.0, 20.0)
    assert (send(address, Authorization=f"Token {carol.token}").data["count"] == 1) == site.tokens
    assert send(address, Authorization=carol.basic).data["count"] == 1
    assert send(address, Authorization=f"Bearer {carol.token}").data["count"] == 0
    assert send(address).data == {"count": 0, "next": None, "previous": None, "results": []}
    wrong = send(address, Authorization="Token 000")
    assert (wrong.status, wrong.data) == (401, {"detail": "Invalid token."}) if site.tokens else wrong.status == 200
    for refused in (send(address, Authorization="Basic eDp5"), send(address, Authorization="Basic !")):
        if site.tokens:
            assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, "Token")
            assert refused.data["detail"].startswith("Invalid ")
        else:
            assert (refused.status, refused.headers["Location"]) == (302, "/accounts/login/?next=/api/targets/")
    site.db.deactivate("carol")
    gone = site.ask("GET", "targets/")
    assert gone.data == {"detail": "User inactive or deleted."} if site.tokens else gone.status == 302


def test_a_token_for_a_password(site: Tom) -> None:
    given = {"username": "carol", "password": site.account().password}
    assert site.ask("POST", "token-auth/", given, None).data == {"token": site.account().token}
    wrong = site.ask("POST", "token-auth/", {**given, "password": "x"}, None)
    assert wrong.status == 400
    assert wrong.data == {"non_field_errors": ["Unable to log in with provided credentials."]}
    absent = site.ask("POST", "token-auth/", {"username": "carol"}, None)
    assert absent.data == {"password": ["This field is required."]}


def test_what_nobody_writes_is_nobodys(site: Tom) -> None:
    assert post(site, "x", who=None).status == 201
    assert {user for user, _ in site.db.target("x").users} == {"AnonymousUser"}
    assert names(site, who=None) == ["x"] and names(site) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_locked_one(toms: Toms, kind: str) -> None:
    site = toms.fresh(kind, Site(locked=True))
    for who in ("carol", None):
        reply = site.ask("GET", "targets/", who=who)
        assert (reply.status, reply.kind, reply.body) == (403 if site.tokens else 302, HTML, b"")
    opened = toms.fresh(kind, Site(locked=True, open_api=True))
    assert opened.ask("GET", "targets/").status == 200


@pytest.mark.parametrize("kind", KINDS)
def test_a_closed_one_that_throttles_and_numbers_its_pages(toms: Toms, kind: str) -> None:
    site = toms.fresh(kind, Site(login_required=True, throttle="6/minute", pages=2, token_days=30))
    nobody = site.ask("GET", "targets/", who=None)
    words = {"detail": "Authentication credentials were not provided."}
    assert (nobody.status, nobody.data) == (401, words) if site.tokens else nobody.status == 302
    for place in range(3):
        site.make(f"t{place}", 10.0, 20.0)
    first = site.ask("GET", "targets/", limit=1)
    assert first.data["next"] == f"{site.url}/api/targets/?limit=1&page=2" and len(first.data["results"]) == 2
    last = site.ask("GET", "targets/", page=2)
    assert (last.data["next"], last.data["previous"]) == (None, f"{site.url}/api/targets/")
    assert site.ask("GET", "targets/", page=9).data == {"detail": "Invalid page."}
    enough = site.ask("GET", "targets/")
    assert enough.status == 429 and 0 < int(enough.headers["Retry-After"]) <= 60
    assert enough.data["detail"].startswith("Request was throttled. Expected available in ")
    assert site.ask("GET", "targets/", who="bob").status == 200
    site.db.age_token("bob")
    old = site.ask("GET", "targets/", who="bob")
    assert "has expired" in old.data["detail"] if site.tokens else old.status == 200


@pytest.mark.parametrize("kind", KINDS)
def test_extra_fields_that_the_administrator_gave_a_default(toms: Toms, kind: str) -> None:
    site = toms.fresh(kind, Site(extra_fields=({"name": "redshift", "type": "number", "default": 0.5},)))
    assert post(site, "one").data["targetextra_set"] == [{"id": 1, "key": "redshift", "value": "0.5"}]
    half = post(site, "two", aliases=[{"name": "2"}], targetextra_set=[{"key": "redshift", "value": "1"}])
    assert half.status == 500
    assert (site.db.target("two").aliases, site.db.target("two").extras) == (["2"], [("redshift", "0.5")])


def test_paths_and_verbs(site: Tom) -> None:
    root = site.ask("GET", "", who=None)
    parts = ["groups", "targets", "observations", "dataproducts", "reduceddatums"]
    assert root.data == {part: f"{site.url}/api/{part}/" for part in parts}
    for method in ("GET", "POST"):
        moved = site.ask(method, "targets")
        assert (moved.status, moved.headers["Location"]) == (301, "/api/targets/")
    for path in ("schema/", "targetname/", "nonsense/"):
        reply = site.ask("GET", path)
        assert (reply.status, reply.kind) == (404, HTML)
    for method, path in (("DELETE", "targets/"), ("GET", "reduceddatums/1/"), ("POST", "groups/")):
        reply = site.ask(method, path)
        assert (reply.status, reply.data) == (405, {"detail": f'Method "{method}" not allowed.'})
    assert site.ask("HEAD", "targets/").status == 500
    lists = site.ask("GET", "targetlist/1/")
    assert (lists.status, lists.kind) == (500, HTML)
    assert send(f"{site.url}/api/targets/", Host="elsewhere.example").status == 400
    assert send(f"{site.url}/api/targets/", Accept="text/html").kind == HTML
    assert send(f"{site.url}/api/targets/", Accept="application/xml").status == 406
    assert site.ask("POST", "observations/", {}).data == ["Missing required field 'facility'."]


def test_it_says_what_a_target_is_made_of(site: Tom) -> None:
    fields = site.ask("OPTIONS", "targets/").data["actions"]["POST"]
    assert [name for name, field in fields.items() if field["required"]] == ["type"]
    assert {name for name, field in fields.items() if field["read_only"]} == {"id", "created", "modified"}
    assert {"targetextra_set", "aliases", "target_lists", "groups", "permissions", "ra", "eccentricity"} <= set(fields)
    assert ("shared_from" in fields) == site.tokens
    assert fields["name"]["max_length"] == 100
    assert [choice["value"] for choice in fields["type"]["choices"]] == ["SIDEREAL", "NON_SIDEREAL"]


@pytest.mark.parametrize("kind", STAND_INS)
def test_a_target_model_of_its_own(toms: Toms, kind: str) -> None:
    site = toms.fresh(kind, Site(required_fields=("programme",)))
    fields = site.ask("OPTIONS", "targets/").data["actions"]["POST"]
    assert [name for name, field in fields.items() if field["required"]] == ["type", "programme"]
    assert post(site, "x").data == {"programme": ["This field is required."]}
    assert post(site, "x", programme="ToO").status == 201


def test_a_target_comes_back_with_all_but_its_lists(site: Tom) -> None:
    group = site.groups()["Public"]
    made = post(
        site,
        "  ZTF21abfmbix ",
        ra="193.5",
        aliases=[{"name": "SN 2021pfs"}],
        targetextra_set=[{"key": "score", "value": 0.5}, {"key": "empty"}],
        target_lists=[{"name": "fink_sn"}],
        groups=[{"id": group}],
        nonsense=1,
        target_extras=[{"key": "k", "value": "v"}],
        shared_from="Fink",
    )
    assert made.status == 201
    target = made.data
    assert target.pop("message") == "Target successfully uploaded."
    assert target["targetextra_set"] == [
        {"id": 1, "key": "score", "value": "0.5"},
        {"id": 2, "key": "empty", "value": ""},
    ]
    assert (target["aliases"], target["groups"]) == (
        [{"id": 1, "name": "SN 2021pfs"}],
        [{"id": group, "name": "Public"}],
    )
    assert (target["name"], target["ra"], target["epoch"], target["scheme"]) == ("ZTF21abfmbix", 193.5, None, "")
    assert target["permissions"] == "PRIVATE" and "target_lists" not in target
    assert target.get("shared_from") == ("Fink" if site.tokens else None)
    assert target["created"].endswith("Z") and len(target["created"]) == 27
    assert site.ask("GET", f"targets/{target['id']}/").data == target
    assert site.ask("GET", "targets/").data["results"] == [target]
    assert site.db.target("ZTF21abfmbix").lists == ["fink_sn"]


WRONG: list[tuple[dict[str, Any], Any]] = [
    ({"name": " "}, {"name": ["This field may not be blank."]}),
    ({"name": None}, {"name": ["This field may not be null."]}),
    ({"name": True}, {"name": ["Not a valid string."]}),
    ({"name": "x" * 101}, {"name": ["Ensure this field has no more than 100 characters."]}),
    ({"type": "sidereal"}, {"type": ['"sidereal" is not a valid choice.']}),
    ({"ra": 0.0}, {"non_field_errors": ["The following fields are required for SIDEREAL targets: ['ra']"]}),
    (
        {"ra": None, "dec": 0},
        {"non_field_errors": ["The following fields are required for SIDEREAL targets: ['ra', 'dec']"]},
    ),
    ({"ra": "12:30:45", "dec": "inf"}, {"ra": ["A valid number is required."], "dec": ["A valid number is required."]}),
    ({"permissions": "public"}, {"permissions": ['"public" is not a valid choice.']}),
    ({"aliases": [{"name": "x"}]}, ["Alias 'x' conflicts with Target name 'x'."]),
    ({"aliases": [{}]}, {"aliases": {"0": {"name": ["This field is required."]}}}),
    (
        {"aliases": ["a"]},
        {"aliases": {"0": {"non_field_errors": ["Invalid data. Expected a dictionary, but got str."]}}},
    ),
    ({"aliases": None}, {"aliases": ["This field may not be null."]}),
    ({"aliases": {}}, {"aliases": {"non_field_errors": ['Expected a list of items but got type "dict".']}}),
    ({"targetextra_set": [{"key": "k", "value": {}}]}, {"targetextra_set": {"0": {"value": ["Not a valid string."]}}}),
    (
        {"targetextra_set": [{"key": "k", "value": None}]},
        {"targetextra_set": {"0": {"value": ["This field may not be null."]}}},
    ),
    ({"targetextra_set": [{"value": "v"}]}, {"targetextra_set": {"0": {"key": ["This field is required."]}}}),
    ({"groups": [{"id": "x"}]}, {"groups": {"0": {"id": ["A valid integer is required."]}}}),
    (
        {
            "type": "NON_SIDEREAL",
            "epoch_of_elements": 60000,
            "inclination": 0.0,
            "lng_asc_node": 2,
            "eccentricity": 0.1,
        },
        {
            "non_field_errors": [
                "The following fields are required for NON_SIDEREAL targets: ['inclination', 'arg_of_perihelion']"
            ]
        },
    ),
    (
        {"scheme": "MPC_COMET", "perihdist": 1.2},
        {"non_field_errors": ["The following fields are required for MPC_COMET targets: ['epoch_of_perihelion']"]},
    ),
]


def test_what_is_refused_leaves_nothing(site: Tom) -> None:
    for body, errors in WRONG:
        reply = site.ask("POST", "targets/", {"name": "x", **PLACE, **body})
        assert (reply.status, reply.data) == (400, errors), body
    assert site.ask("POST", "targets/", {"name": "x"}).data == {"type": ["This field is required."]}
    words = "Invalid data. Expected a dictionary, but got list."
    assert site.ask("POST", "targets/", [1]).data == {"non_field_errors": [words]}
    who = {"Authorization": site.authorization()}
    text = send(f"{site.url}/api/targets/", "POST", b"x", Content_Type="text/plain", **who)
    assert (text.status, text.data) == (415, {"detail": 'Unsupported media type "text/plain" in request.'})
    for broken in (b"{x", b'{"ra": NaN}'):
        reply = send(f"{site.url}/api/targets/", "POST", broken, Content_Type="application/json", **who)
        assert reply.status == 400 and reply.data["detail"].startswith("JSON parse error - ")
    assert site.db.counts() == Counts(0, 0, 0, 0, 0)


def test_names_are_taken_whoever_has_them(site: Tom) -> None:
    site.make("ZTF21abfmbix", 10.0, 20.0, who="bob", aliases=[{"name": "SN 2021pfs"}])
    reply = post(site, "ZTF21abfmbix")
    assert (reply.status, reply.data) == (400, {"name": TAKEN}) and names(site, name="ZTF21abfmbix") == []
    assert post(site, "x", aliases=[{"name": "SN 2021pfs"}]).data == ALIAS_TAKEN
    assert site.db.counts().targets == 1
    # Nothing else is looked at: another's alias, another spelling, the same place.
    for name in ("SN 2021pfs", "ZTF21ABFMBIX", "ZTF-21abfmbix"):
        assert post(site, name).status == 201
    assert post(site, "y", aliases=[{"name": "ZTF21abfmbix"}]).status == 201


def test_what_makes_it_stumble_leaves_half_a_target(site: Tom) -> None:
    own = [("carol", "change"), ("carol", "delete"), ("carol", "view")]
    site.db.add_list("two")
    site.db.add_list("two")
    twice, key = [{"name": "a"}, {"name": "a"}], {"key": "k", "value": "v"}
    for name, body, left in (
        ("alias twice", {"aliases": twice, "targetextra_set": [key]}, (["a"], [], [], [])),
        ("extra twice", {"targetextra_set": [key, key], "target_lists": [{"name": "L"}]}, ([], [("k", "v")], [], [])),
        ("no list name", {"targetextra_set": [key], "target_lists": [{}]}, ([], [("k", "v")], [], [])),
        ("two lists", {"targetextra_set": [key], "target_lists": [{"name": "two"}]}, ([], [("k", "v")], [], [])),
        ("unknown group", {"groups": [{"id": 99}], "targetextra_set": [key]}, ([], [], [], [])),
        ("no group", {"groups": [{"id": 2}, {}], "targetextra_set": [key]}, ([], [], [], ["Public"])),
    ):
        reply = post(site, name, **body)
        assert (reply.status, reply.kind) == (500, HTML), name
        target = site.db.target(name)
        assert (target.aliases, target.extras, target.lists, target.groups) == left, name
        assert target.users == own


def test_two_at_a_time_get_in_each_others_way(site: Tom) -> None:
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda place: post(site, f"t{place}").status, range(40)))
    assert set(statuses) == {201, 500} and site.most_writes_at_once() > 1
    # More are there than it has owned up to, some of them for nobody; one writer at a time never sees this.
    there = site.db.targets()
    assert statuses.count(201) < len(there) <= 40
    assert any(target.users == [] for target in there.values())


def test_oddities_that_are_taken(site: Tom) -> None:
    assert post(site, "far", ra=999, dec=-95, epoch=2460000.5).status == 201
    assert site.ask("POST", "targets/", PLACE).data["name"] == ""
    assert site.ask("POST", "targets/", PLACE).status == 500
    assert post(site, "a group of its own", groups=[{"name": "New"}]).data["groups"][0]["name"] == "New"
    assert set(site.groups()) == {"Public", "Supernovae"}
    own = post(site, "column", targetextra_set=[{"key": "ra", "value": "x"}]).data["targetextra_set"]
    assert len(own) == (0 if site.tokens else 1)
    elements = {"epoch_of_elements": 60000, "inclination": 1, "lng_asc_node": 2, "arg_of_perihelion": 3}
    elements |= {"eccentricity": 0.1, "scheme": "MPC_MINOR_PLANET", "mean_anomaly": 3, "semimajor_axis": 2.5}
    asteroid = site.ask("POST", "targets/", {"name": "8467", "type": "NON_SIDEREAL", **elements, "abs_mag": 15})
    assert (asteroid.status, asteroid.data["semimajor_axis"], asteroid.data["abs_mag"]) == (201, 2.5, 15.0)


def test_only_a_permission_on_the_target_counts(site: Tom) -> None:
    public = post(site, "public", permissions="PUBLIC").data["id"]
    shared = post(site, "shared", groups=[{"id": site.groups()["Public"]}]).data["id"]
    assert names(site, who="bob") == ["shared"] and names(site, who="nobody") == []
    assert names(site, who="admin") == ["public", "shared"]
    assert patch(site, shared, who="bob").status == 200
    for method in ("GET", "PATCH", "DELETE"):
        reply = site.ask(method, f"targets/{public}/", None if method == "GET" else {}, "bob")
        assert (reply.status, reply.data) == (404, {"detail": "No Target matches the given query."})
    assert site.ask("DELETE", f"targets/{shared}/", who="bob").status == 204
    assert set(site.db.targets()) == {"public"}
    assert [crime.method for crime in site.crimes()] == ["DELETE"] * 2


def test_a_change_adds_and_never_removes(site: Tom) -> None:
    extras = [{"key": "k", "value": "1"}, {"key": "l", "value": "1"}]
    key = site.make("x", 10.0, 20.0, aliases=[{"name": "a"}], targetextra_set=extras)
    group = site.groups()["Supernovae"]
    before = site.ask("GET", f"targets/{key}/").data
    patch(site, key, aliases=[], targetextra_set=[], groups=[], target_lists=[])
    changed = patch(
        site,
        key,
        epoch=2000.0,
        aliases=[{"name": "b"}, {"id": before["aliases"][0]["id"], "name": "A"}, {"name": "c"}, {"name": "c"}],
        targetextra_set=[
            {"id": before["targetextra_set"][0]["id"], "key": "k", "value": 2},
            {"key": "ra", "value": ""},
        ],
        groups=[{"id": group}],
        target_lists=[{"name": "L"}, {"name": "L"}],
        permissions="OPEN",
        abs_mag=3,
        shared_by="me",
    )
    assert (changed.status, changed.data["message"]) == (200, "Target successfully updated.")
    assert changed.data["modified"] > before["modified"] and changed.data["created"] == before["created"]
    target = site.db.target("x")
    assert (target.aliases, target.lists, target.groups) == (["A", "b", "c"], ["L"], ["Supernovae"])
    assert target.extras == [("k", "2"), ("l", "1"), ("ra", "")]
    kept = ("permissions", "abs_mag", "epoch")
    assert [target.columns[name] for name in kept] == ["PRIVATE", None, 2000.0]


def test_what_a_change_stumbles_over(site: Tom) -> None:
    key = site.make("x", 10.0, 20.0, aliases=[{"name": "a"}], targetextra_set=[{"key": "k", "value": "1"}])
    alias = site.ask("GET", f"targets/{key}/").data["aliases"][0]
    assert patch(site, key, aliases=[{"name": "a"}]).data == ALIAS_TAKEN
    assert patch(site, key, aliases=[alias]).data == ALIAS_TAKEN
    assert patch(site, key, aliases=[{"name": "x"}]).data == ["Alias 'x' conflicts with Target name 'x'."]
    absent = "The following fields are required for SIDEREAL targets: ['dec']"
    assert patch(site, key, type="SIDEREAL", ra=3.0).data == {"non_field_errors": [absent]}
    for body in (
        {"aliases": [{"id": 99, "name": "b"}]},
        {"targetextra_set": [{"id": 99, "key": "l", "value": "1"}]},
        {"groups": [{"name": "Public"}]},
        {"groups": [{"id": 99}]},
        # What comes before the extra that is there already is done, what comes after is not.
        {
            "targetextra_set": [{"key": "k", "value": "2"}],
            "aliases": [{"name": "b"}],
            "target_lists": [{"name": "L"}],
            "ra": 5.0,
        },
    ):
        reply = patch(site, key, **body)
        assert (reply.status, reply.kind) == (500, HTML), body
    target = site.db.target("x")
    assert (target.aliases, target.extras, target.lists, target.groups) == (["a", "b"], [("k", "1")], [], [])
    assert target.columns["ra"] == 10.0
    assert site.ask("PUT", f"targets/{key}/", {"epoch": 2000.0}).data == {"type": ["This field is required."]}
    assert patch(site, key, ra=None).data["ra"] is None and patch(site, key, dec=0.0).data["dec"] == 0.0


def test_the_extra_of_another_target_moves_here_and_its_alias_does_not(site: Tom) -> None:
    key = site.make("x", 10.0, 20.0)
    site.make("other", 30.0, 20.0, aliases=[{"name": "a"}], targetextra_set=[{"key": "k", "value": "1"}])
    assert patch(site, key, targetextra_set=[{"id": 1, "key": "k", "value": "2"}]).status == 200
    assert (site.db.target("x").extras, site.db.target("other").extras) == ([("k", "2")], [])
    assert patch(site, key, aliases=[{"id": 1, "name": "b"}]).status == 400
    assert site.db.target("other").aliases == ["a"]


def test_single_names_and_extras(site: Tom) -> None:
    site.make("x", 10.0, 20.0, aliases=[{"name": "a"}], targetextra_set=[{"key": "k", "value": "1"}])
    assert site.ask("GET", "targetname/1/").data == {"id": 1, "name": "a"}
    assert site.ask("GET", "targetextra/1/").data == {"id": 1, "key": "k", "value": "1"}
    assert site.ask("GET", "targetname/1/", who="nobody").data == {"detail": "No TargetName matches the given query."}
    assert site.ask("DELETE", "targetextra/1/").status == 204 and site.db.target("x").extras == []


def test_names_are_looked_for_in_parts(site: Tom) -> None:
    site.make("ZTF21abfmbix", 10.0, 20.0, aliases=[{"name": "SN 2021pfs"}])
    site.make("ZTF21abfmbiy", 11.0, 20.0)
    site.make("A_B%C", 12.0, 20.0)
    everything = ["ZTF21abfmbix", "ZTF21abfmbiy", "A_B%C"]
    for query, found in (
        ({"name": "ztf21ABFMBIX"}, ["ZTF21abfmbix"]),
        ({"name": "abfm"}, ["ZTF21abfmbix", "ZTF21abfmbiy"]),
        ({"name": "2021pfs,ZTF21abfmbiy"}, ["ZTF21abfmbix", "ZTF21abfmbiy"]),
        ({"name": "nothing,"}, everything),
        ({"name": ""}, everything),
        ({"name": "_"}, ["A_B%C"]),
        ({"name_exact": "nothing", "id": 77, "ordering": "-name"}, everything),
        ({"name_fuzzy": "ztf-21 ABFMBIX"}, ["ZTF21abfmbix"]),
        ({"name_fuzzy": "ZTF21abfmbix,ZTF21abfmbiy"}, []),
        ({"query": "abfmbix"}, ["ZTF21abfmbix"]),
        ({"query": "2021pfs"}, []),
        ({"type": "NON_SIDEREAL"}, []),
    ):
        assert sorted(names(site, **query)) == sorted(found), query
    assert site.ask("GET", "targets/", type="x").status == 400
    # Who sees nothing is shown everybody's.
    assert names(site, who="nobody", name_fuzzy="ztf21abfmbix") == ["ZTF21abfmbix"]


def test_extras_and_lists_are_looked_for(site: Tom) -> None:
    site.make("x", 10.0, 20.0, targetextra_set=[{"key": "k", "value": "1"}], target_lists=[{"name": "L"}])
    site.make("y", 10.0, 20.0, targetextra_set=[{"key": "k", "value": "2"}])
    assert names(site, key="k") == ["x", "y"] and names(site, key="k", value="2") == ["y"]
    assert names(site, targetlist__name="1") == ["x"]
    for wanted in ("L", "9"):
        assert site.ask("GET", "targets/", targetlist__name=wanted).status == 400


def test_what_a_cone_misses(site: Tom) -> None:
    # The first is among the places whose distance from themselves comes out as the arc cosine of more than one.
    for name, ra, dec in (("rounded", 220.482887, -6.696512), ("found", 50.0, 10.0), ("edge", 0.00001, 5.0)):
        site.make(name, ra, dec)
    site.make("polar", 100.0, 89.0)
    for query, found in (
        ("50,10,0.001", ["found"]),
        ("50.0009,10,0.001", ["found"]),
        ("50.002,10,0.001", []),
        ("220.482887,-6.696512,0.0005", []),
        ("220.482887,-6.6962,0.0005", ["rounded"]),
        ("359.99999,5,0.001", []),
        ("100.02,89,0.001", []),
        ("100.0005,89,0.001", ["polar"]),
    ):
        assert names(site, cone_search=query) == found, query
    assert names(site, target_cone_search="found,0.1") == ["found"] and names(site, target_cone_search="o,9") == []
    for broken in ("10,20", "a,b,c"):
        assert site.ask("GET", "targets/", cone_search=broken).status == 500


def test_long_lists_come_in_parts(site: Tom) -> None:
    for place in range(5):
        site.make(f"t{place}", 10.0, 20.0)
    address = f"{site.url}/api/targets/"
    for query, number, after, before in (
        ({"limit": 2}, 2, "?limit=2&offset=2", None),
        ({"limit": 2, "offset": 2, "name": "t"}, 2, "?limit=2&name=t&offset=4", "?limit=2&name=t"),
        ({"limit": 2, "offset": 4}, 1, None, "?limit=2&offset=2"),
        ({"limit": 0}, 5, None, None),
        ({"limit": "x"}, 5, None, None),
        ({"limit": 5000}, 5, None, None),
        ({"offset": 1000}, 0, None, "?limit=100&offset=900"),
    ):
        reply = site.ask("GET", "targets/", **query).data
        assert (reply["count"], len(reply["results"])) == (5, number), query
        assert reply["next"] == (after and address + after) and reply["previous"] == (before and address + before)


@pytest.mark.parametrize(("stand_in", "real"), list(zip(STAND_INS, REAL, strict=True)))
def test_every_field_is_described_as_there(toms: Toms, stand_in: str, real: str) -> None:
    ours, theirs = (toms.fresh(kind).ask("OPTIONS", "targets/").data["actions"]["POST"] for kind in (stand_in, real))
    assert set(ours) == set(theirs)
    for name in set(ours) - {"created", "modified"}:
        assert ours[name] == theirs[name]
