"""What game servers may say of lobbies, for tests: moments are milliseconds after `NOW`."""

from hypothesis import strategies as st

from server.domain.live import Game, Lobby, Play, Slot
from server.domain.matches import Closing, Said

NOW = 1_795_000_000_000

SERVER, SLOT = "main", 1


def lobby(
    at: int,
    *,
    server: str = SERVER,
    slot: int = SLOT,
    opened: int | None = 0,
    players: tuple[int, ...] = (3,),
    host: int = 3,
    started: int | None = None,
    in_progress: bool | None = None,
    name: str = "Room",
) -> Said:
    """A lobby as it looks at this moment; `started` says that a game is in progress."""
    return Said(
        NOW + at,
        server,
        slot,
        Lobby(
            slot,
            name,
            host,
            slots=tuple(Slot(number, player_id) for number, player_id in enumerate(players)),
            opened_at=_moment(opened),
            started_at=_moment(started),
            in_progress=started is not None if in_progress is None else in_progress,
        ),
    )


def game(
    at: int,
    *,
    server: str = SERVER,
    slot: int = SLOT,
    opened: int | None = 0,
    started: int | None,
    ended: int | None = None,
    players: tuple[int, ...] = (3,),
    aborted: bool = False,
) -> Said:
    """A game that is over; it ended at this moment unless `ended` says otherwise."""
    plays = tuple(Play(player_id, 1000 * player_id, slot=place) for place, player_id in enumerate(players))
    ended_at = _moment(at if ended is None else ended)
    what = Game(slot, "Room", _moment(opened), _moment(started), ended_at, aborted=aborted, plays=plays)
    return Said(NOW + at, server, slot, what)


def closed(at: int, how: Closing = Closing.LEFT, *, server: str = SERVER, slot: int = SLOT) -> Said:
    return Said(NOW + at, server, slot, how)


def _moment(milliseconds: int | None) -> float:
    return 0.0 if milliseconds is None else (NOW + milliseconds) / 1000


@st.composite
def sayings(draw: st.DrawFn) -> list[Said]:
    """Up to 30 words of two game servers about two slots, one a second, in any order: also what makes little sense."""
    said = []
    for at in range(1000, 1000 * (1 + draw(st.integers(1, 30))), 1000):
        place = {"server": draw(st.sampled_from(["main", "other"])), "slot": draw(st.integers(1, 2))}
        opened, started = draw(st.integers(0, 2)), draw(st.integers(3, 5))
        players = tuple(sorted(draw(st.sets(st.integers(3, 6), max_size=4))))
        kind = draw(st.sampled_from(["lobby", "lobby", "lobby", "playing", "game", "left", "lost"]))
        if kind == "game":
            aborted = draw(st.booleans())
            said.append(
                game(at, **place, opened=opened, started=started, ended=started + 9, players=players, aborted=aborted)
            )
        elif kind in ("left", "lost"):
            said.append(closed(at, Closing(kind), **place))
        else:
            playing = started if kind == "playing" else None
            host = draw(st.integers(3, 4))
            said.append(lobby(at, **place, opened=opened, players=players, host=host, started=playing))
    return said
