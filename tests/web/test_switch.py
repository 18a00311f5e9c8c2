"""Which dialect, route and values a path means."""

from typing import Any, cast

import pytest

from server.web.dialect import DialectApp
from server.web.switch import Paths


class Routed:
    """As much of a dialect's app as paths look at."""

    def __init__(self, name: str, mounts: tuple[str, ...], *paths: str, told_by: frozenset[str] = frozenset()) -> None:
        self.name = name
        route = type("Route", (), {})
        self.dialect = type("Dialect", (), {"mounts": mounts, "routes": []})()
        for path in paths:
            each: Any = route()
            each.path = path
            each.told_by = told_by
            self.dialect.routes.append(each)


def scope_of(path: str, host: str, query: bytes = b"") -> dict[str, Any]:
    return {"type": "http", "path": path, "query_string": query, "headers": [(b"host", host.encode())]}


@pytest.fixture
def paths() -> Paths:
    found = Paths()
    old = Routed("old", ("/api", ""), "/get_player", "/things/{id}")
    new = Routed("new", ("/live",), "/players", "/players/{id}", "/players/{id}/games", "/players/online", "/{id}")
    found.add(cast(list[DialectApp], [old, new]))
    found.leave(["/live", "/"])
    return found


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/get_player", ("old", "/get_player", {})),
        ("/api/get_player/", ("old", "/get_player", {})),
        ("/live/players", ("new", "/players", {})),
        ("/live/players/7", ("new", "/players/{id}", {"id": "7"})),
        ("/live/players/7/", ("new", "/players/{id}", {"id": "7"})),
        ("/live/players/main:7/games", ("new", "/players/{id}/games", {"id": "main:7"})),
        ("/live/players/online", ("new", "/players/online", {})),
        ("/live/x", ("new", "/{id}", {"id": "x"})),
        ("/things/{id}", ("old", "/things/{id}", {"id": "{id}"})),
        # Below a mount the dialect says that there is nothing.
        ("/live/players/7/8", ("new", "/live/players/7/8", {})),
        ("/live/", ("new", "/live/", {})),
        # The app's own pages, and what is nobody's.
        ("/live", None),
        ("/", None),
        ("/livelier", None),
        ("/nothing/at/all", None),
    ],
)
def test_found(paths: Paths, path: str, expected: tuple[str, str, dict[str, str]] | None) -> None:
    found = paths.find(path)
    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert (cast(Any, found.app).name, found.path, found.values) == expected


@pytest.mark.parametrize(
    ("query", "name"),
    [
        (b"", "old"),
        (b"other=1", "old"),
        (b"id=1", "old"),
        (b"id=1&k=2", "old"),
        (b"k=2", "new"),
        (b"x=1&mp=", "new"),
        (b"%6Dp=3", "new"),
        (b"value=mp", "old"),
        (b"\xff=1&k=2", "new"),
    ],
)
@pytest.mark.parametrize("path", ["/api/get_match", "/api/get_match/"])
def test_two_at_one_address(path: str, query: bytes, name: str) -> None:
    paths = Paths()
    old = Routed("old", ("/v1", "/api"), "/get_match", told_by=frozenset({"id"}))
    new = Routed("new", ("/api",), "/get_match", "/get_user", told_by=frozenset({"k", "mp"}))
    paths.add(cast(list[DialectApp], [old, new]))
    for asked, expected in ((path, name), ("/v1/get_match", "old"), ("/api/get_user", "new")):
        found = paths.find(asked, query)
        assert found is not None
        assert cast(Any, found.app).name == expected


@pytest.fixture
def hosted(paths: Paths) -> Paths:
    """With hosts of its own for an app that has a path in common with the one at the root."""
    guest = Routed("guest", ("/guest",), "/update", "/get_player", "/of/{id}", "/get_match", told_by=frozenset({"x"}))
    paths.add(cast(list[DialectApp], [guest]))
    paths.at(("track.example.org", "*.Tracks.example"), cast(DialectApp, guest))
    paths.at((), cast(DialectApp, guest))
    return paths


@pytest.mark.parametrize("host", ["track.example.org", "TRACK.example.org:8000", "a.tracks.example:80"])
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/update", ("guest", "/update", {})),
        ("/update/", ("guest", "/update", {})),
        ("/of/7", ("guest", "/of/{id}", {"id": "7"})),
        # It comes before whatever else is at the root.
        ("/get_player", ("guest", "/get_player", {})),
        # All others as on any host.
        ("/guest/update", ("guest", "/update", {})),
        ("/api/get_player", ("old", "/get_player", {})),
        ("/live/players/online", ("new", "/players/online", {})),
        ("/live/players/7/8", ("new", "/live/players/7/8", {})),
        ("/things/5", ("old", "/things/{id}", {"id": "5"})),
        ("/", None),
        ("/live", None),
        ("/nothing", None),
    ],
)
def test_at_the_root_of_its_own_hosts(
    hosted: Paths, host: str, path: str, expected: tuple[str, str, dict[str, str]] | None
) -> None:
    found = hosted.meant(scope_of(path, host))
    assert (found and (cast(Any, found.app).name, found.path, found.values)) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/v2/update", ("guest", "/update", {})),
        ("/api/v2/of/7/", ("guest", "/of/{id}", {"id": "7"})),
        # What is unknown below its mount it words itself, and nothing else.
        ("/api/v2/nothing", ("guest", "/api/v2/nothing", {})),
        ("/api/v2", ("guest", "/api/v2", {})),
        ("/api/v20", ("old", "/api/v20", {})),
        ("/update", None),
        ("/api/get_player", ("old", "/get_player", {})),
    ],
)
def test_below_a_mount_of_its_own_hosts(
    hosted: Paths, path: str, expected: tuple[str, str, dict[str, str]] | None
) -> None:
    guest = hosted.find("/guest/update")
    assert guest is not None
    hosted.at(("web.example.org",), guest.app, "/api/v2")
    found = hosted.meant(scope_of(path, "web.example.org"))
    assert (found and (cast(Any, found.app).name, found.path, found.values)) == expected
    away = hosted.meant(scope_of("/api/v2/update", "example.org"))
    assert away is not None
    assert cast(Any, away.app).name == "old"


@pytest.mark.parametrize("host", ["", "example.org", "tracks.example", "track.example.org.evil.example"])
def test_on_other_hosts_it_is_where_it_always_is(hosted: Paths, host: str) -> None:
    assert hosted.meant(scope_of("/update", host)) is None
    found = hosted.meant(scope_of("/get_player", host))
    assert found is not None
    assert cast(Any, found.app).name == "old"
    assert hosted.meant(scope_of("/guest/update", host)) is not None


@pytest.mark.parametrize(("host", "name"), [("track.example.org", "guest"), ("example.org", "old")])
async def test_who_says_that_there_is_nothing(hosted: Paths, host: str, name: str) -> None:
    told: list[str] = []

    async def nothing(self: Any, path: str, *given: Any) -> None:
        told.append(f"{self.name}{path}")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Routed, "answer", nothing, raising=False)
        await hosted.unknown(scope_of("/nothing", host), cast(Any, None), cast(Any, None))
    assert told == [name]


def test_who_begins_anew_is_asked_from_then_on(hosted: Paths) -> None:
    hosted.clear()
    assert hosted.find("/get_player") is None
    assert hosted.meant(scope_of("/update", "track.example.org")) is None
    again = Routed("again", ("/live",), "/players")
    hosted.add(cast(list[DialectApp], [again]))
    found = hosted.find("/live/players")
    assert found is not None
    assert cast(Any, found.app).name == "again"
    assert hosted.find("/api/get_player") is None
