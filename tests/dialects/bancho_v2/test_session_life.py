"""Sessions as two processes of ours and bancho.py have them in common, held against a plain model of whose each is."""

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.engines import MariaDB
from tests.stores import MONTH, SESSIONS, Stores, quick_hash, stores

PLAYERS = {3: "Aiko", 4: "Bela"}
PASSWORDS = ("correct horse", "battery staple")
HASHES = {each: quick_hash(each) for each in PASSWORDS}

NOBODY = 99
UNVERIFIED, PUBLIC, RESTRICTED = 1, 3, 2

SIGN_IN = "Authentication required."
STALE = "Invalid or expired session."
COOKIE = "bancho_session={}; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax; Secure"
NO_COOKIE = 'bancho_session=""; expires={}; HttpOnly; Max-Age=0; Path=/; SameSite=lax; Secure'

LIKELY = st.sampled_from((True, True, True, True, False))

# What neither server writes; bancho.py breaks on some of it.
GARBAGE = (
    "",
    " 3",
    "3 ",
    "3.0",
    "-3",
    "+3",
    "0x3",
    "٣",
    "3\n",
    "null",
    '{"id":3}',
    "9" * 30,
    str(NOBODY),
    b"\xff3",
    ["3"],
)


class Told(NamedTuple):
    """An answer, with the cookie that came along."""

    status: int
    said: Any
    cookie: str | None

    @property
    def player(self) -> object:
        """The id of the player who was told of."""
        return self.said.get("id") if isinstance(self.said, dict) else self.said


