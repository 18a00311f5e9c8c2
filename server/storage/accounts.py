"""Accounts: what of `users` only their owners and those who register them have to do with."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import reduce
from typing import Final, NamedTuple, TypeVar

from server.domain.accounts import ProfileChanges, Registration, Rule, RulesBroken
from server.domain.letters import beyond_bmp
from server.domain.lookalikes import CRUDELY, alike, crude
from server.domain.players import Player, PlayerRef, safe_name
from server.domain.privileges import BOT_ID
from server.domain.problems import BadRequest, NotFound, Unavailable
from server.domain.rulesets import MODES
from server.storage.catalog import Catalog
from server.storage.database import Asks, Database, Session, is_there_already
from server.storage.outages import GaveWay
from server.storage.players import Players

Result = TypeVar("Result")

# Whatever is not there is no place for accounts.
_OWN_COLUMNS: Final = ("email", "pw_bcrypt")

_NOBODY: Final = 0

# `crude` of a player's name, as far as it is ASCII.
_CRUDE: Final = reduce(lambda name, pair: f"REPLACE({name}, '{pair[0]}', '{pair[1]}')", CRUDELY, "LOWER(u.name)")


class Credentials(NamedTuple):
    """A player and what their password must fit: a bcrypt hash, if it is one."""

    player: Player
    pw_bcrypt: str


class Edited(NamedTuple):
    """A player before and after a change."""

    before: Player
    after: Player


class Accounts:
    """Reads and writes accounts. All of it raises Unavailable, which is ReadOnly where nothing may be written.

    `lookalikes`: is a name taken by another one that it may be taken for?
    """

    def __init__(self, db: Database, catalog: Catalog, lookalikes: bool) -> None:
        self._db = db
        self._catalog = catalog
        self._lookalikes = lookalikes
        self._players = Players(db, catalog)
        self._columns = catalog.select("users", "u", Player._fields)
        self._complete = all(catalog.has("users", column) for column in _OWN_COLUMNS)

    async def credentials(self, ref: PlayerRef) -> Credentials | None:
        """The player behind an id or a name, with the hash of their password."""
        self._want_columns()
        if ref.name is not None and beyond_bmp(ref.name):
            return None
        where, value = ("u.id = :value", ref.id) if ref.name is None else ("u.safe_name = :value", safe_name(ref.name))
        row = await self._db.one(f"SELECT {self._columns}, u.pw_bcrypt FROM users u WHERE {where}", value=value)
        if row is None:
            return None
        stored = row[-1]  # bytes in forks whose column is binary
        return Credentials(Player._make(row[:-1]), stored.decode("latin-1") if isinstance(stored, bytes) else stored)

    async def taken(self, name: str | None, email: str | None, own_id: int = _NOBODY) -> list[Rule]:
        """The rules that a name and an e-mail address, both good in themselves, break because of other players.

        None is not looked at. `own_id`: whose name and address it is nobody else's business to have.
        """
        self._want_columns()
        return await self._taken(self._db, name, email, own_id)

    async def create(self, wanted: Registration, pw_bcrypt: str, now: int) -> Player:
        """Make an account with all the rows the game server expects, or nothing. Raises RulesBroken (taken)."""
        self._want_columns()

        async def make() -> Player:
            async with self._naming(_NOBODY) as session:
                # Looking alike is no matter of an index, so nobody else may take a name between this and the end.
                if broken := await self._taken(session, wanted.name, wanted.email, _NOBODY):
                    raise RulesBroken(tuple(broken))
                row = {
                    "name": wanted.name,
                    "safe_name": safe_name(wanted.name),
                    "email": wanted.email,
                    "pw_bcrypt": pw_bcrypt,
                    "country": wanted.country,
                    "creation_time": now,
                    "latest_activity": now,
                }
                await session.insert_many("users", [row])
                player = await self._named(session, wanted.name)
                await session.insert_many("stats", [{"id": player.id, "mode": int(mode)} for mode in MODES])
                return player

        return await self._unless_taken(make, wanted.name, wanted.email, _NOBODY)

    async def edit(self, player_id: int, changes: ProfileChanges) -> Edited:
        """Write what is given of a player; the player before and after it.

        Raises RulesBroken (taken), BadRequest where this database has no column for it, NotFound.
        """
        lacking = [each for each in changes if not self._catalog.has("users", each)]
        if lacking:
            raise BadRequest(f"{' and '.join(lacking)} cannot be set: this server's database has no such column.")
        name = changes.get("name")

        async def write() -> Edited:
            held = self._naming(player_id) if name is not None else self._holding(player_id, next(iter(changes)))
            async with held as session:
                before = await self._of(session, player_id)
                if name is not None and (broken := await self._taken(session, name, None, player_id)):
                    raise RulesBroken(tuple(broken))
                columns = dict(changes) | ({"safe_name": safe_name(name)} if name is not None else {})
                sets = ", ".join(f"{column} = :{column}" for column in columns)
                await session.run(f"UPDATE users SET {sets} WHERE id = :id", id=player_id, **columns)
                return Edited(before, await self._of(session, player_id))

        return await self._unless_taken(write, name, None, player_id)

    async def change_password(self, player_id: int, old: str, new: str) -> bool:
        """Store another hash in place of this one. False: that one has gone meanwhile."""
        self._want_columns()
        changed = await self._db.run(
            "UPDATE users SET pw_bcrypt = :new WHERE id = :id AND pw_bcrypt = :old", id=player_id, old=old, new=new
        )
        return changed > 0

    def _want_columns(self) -> None:
        if not self._complete:
            raise Unavailable("This server's database has no e-mail addresses and passwords, so it has no accounts.")

    @asynccontextmanager
    async def _naming(self, player_id: int) -> AsyncIterator[Session]:
        """A transaction in which nobody else of ours gives or takes a name.

        They wait for the bot's row, which every database of bancho.py has and hardly anybody writes; both engines
        give it free by themselves however the transaction ends.
        """
        async with self._db.transaction() as session:
            await session.run("UPDATE users SET name = name WHERE id IN :ids", ids=(BOT_ID, player_id))
            yield session

    @asynccontextmanager
    async def _holding(self, player_id: int, column: str) -> AsyncIterator[Session]:
        """A transaction in which nobody else writes a player's row. `column`: one that is to be written anyway."""
        async with self._db.transaction() as session:
            # First of all: whoever waits here for another's transaction reads what that one has written.
            await session.run(f"UPDATE users SET {column} = {column} WHERE id = :id", id=player_id)
            yield session

    async def _unless_taken(
        self, write: Callable[[], Awaitable[Result]], name: str | None, email: str | None, own_id: int
    ) -> Result:
        """What `write` gives, which may be called off once. Raises RulesBroken where the game server was faster."""
        try:
            try:
                return await write()
            except GaveWay:
                return await write()
        except Exception as error:
            if not is_there_already(error):
                raise
            # Which of the indexes it was does not matter: what is there now does.
            broken = await self._taken(self._db, name, email, own_id) or [Rule.NAME_TAKEN]
            raise RulesBroken(tuple(broken)) from error

    async def _taken(self, ask: Asks, name: str | None, email: str | None, own_id: int) -> list[Rule]:
        broken = []
        if name is not None and await self._name_taken(ask, name, own_id):
            broken.append(Rule.NAME_TAKEN)
        if email is not None and await self._email_taken(ask, email, own_id):
            broken.append(Rule.EMAIL_TAKEN)
        return broken

    async def _name_taken(self, ask: Asks, name: str, own_id: int) -> bool:
        row = await ask.one(
            "SELECT u.id FROM users u WHERE u.safe_name = :safe_name AND u.id <> :own",
            safe_name=safe_name(name),
            own=own_id,
        )
        return row is not None or (self._lookalikes and await self._looks_taken(ask, name, own_id))

    async def _looks_taken(self, ask: Asks, name: str, own_id: int) -> bool:
        """Is there a player whom this name may be taken for?

        Of names that are ASCII the engine finds the few that may be; the others of the same length are all looked at.
        """
        letters, octets = (
            ("LENGTH(u.name)", "LENGTH(CAST(u.name AS BLOB))")
            if self._db.engine == "sqlite"
            else ("CHAR_LENGTH(u.name)", "LENGTH(u.name)")
        )
        rows = await ask.all(
            f"""
            SELECT u.name
              FROM users u
             WHERE {letters} = :length AND ({_CRUDE} = :crude OR {octets} <> :length) AND u.id <> :own
            """,
            length=len(name),
            crude=crude(name),
            own=own_id,
        )
        return alike(name, (other for (other,) in rows))

    async def _email_taken(self, ask: Asks, email: str, own_id: int) -> bool:
        row = await ask.one("SELECT u.id FROM users u WHERE u.email = :email AND u.id <> :own", email=email, own=own_id)
        return row is not None

    async def _named(self, session: Session, name: str) -> Player:
        row = await session.one(
            f"SELECT {self._columns} FROM users u WHERE u.safe_name = :safe_name", safe_name=safe_name(name)
        )
        if row is None:
            raise Unavailable("The account was stored but cannot be read back.")
        return Player._make(row)

    async def _of(self, session: Session, player_id: int) -> Player:
        found = await self._players.many((player_id,), session)
        if player_id not in found:
            raise NotFound("player")
        return found[player_id]
