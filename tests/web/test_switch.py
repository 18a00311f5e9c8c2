"""Which dialect, route and values a path means."""

from typing import Any, cast

import pytest

from server.web.dialect import DialectApp
from server.web.switch import Paths


class Routed:
    """As much of a dialect's app as paths look at."""

    def __init__(self, name: str, mounts: tuple[str, ...], *paths: str) -> None:
        self.name = name
        route = type("Route", (), {})
        self.dialect = type("Dialect", (), {"mounts": mounts, "routes": []})()
        for path in paths:
            each: Any = route()
            each.path = path
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
