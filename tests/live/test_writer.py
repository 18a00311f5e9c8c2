"""What becomes of statements: what is stored, and which events there are. On every kind of store."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from server.domain.live import Game, Lobby, Play, Slot, Status
from server.live import keys, writer
from server.live.batch import Batch
from server.live.connection import Connection
from server.live.feed import Feed
from server.live.publisher import Publisher
from server.live.writer import Statement, Writer, closed, finished, offline, online, opened, scored
from tests.live.listening import Ear, eventually, every_key, raw, whole

BASE = keys.SERVERS.removesuffix("servers")

AT = 1_700_000_000.25

LOBBY = Lobby(4, "x", 3, opened_at=AT)
GAME = Game(4, "x", AT, AT + 10, AT + 100, plays=(Play(3, 1000, slot=0), Play(5, 900, slot=1)))


@pytest.fixture
def said(connection: Connection) -> Writer:
    return Writer(Batch(connection))


def at(server: str, *told: Status | Lobby) -> list[Statement]:
    """That these are online and open at this game server."""
    return [online(each, server) if isinstance(each, Status) else opened(each, server) for each in told]


async def test_a_player_comes_does_things_and_goes(connection: Connection, said: Writer, ear: Ear) -> None:
    here, playing = Status(3, AT), Status(3, AT, 2, "a song", 4, 64, 75, "ab" * 16)
    assert [await said.say("a", at("a", each)) for each in (here, here, playing, playing)] == [1, 0, 1, 0]
    assert await whole(connection) == ({3: replace(playing, server="a")}, [])
    assert [await said.say("a", [offline(3)]) for _ in range(2)] == [1, 0]
    assert await whole(connection) == ({}, [])
    assert await ear.news() == ["login a 3", "status a 3", "logout a 3 left"]


async def test_another_time_of_login_is_another_login(connection: Connection, said: Writer, ear: Ear) -> None:
    await said.say("a", at("a", Status(3, AT)))
    assert await said.say("a", at("a", Status(3, AT + 0.001))) == 1
    assert await whole(connection) == ({3: Status(3, AT + 0.001, server="a")}, [])
    assert await ear.news() == ["login a 3", "logout a 3 left", "login a 3"]


@pytest.mark.parametrize(("later", "events"), [(0, ["status b 3"]), (1, ["logout a 3 left", "login b 3"])])
async def test_a_player_is_at_the_game_server_that_said_so_last(
    connection: Connection, said: Writer, ear: Ear, later: float, events: list[str]
) -> None:
    await said.say("a", at("a", Status(3, AT), Status(5, AT)))
    await said.say("b", at("b", Status(3, AT + later)))
    # What `a` says of everything, and that they have left, is about its own.
    assert await said.say("a", [offline(3)]) == 0
    assert await said.say("a", at("a", Status(5, AT)), whole=True) == 0
    assert (await whole(connection))[0] == {3: Status(3, AT + later, server="b"), 5: Status(5, AT, server="a")}
    assert (await said.renew("a"), await said.renew("b")) == ((True, 1, 0), (False, 1, 0))
    assert await said.say("b", [offline(3)]) == 1
    assert await ear.news() == ["login a 3", "login a 5", *events, "logout b 3 left"]


async def test_a_lobby_opens_changes_and_closes(connection: Connection, said: Writer, ear: Ear) -> None:
    history = Ear(connection, keys.HISTORY)
    taken = replace(LOBBY, name="ü", slots=(Slot(0, 3, 8, 1, 64, True),), referee_ids=(5, 6), free_mods=True)
    assert [await said.say("a", at("a", each)) for each in (LOBBY, LOBBY, taken, taken)] == [1, 0, 1, 0]
    assert await whole(connection) == ({}, [replace(taken, server="a")])
    assert [await said.say("a", [closed(4)]) for _ in range(2)] == [1, 0]
    assert await whole(connection) == ({}, [])
    assert await ear.news() == ["lobby_opened a 4", "lobby_changed a 4", "lobby_closed a 4 left"]
    assert await history.news() == ["lobby a 4", "lobby a 4", "closed a 4 left"]


async def test_a_number_is_used_again(connection: Connection, said: Writer, ear: Ear) -> None:
    history = Ear(connection, keys.HISTORY)
    for opened_at in (AT, AT + 1):
        await said.say("a", at("a", replace(LOBBY, opened_at=opened_at)))
    await said.say("b", at("b", LOBBY))
    assert [(lobby.server, lobby.opened_at) for lobby in (await whole(connection))[1]] == [("a", AT + 1), ("b", AT)]
    again = ["lobby_opened a 4", "lobby_closed a 4 left", "lobby_opened a 4", "lobby_opened b 4"]
    assert await ear.news() == again
    assert await history.news() == ["lobby a 4", "closed a 4 left", "lobby a 4", "lobby b 4"]


async def test_a_game_starts_once(said: Writer, ear: Ear) -> None:
    playing = replace(LOBBY, in_progress=True, started_at=AT + 10)
    loaded = replace(playing, slots=(Slot(0, 3, 32, loaded=True),))
    for each in (LOBBY, playing, playing, loaded, LOBBY, replace(playing, started_at=AT + 20)):
        await said.say("a", at("a", each))
    changed, started = "lobby_changed a 4", "game_started a 4"
    assert await ear.news() == ["lobby_opened a 4", changed, started, changed, changed, changed, started]
    # The next one begins before that it ended was ever said; and one is on when the lobby is first heard of.
    await said.say("a", at("a", replace(playing, started_at=AT + 30)))
    await said.say("b", at("b", playing))
    assert await ear.news() == [changed, started, "lobby_opened b 4", "game_started b 4"]


async def test_games_and_scores_are_events_once(connection: Connection, said: Writer, ear: Ear) -> None:
    history = Ear(connection, keys.HISTORY)
    known, alone = Play(3, 1000, score_id=7), Play(3, 1000, map_md5="ab" * 16, played_at=AT)
    other = [replace(alone, played_at=AT + 1), replace(alone, mode=4), replace(alone, player_id=5)]
    once = [finished(GAME), scored(known), scored(alone), *map(scored, other)]
    assert await said.say("a", [*once, finished(GAME)]) == 6
    assert await said.say("a", [finished(replace(GAME, ended_at=AT)), *once]) == 0
    told = [
        *("game_finished a 4", "score a 3", "score a 3"),
        *("score a 3", "score a 3", "score a 5"),
    ]
    assert await ear.news() == told
    assert await said.say("b", once) == 6
    assert await said.say("a", [finished(replace(GAME, started_at=AT + 11)), scored(replace(known, score_id=8))]) == 2
    assert await history.news() == ["game_finished a 4", "game_finished b 4", "game_finished a 4"]
    once_keys = [key for key in await every_key(connection) if key.startswith(f"{BASE}once:")]
    assert len(once_keys) == 14
    for key in once_keys:
        assert 3_500_000 < await raw(connection, "PTTL", key) <= 3_600_000


async def test_what_is_read_of_a_game_and_a_score_is_what_was_said(connection: Connection, said: Writer) -> None:
    play = Play(3, 2**40, 4, 64, 98.76, 500, 1, 2, 3, 4, 5, 6, "XH", True, False, 123.45, 7, 75, "ab" * 16, AT, 2, 1)
    game = replace(
        *(GAME,),
        **{"mode": 2, "mods": 16, "free_mods": True, "win_condition": 3, "team_type": 2, "map_id": 75},
        **{"map_md5": "cd" * 16, "map_name": "ü - ☃", "has_public_history": False, "aborted": True, "plays": (play,)},
    )
    await said.say("a", [finished(game), scored(play)])
    read = [event.said for _, event in await Feed(connection).after("0-0") if event]
    assert read == [game, play]


@pytest.mark.parametrize("at_once", [1, 2, 1000])
async def test_the_whole_truth_ends_the_rest_of_one_game_server(
    connection: Connection, said: Writer, ear: Ear, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    for server in ("a", "b"):
        ids = (3, 4, 5) if server == "a" else (6,)
        await said.say(server, at(server, *(Status(each, AT) for each in ids), LOBBY, replace(LOBBY, id=5)))
    await ear.entries()
    monkeypatch.setattr(writer, "MOST_AT_ONCE", at_once)
    moved = replace(LOBBY, name="y")
    truth = [*at("a", Status(4, AT), Status(7, AT), moved, replace(LOBBY, id=6)), scored(Play(3, 1, score_id=1))]
    assert await said.say("a", truth, whole=True) == 4 + 3
    *changes, score, one, another, lobby = await ear.news()
    assert changes == ["login a 7", "lobby_changed a 4", "lobby_opened a 6"]
    assert (score, {one, another}) == ("score a 3", {"logout a 3 left", "logout a 5 left"})
    assert lobby == "lobby_closed a 5 left"
    players, lobbies = await whole(connection)
    assert {(status.server, status.player_id) for status in players.values()} == {("a", 4), ("a", 7), ("b", 6)}
    assert [(lobby.server, lobby.id, lobby.name) for lobby in lobbies] == [
        *(("a", 4, "y"), ("b", 4, "x")),
        *(("b", 5, "x"), ("a", 6, "x")),
    ]
    assert await said.say("a", truth, whole=True) == 0
    assert await said.say("a", [], whole=True) == 4
    assert await said.say("a", [], whole=True) == 0


async def test_no_step_is_long(connection: Connection, said: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    async def run(*words: Any) -> Any:
        nonlocal asked
        asked += 1
        assert len(words) <= 2 + 3 * 1000 or words[-3:] == ("whole", "", b"")
        return await Writer._run(said, *words)

    monkeypatch.setattr(said, "_run", run)
    crowd = at("a", *(Status(each, AT) for each in range(2500)))
    assert await said.say("a", crowd, whole=True) == 2500
    assert await said.say("a", crowd[:2400]) == 0
    assert await said.say("a", crowd[100:], whole=True) == 100
    assert (asked, await said.renew("a")) == (9, (True, 2400, 0))


@pytest.mark.parametrize("again", ["said", "renewed"])
async def test_what_is_said_again_or_renewed_lasts(connection: Connection, said: Writer, ear: Ear, again: str) -> None:
    short = Writer(said._batch, 1)
    await short.say("a", at("a", Status(3, AT), LOBBY), whole=True)
    await short.say("b", at("b", Status(5, AT)))
    await ear.entries()
    if again == "said":
        assert await said.say("a", at("a", Status(3, AT), LOBBY)) == 0
    else:
        assert await said.renew("a") == (True, 1, 1)
    now = float((await raw(connection, "TIME"))[0])
    for set_key, member, text_key in (
        (keys.SERVERS, "a", f"{BASE}kept:a"),
        (keys.PLAYERS, "3", keys.player(3)),
        (keys.MATCHES, "a:4", keys.match("a", 4)),
    ):
        assert 25_000 < await raw(connection, "PTTL", text_key) <= 30_000
        assert 25 < float(await raw(connection, "ZSCORE", set_key, member)) / 1000 - now <= 31
    assert await raw(connection, "PTTL", keys.player(5)) <= 1000
    assert await ear.news() == []


async def test_a_renewal_tells_where_something_is_missing(connection: Connection, said: Writer, ear: Ear) -> None:
    async def known() -> tuple[bool, bool]:
        """Twice: having told is enough."""
        return (await said.renew("a")).before, (await said.renew("a")).before

    assert await known() == (False, True)
    await said.say("a", at("a", Status(3, AT), Status(5, AT), LOBBY), whole=True)
    assert await known() == (True, True)
    # One word after Redis has forgotten everything.
    await raw(connection, "FLUSHALL")
    await said.say("a", at("a", Status(3, AT)))
    assert await known() == (False, True)
    # A text alone is gone, by eviction or because the lease has ended just now.
    await raw(connection, "DEL", keys.player(3))
    assert await known() == (False, True)
    # Others have found that a lease has ended.
    await said.say("a", at("a", LOBBY))
    await raw(connection, "ZADD", keys.MATCHES, 1000, "a:4")
    assert await said.sweep() == 1
    assert await known() == (False, True)
    # This Redis is not the one that it was said to.
    await raw(connection, "SET", f"{BASE}kept:a", "f" * 40)
    assert await known() == (False, True)
    assert (await ear.news())[-2:] == ["lobby_opened a 4", "lobby_closed a 4 lost"]


async def test_what_nobody_renews_ends(connection: Connection, said: Writer, ear: Ear) -> None:
    history = Ear(connection, keys.HISTORY)
    await said.say("b", at("b", Status(5, AT), LOBBY))
    await Writer(said._batch, 0.02).say("a", at("a", Status(3, AT), LOBBY), whole=True)
    await eventually(lambda: raw(connection, "EXISTS", keys.player(3), keys.match("a", 4)), 0)
    assert [await said.sweep() for _ in range(2)] == [2, 0]
    told = ["login b 5", "lobby_opened b 4", "login a 3", "lobby_opened a 4"]
    assert await ear.news() == [*told, "logout a 3 lost", "lobby_closed a 4 lost"]
    assert await history.news() == ["lobby b 4", "lobby a 4", "closed a 4 lost"]
    assert await whole(connection) == ({5: Status(5, AT, server="b")}, [replace(LOBBY, server="b")])
    assert await raw(connection, "ZRANGE", keys.SERVERS, 0, -1) == ["b"]


async def test_a_crowd_ends_step_by_step_under_its_own_name(connection: Connection, said: Writer, ear: Ear) -> None:
    """Whose each player was is known to the last of them."""
    ids = range(1, 2402)
    await Writer(said._batch, 0.01).say("a", at("a", *(Status(each, AT) for each in ids)))
    await said.say("b", at("b", Status(5000, AT)))
    await eventually(lambda: raw(connection, "EXISTS", keys.player(2401)), 0)
    await ear.entries()
    assert await said._run("sweep", "") == writer.MOST_SWEPT
    assert await raw(connection, "ZRANGE", keys.SERVERS, 0, -1) == ["a", "b"]
    assert (await said.sweep(), await said.sweep()) == (1401, 0)
    assert await raw(connection, "ZRANGE", keys.SERVERS, 0, -1) == ["b"]
    assert sorted(await ear.news()) == sorted(f"logout a {each} lost" for each in ids)


@pytest.mark.parametrize("who", ["a", "b"])
async def test_said_after_the_lease_and_before_the_sweep(
    connection: Connection, said: Writer, ear: Ear, who: str
) -> None:
    """It has ended, and begins anew."""
    await Writer(said._batch, 0.005).say("a", at("a", Status(3, AT), LOBBY))
    await eventually(lambda: raw(connection, "EXISTS", keys.player(3), keys.match("a", 4)), 0)
    await said.say(who, at(who, Status(3, AT)))
    await said.say("a", at("a", LOBBY))
    assert await ear.news() == [
        *("login a 3", "lobby_opened a 4"),
        *("logout a 3 lost", f"login {who} 3"),
        *("lobby_closed a 4 lost", "lobby_opened a 4"),
    ]
    assert await said.renew("a") == (False, 1 if who == "a" else 0, 1)
    assert await said.sweep() == 0


async def test_clocks_of_game_servers_do_not_matter(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, said: Writer
) -> None:
    right = time.time
    for hours in (-7, 7):
        monkeypatch.setattr(time, "time", lambda hours=hours: right() + hours * 3600)
        async with Publisher(connection, "a") as publisher:
            publisher.player(Status(3, time.time()))
            publisher.lobby(Lobby(4, "x", 3, in_progress=True))
            await publisher.said()
            players, (lobby,) = await whole(connection)
            assert (set(players), lobby.opened_at) == ({3}, pytest.approx(right() + hours * 3600, abs=60))
            assert await said.sweep() == 0
            assert await said.renew("a") == (True, 1, 1)


async def test_streams_are_kept_short(connection: Connection, said: Writer) -> None:
    for kept in (f"KEPT_EVENTS = {keys.KEPT_EVENTS}", "KEPT_HISTORY = 100000"):
        assert kept in said._script
        said._script = said._script.replace(kept, kept.split()[0] + " = 200")
    for number in range(500):
        await said.say("a", at("a", replace(LOBBY, name=str(number))))
    for stream in (keys.EVENTS, keys.HISTORY):
        assert 200 <= await raw(connection, "XLEN", stream) <= 400


@pytest.mark.parametrize("text", ["{", "5", "null", "[]", "[" * 5000, "", '{"opened_at": null, "login_time": null}'])
async def test_what_nobody_can_read_is_taken_for_another(
    connection: Connection, said: Writer, ear: Ear, text: str
) -> None:
    await said.say("a", at("a", Status(3, AT), LOBBY))
    await raw(connection, "SET", keys.player(3), text)
    await raw(connection, "SET", keys.match("a", 4), text)
    await ear.entries()
    await said.say("a", at("a", Status(3, AT), LOBBY))
    assert await whole(connection) == ({3: Status(3, AT, server="a")}, [replace(LOBBY, server="a")])
    assert await ear.news() == ["logout a 3 left", "login a 3", "lobby_closed a 4 left", "lobby_opened a 4"]


async def test_members_that_nobody_may_write_are_swept_once(connection: Connection, said: Writer) -> None:
    for odd in ("x", ":", "a:", "", "a:b:c", "9" * 30):
        await raw(connection, "ZADD", keys.MATCHES, 1000, odd)
        await raw(connection, "ZADD", keys.PLAYERS, 1000, odd)
    await raw(connection, "ZADD", keys.SERVERS, 1000, "")
    assert await said.sweep() == 12
    assert await said.sweep() == 0
    assert {event for _, event in await Feed(connection).after("0-0")} == {None}
    assert await raw(connection, "EXISTS", keys.SERVERS, keys.PLAYERS, keys.MATCHES) == 0


async def test_nothing_is_left_behind(connection: Connection, said: Writer) -> None:
    brief = Writer(said._batch, 0.02)
    for server in ("a", "b"):
        await brief.say(server, [*at(server, Status(3, AT), Status(5, AT), LOBBY), finished(GAME)], whole=True)
        await brief.renew(server)
    while await raw(connection, "EXISTS", keys.SERVERS):
        await said.sweep()
    left = {key.removeprefix(BASE) for key in await every_key(connection)}
    assert {name.partition(":")[0] for name in left} == {"events", "history", "once"}
    assert keys.__doc__ is not None
    for name in ("servers", "players", "players:<server>", "player:<id>", "kept:<server>", "events", "history"):
        assert f"| `{name}` |" in keys.__doc__


MUTED = ("\ud800", "x\udfff")
BAD: list[Callable[[], Any]] = [
    *(lambda text=text: online(Status(3, AT, info_text=text), "a") for text in MUTED),
    *(lambda text=text: opened(replace(LOBBY, name=text), "a") for text in MUTED),
    *(lambda text=text: finished(replace(GAME, map_name=text)) for text in MUTED),
    *(lambda text=text: scored(Play(3, 1, map_md5=text)) for text in MUTED),
    *(lambda moment=moment: online(Status(3, moment), "a") for moment in (float("nan"), float("inf"), None)),
    *(lambda moment=moment: opened(replace(LOBBY, opened_at=moment), "a") for moment in ("now", "1", ())),
    *(lambda moment=moment: finished(replace(GAME, started_at=moment)) for moment in (float("nan"), float("inf"))),
    *(lambda moment=moment: scored(Play(3, 1, played_at=moment)) for moment in (float("nan"), float("inf"), "now")),
    *(lambda number=number: online(Status(number, AT), "a") for number in (-1, 10**18, "3", None)),
    *(lambda number=number: opened(replace(LOBBY, id=number), "a") for number in (-1, 10**18, 1.5)),
    *(lambda number=number: scored(Play(3, number)) for number in (2**63, 2**64, "9", None)),
    *(lambda number=number: scored(Play(number, 1)) for number in (-1, 10**18)),
    lambda: finished(replace(GAME, plays=(Play(3, 2**64),))),
    lambda: opened(replace(LOBBY, slots=(Slot(0, 2**64),)), "a"),
]


@pytest.mark.parametrize("make", BAD)
def test_what_nobody_could_read_is_refused(make: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match=r"^(status|lobby|game|score): expected one that can be told, got "):
        make()


async def test_a_user_who_may_ask_nothing_of_the_server_may_write(valkey: str) -> None:
    admin = Connection(valkey, timeout=5)
    await raw(admin, "ACL", "SETUSER", "bounded", "on", ">secret", "~bancho-api:*", "+@all", "-info")
    bounded = Connection(valkey.replace("://", "://bounded:secret@"), timeout=5)
    said = Writer(Batch(bounded))
    await raw(admin, "FLUSHALL")
    await said.say("a", at("a", Status(3, AT)), whole=True)
    assert await said.renew("a") == (True, 1, 0)
    await bounded.close()
    await raw(admin, "ACL", "DELUSER", "bounded")
    await admin.close()
