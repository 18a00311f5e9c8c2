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