class Process:
    """One of our server's processes, asked as a browser does that keeps no cookies by itself."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._transport = httpx.HTTPTransport()

    def ask(self, method: str, path: str, token: str | None = None, **body: Any) -> Told:
        headers = {} if token is None else {"cookie": f"bancho_session={token}"}
        request = httpx.Request(method, f"{self._address}/v2{path}", headers=headers, json=body or None)
        answer = self._transport.handle_request(request)
        told = json.loads(answer.read())
        return Told(answer.status_code, told.get("data", told.get("error")), answer.headers.get("set-cookie"))

    def close(self) -> None:
        self._transport.close()


class Life(RuleBasedStateMachine):
    """What happens to sessions, at either process or beside both."""

    stores: Stores
    processes: tuple[Process, ...]

    at = st.integers(0, 1)
    player = st.sampled_from(sorted(PLAYERS))

    def __init__(self) -> None:
        super().__init__()
        self.redis = self.stores.redis
        self.redis.flushdb()
        self.stores.run("DELETE FROM users")
        self.passwords: dict[int, str] = {}
        # What Redis holds, and when it is to go.
        self.values: dict[str, str] = {}
        self.ends: dict[str, int] = {}
        self.over: list[str] = []
        for at, player in enumerate(PLAYERS):
            self.join(player)
            self.log_in(at, player, True)
            self.log_in_at_bancho_py(player)

    def join(self, player: int) -> None:
        self.stores.add_player(player, PLAYERS[player], PASSWORDS[0])
        self.passwords[player] = PASSWORDS[0]

    def whose(self, token: str | None) -> int | None:
        """The player that a cookie stands for."""
        value = self.values.get(token or "")
        return next((player for player in self.passwords if value == str(player)), None)

    def others(self, player: int | None, token: str | None) -> list[str]:
        return [each for each in self.values if player is not None and self.whose(each) == player and each != token]

    def cookie(self, data: st.DataObject) -> str | None:
        """More often than not that of somebody."""
        good = [each for each in self.values if self.whose(each)]
        none = (*self.values, *self.over[-3:], None, "", "never", "x" * 5000)
        return data.draw(st.sampled_from(good if good and data.draw(LIKELY) else none), "cookie")

    def target(self, data: st.DataObject, token: str | None) -> int:
        """More often than not the cookie's owner."""
        owner = self.whose(token)
        return owner if owner and data.draw(LIKELY) else data.draw(self.player, "target")

    def began(self, token: str, value: str, seconds: int | None = MONTH) -> None:
        self.values[token] = value
        self.ends[token] = self.redis.pexpiretime(SESSIONS + token)
        if seconds is not None:
            assert abs(self.ends[token] - (time.time() + seconds) * 1000) < 5000

    def ended(self, *tokens: str) -> None:
        for token in tokens:
            if self.values.pop(token, None) is not None:
                del self.ends[token]
                self.over.append(token)

    @rule(at=at, player=player, right=LIKELY)
    def try_to_log_in(self, at: int, player: int, right: bool) -> None:
        self.log_in(at, player, right)

    def log_in(self, at: int, player: int, right: bool) -> None:
        password = self.passwords.get(player, PASSWORDS[0]) if right else "none of them"
        told = self.processes[at].ask("POST", "/sessions", username=PLAYERS[player], password=password)
        if self.passwords.get(player) != password:
            assert told == (401, "Incorrect username or password.", None)
            return
        assert (told.status, told.player) == (201, player)
        assert told.cookie is not None
        token = told.cookie.partition(";")[0].partition("=")[2]
        assert told.cookie == COOKIE.format(token)
        assert len(token) == 43
        assert token not in (*self.values, *self.over)
        self.began(token, str(player))

    @rule(player=st.sampled_from((*PLAYERS, NOBODY)))
    def begin_at_bancho_py(self, player: int) -> None:
        self.log_in_at_bancho_py(player)

    def log_in_at_bancho_py(self, player: int) -> None:
        token = secrets.token_urlsafe(32)
        self.redis.set(SESSIONS + token, player, ex=MONTH)
        self.began(token, str(player))

    @rule(data=st.data())
    def log_out_at_bancho_py(self, data: st.DataObject) -> None:
        token = self.cookie(data) or "never"
        self.redis.delete(SESSIONS + token)
        self.ended(token)

    @rule(value=st.sampled_from(GARBAGE))
    def write_garbage(self, value: str | bytes | list[str]) -> None:
        self.redis.delete(f"{SESSIONS}garbage")
        if isinstance(value, list):
            self.redis.rpush(f"{SESSIONS}garbage", *value)
        else:
            self.redis.set(f"{SESSIONS}garbage", value)
        self.began("garbage", "of nobody", None)

    @rule(at=at, data=st.data())
    def log_out(self, at: int, data: st.DataObject) -> None:
        token = self.cookie(data)
        told = self.processes[at].ask("DELETE", "/sessions/current", token)
        if token is None:
            assert told == (401, SIGN_IN, None)
            return
        assert told[:2] == (200, None)
        assert told.cookie is not None
        expires = told.cookie.partition("expires=")[2].partition(";")[0]
        assert told.cookie == NO_COOKIE.format(expires)
        assert abs(parsedate_to_datetime(expires).timestamp() - time.time()) < 60
        self.ended(token)

    @rule(at=at, data=st.data())
    def end_all_others(self, at: int, data: st.DataObject) -> None:
        token = self.cookie(data)
        told = self.processes[at].ask("DELETE", "/sessions", token)
        others = self.others(self.whose(token), token)
        assert told == ((200, {"ended": len(others)}, None) if self.whose(token) else (401, SIGN_IN, None))
        self.ended(*others)

    @rule(at=at, data=st.data())
    def ask_for_friends(self, at: int, data: st.DataObject) -> None:
        token = self.cookie(data)
        if token is None:
            assert self.processes[at].ask("GET", "/sessions/current") == (401, SIGN_IN, None)
        player = self.target(data, token)
        told = self.processes[at].ask("GET", f"/players/{player}/friends", token)
        assert told == (self.refusal(token, player, "You may only view your own friends.") or (200, [], None))

    @rule(at=at, data=st.data(), right=LIKELY, new=st.sampled_from(PASSWORDS), end=LIKELY)
    def change_password(self, at: int, data: st.DataObject, right: bool, new: str, end: bool) -> None:
        token = self.cookie(data)
        player = self.target(data, token)
        current = self.passwords.get(player, "") if right else "none of them"
        body = {"current_password": current, "new_password": new, "end_other_sessions": end}
        told = self.processes[at].ask("PUT", f"/players/{player}/password", token, **body)
        if refusal := self.refusal(token, player, "You may only change your own password."):
            assert told == refusal
        elif not right:
            assert told == (400, "Incorrect current password.", None)
        else:
            assert told == (200, None, None)
            assert self.stores.fits(player, new)
            self.passwords[player] = new
            # Another hash of it, that is soon checked next time.
            self.stores.run("UPDATE users SET pw_bcrypt = :hash WHERE id = :id", hash=HASHES[new], id=player)
            self.ended(*(self.others(player, token) if end else ()))

    def refusal(self, token: str | None, player: int, sentence: str) -> tuple[int, str, None] | None:
        """What is answered where only the owner is."""
        if self.whose(token) is None:
            return 401, SIGN_IN, None
        return None if self.whose(token) == player else (403, sentence, None)

    @rule(data=st.data(), over=st.booleans())
    def let_time_pass(self, data: st.DataObject, over: bool) -> None:
        token = self.cookie(data) or "never"
        if self.redis.pexpire(SESSIONS + token, 1 if over else 100_000):
            self.ends[token] = self.redis.pexpiretime(SESSIONS + token)
            if over:
                time.sleep(0.005)
                self.ended(token)

    @rule(player=player, priv=st.sampled_from((UNVERIFIED, PUBLIC, RESTRICTED, None)))
    def verify_restrict_or_delete(self, player: int, priv: int | None) -> None:
        """Deleted players come back."""
        if player not in self.passwords:
            self.join(player)
        elif priv is None:
            self.stores.run("DELETE FROM users WHERE id = :id", id=player)
            del self.passwords[player]
        else:
            self.stores.run("UPDATE users SET priv = :priv WHERE id = :id", priv=priv, id=player)

    @precondition(lambda self: len(self.over) > 3)
    @rule()
    def empty_redis(self) -> None:
        self.redis.flushdb()
        self.ended(*list(self.values))

    @invariant()
    def everybody_agrees(self) -> None:
        for process in self.processes:
            for token in (*self.values, *self.over[-1:]):
                told = process.ask("GET", "/sessions/current", token)
                if player := self.whose(token):
                    assert (told.status, told.player, told.cookie) == (200, player, None)
                else:
                    assert told == (401, STALE, None)

    @invariant()
    def redis_holds_sessions_and_nothing_else(self) -> None:
        """None of them lives longer because it was used."""
        ends = {key.removeprefix(SESSIONS): self.redis.pexpiretime(key) for key in self.redis.scan_iter()}
        assert ends == self.ends


@pytest.fixture(params=["sqlite", "mysql"])
def life(request: pytest.FixtureRequest, tmp_path: Path, valkey: str) -> Iterator[type[Life]]:
    """The machine, over two processes that have their stores in common."""
    with ExitStack() as closing:
        url = f"sqlite:///{tmp_path / 'bancho.db'}"
        if request.param == "mysql":
            server: MariaDB = request.getfixturevalue("mariadb")
            url = server.url(closing.enter_context(server.database()))
        shared = closing.enter_context(stores(url, valkey, tmp_path / "data"))
        # Passwords are guessed more often than people mistype theirs.
        given = {"ACCOUNTS_FAILURES_PER_MINUTE": "0"}
        addresses = [closing.enter_context(shared.served(tmp_path / f"log {each}", **given)) for each in range(2)]
        processes = tuple(map(Process, addresses))
        for each in processes:
            closing.callback(each.close)
        yield type("LifeHere", (Life,), {"stores": shared, "processes": processes})


def test_the_life_of_sessions(life: type[Life], request: pytest.FixtureRequest) -> None:
    examples = 16 if "sqlite" in request.node.name else 5
    run_state_machine_as_test(
        life,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
