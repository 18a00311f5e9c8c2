"""Players: `users` with `stats`, and the clans and friends beside them."""

from typing import Final, NamedTuple

from server.domain.letters import beyond_bmp
from server.domain.listing import DEEPEST, Listing, Window
from server.domain.players import (
    LEADERBOARD_SORTS,
    FoundPlayer,
    Friend,
    Leader,
    Player,
    PlayerFilter,
    PlayerRef,
    Rank,
    Stats,
    safe_name,
)
from server.domain.privileges import Shown
from server.domain.problems import BadRequest
from server.domain.rulesets import MODES
from server.storage.catalog import Catalog
from server.storage.conditions import Conditions
from server.storage.database import Asks, Database
from server.storage.listing import Listings, Source

# What a leaderboard can be ordered by: no other word of a request may reach its ORDER BY.
ORDERS: Final = {name: f"s.{name}" for name in LEADERBOARD_SORTS}

_MEMBERS: Final = "members"

_LIST_ORDERS: Final = {
    "id": "u.id",
    "-id": "u.id DESC",
    "name": "u.name, u.id",
    "-latest_activity": "u.latest_activity DESC, u.id DESC",
    _MEMBERS: "u.clan_priv DESC, u.safe_name, u.id",
}

# What a player may change about themselves.
WRITABLE: Final = ("preferred_mode", "play_style", "userpage_content", "custom_badge_name", "custom_badge_icon")

# SQLite joins 500 queries into one at most.
RANKS_AT_ONCE: Final = 400

PLAYABLE: Final = ", ".join(str(int(mode)) for mode in MODES)


class Standing(NamedTuple):
    """What a rank is asked for: a player's pp in a mode."""

    player_id: int
    country: str
    mode: int
    pp: int


class Players:
    """Questions about players."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db = db
        self._catalog = catalog
        self._columns = catalog.select("users", "u", Player._fields)
        self._stats = catalog.select("stats", "s", Stats._fields)
        hints = {order: catalog.hint("users", order.lstrip("-")) for order in _LIST_ORDERS}
        self._board_hints = {sort: catalog.hint("stats", "mode", sort, "id") for sort in ORDERS}
        self._listings = Listings(db, Source("users u", "u.id", self._columns, _LIST_ORDERS, hints))

    async def find(self, ref: PlayerRef) -> Player | None:
        """The player behind an id or a name, whoever they are."""
        if ref.id is not None:
            row = await self._db.one(f"SELECT {self._columns} FROM users u WHERE u.id = :id", id=ref.id)
        elif ref.name is not None and not beyond_bmp(ref.name):
            row = await self._db.one(
                f"SELECT {self._columns} FROM users u WHERE u.safe_name = :name", name=safe_name(ref.name)
            )
        else:
            row = None
        return Player._make(row) if row else None

    async def many(self, ids: tuple[int, ...], ask: Asks | None = None) -> dict[int, Player]:
        """Those of these players that exist."""
        if not ids:
            return {}
        rows = await (ask or self._db).all(f"SELECT {self._columns} FROM users u WHERE u.id IN :ids", ids=ids)
        return {row[0]: Player._make(row) for row in rows}

    async def stats(self, ids: tuple[int, ...], ask: Asks | None = None) -> dict[int, list[Stats]]:
        """Each player's stats in the modes that can be played, by mode.

        Databases that came from before bancho.py 4.2 keep stray rows in modes 7 and 9-11; they are left out.
        """
        found: dict[int, list[Stats]] = {player_id: [] for player_id in ids}
        if ids:
            rows = await (ask or self._db).all(
                f"""
                SELECT {self._stats}
                  FROM stats s
                 WHERE s.id IN :ids AND s.mode IN ({PLAYABLE})
                 ORDER BY s.id, s.mode
                """,
                ids=ids,
            )
            for row in rows:
                found[row[0]].append(Stats._make(row))
        return found

    async def search(self, text: str | None, shown: Shown, limit: int, offset: int) -> list[FoundPlayer]:
        """Players with `text` somewhere in their name whom a list may hold, oldest first."""
        conditions = Conditions()
        conditions.shown(shown)
        if text is not None:
            conditions.like(self._db.engine, text, "u.name")
        rows = await self._db.slowly(
            f"SELECT u.id, u.name FROM users u WHERE {conditions.text} ORDER BY u.id LIMIT :limit OFFSET :offset",
            **conditions.values,
            limit=limit,
            offset=offset,
        )
        return [FoundPlayer._make(row) for row in rows]

    async def page(self, wanted: PlayerFilter, shown: Shown, window: Window, order: str) -> Listing[Player]:
        """A page of the players that fit and whom the list may hold."""
        conditions = Conditions()
        conditions.shown(shown)
        conditions.one_of("u", id=wanted.ids)
        conditions.equal("u", priv=wanted.priv, clan_id=wanted.clan_id, clan_priv=wanted.clan_priv)
        for column in ("preferred_mode", "play_style"):
            conditions.equal_to(self._catalog.column("users", "u", column), column, getattr(wanted, column))
        conditions.equal_plain("u", country=wanted.country)
        narrow = wanted.ids is not None or bool(wanted.clan_id)
        total, rows = await self._listings.page(conditions, window, order, narrow=narrow)
        return Listing(total, [Player._make(row) for row in rows])

    async def members(self, clan_id: int, shown: Shown, window: Window) -> Listing[Player]:
        """A page of a clan's members whom the list may hold, the highest first, then by name."""
        conditions = Conditions()
        conditions.shown(shown)
        conditions.equal("u", clan_id=clan_id)
        total, rows = await self._listings.page(conditions, window, _MEMBERS, narrow=True)
        return Listing(total, [Player._make(row) for row in rows])

    async def count(self, bots: bool = False) -> int:
        """How many have registered; `bots`: with the bot."""
        row = await self._db.one(f"SELECT COUNT(*) FROM users u WHERE {'1 = 1' if bots else 'u.id <> 1'}")
        return int(row[0]) if row else 0

    async def count_of(self, ids: tuple[int, ...], mask: int) -> int:
        """How many of these players have all bits of `mask`, less the bot."""
        if not ids:
            return 0
        row = await self._db.one(
            "SELECT COUNT(*) FROM users u WHERE u.id IN :ids AND u.id <> 1 AND u.priv & :mask = :mask",
            ids=ids,
            mask=mask,
        )
        return int(row[0]) if row else 0

    async def count_active_since(self, moment: int, mask: int) -> int:
        """How many with all bits of `mask` have done something since a Unix time, less the bot."""
        row = await self._db.one(
            "SELECT COUNT(*) FROM users u WHERE u.latest_activity >= :moment AND u.id <> 1 AND u.priv & :mask = :mask",
            moment=moment,
            mask=mask,
        )
        return int(row[0]) if row else 0

    async def leaders(
        self, mode: int, sort: str, mask: int, country: str | None, limit: int, offset: int
    ) -> list[Leader]:
        """The players' leaderboard of a mode: those with all bits of `mask` and something to be ranked by."""
        if country and not country.isascii():
            return []
        order, hint = ORDERS[sort], self._board_hints[sort]
        where = "AND u.country = :country" if country else ""
        columns = self._catalog.select("stats", "s", Leader._fields[3:15])
        # A country's may be anywhere on the board, and a page far down is behind many.
        ask = self._db.slowly if country or offset > DEEPEST else self._db.all
        rows = await ask(
            f"""
            SELECT s.id, u.name, u.country, {columns}, c.id, c.name, c.tag
              FROM (SELECT s.id
                      FROM stats s {hint}
                      {self._catalog.then if hint else "JOIN"} users u ON u.id = s.id
                     WHERE s.mode = :mode AND u.priv & :mask = :mask AND {order} > 0 {where}
                     ORDER BY {order} DESC, s.id
                     LIMIT :limit OFFSET :offset) found
              {self._catalog.then} stats s ON s.id = found.id AND s.mode = :mode
              JOIN users u ON u.id = s.id
              LEFT JOIN clans c ON c.id = u.clan_id
             ORDER BY {order} DESC, s.id
            """,
            mode=int(mode),
            mask=mask,
            country=country,
            limit=limit,
            offset=offset,
        )
        return [Leader._make(row) for row in rows]

    async def ranks(self, standings: list[Standing], mask: int, ask: Asks | None = None) -> dict[tuple[int, int], Rank]:
        """The positions, in the world and in a country, that so much pp gives, by player and mode.

        1 + how many players with all bits of `mask` have more; ties share a position.
        """
        found: dict[tuple[int, int], Rank] = {}
        for start in range(0, len(standings), RANKS_AT_ONCE):
            found |= await self._ranks(standings[start : start + RANKS_AT_ONCE], mask, ask or self._db)
        return found

    async def _ranks(self, standings: list[Standing], mask: int, ask: Asks) -> dict[tuple[int, int], Rank]:
        counts = " UNION ALL ".join(
            f"""
            SELECT {index}, COUNT(*), COALESCE(SUM(u.country = :country_{index}), 0)
              FROM stats s
              JOIN users u ON u.id = s.id
             WHERE s.mode = :mode_{index} AND s.pp > :pp_{index} AND u.priv & :mask = :mask
            """
            for index in range(len(standings))
        )
        values = {
            f"{name}_{index}": getattr(each, name)
            for index, each in enumerate(standings)
            for name in ("country", "mode", "pp")
        }
        rows = await ask.all(counts, mask=mask, **values)
        return {
            # MySQL's SUM is a Decimal.
            (standings[index].player_id, standings[index].mode): Rank(world + 1, int(national) + 1)
            for index, world, national in rows
        }

    async def ranked_counts(self, mask: int) -> dict[int, int]:
        """How many players have pp, by mode: what a filled ranking set in Redis should hold."""
        rows = await self._db.all(
            f"""
            SELECT s.mode, COUNT(*)
              FROM stats s
              JOIN users u ON u.id = s.id
             WHERE s.pp > 0 AND s.mode IN ({PLAYABLE}) AND u.priv & :mask = :mask
             GROUP BY s.mode
            """,
            mask=mask,
        )
        return dict.fromkeys((int(mode) for mode in MODES), 0) | {int(mode): int(count) for mode, count in rows}

    async def friends(self, player_id: int, mask: int, limit: int, offset: int) -> list[Friend]:
        """Whom a player has befriended, by name."""
        if not self._catalog.has("relationships"):
            return []
        rows = await self._db.all(
            """
            SELECT u.id, u.name, u.country, u.latest_activity
              FROM relationships r
              JOIN users u ON u.id = r.user2
             WHERE r.user1 = :id AND r.type = 'friend' AND u.priv & :mask = :mask
             ORDER BY u.safe_name, u.id
             LIMIT :limit OFFSET :offset
            """,
            id=player_id,
            mask=mask,
            limit=limit,
            offset=offset,
        )
        return [Friend._make(row) for row in rows]

    async def change(self, player_id: int, changes: dict[str, int | str | None]) -> None:
        """Write some of the `WRITABLE` columns of a player. Raises BadRequest where this database lacks one."""
        lacking = [column for column in WRITABLE if column in changes and not self._catalog.has("users", column)]
        if lacking:
            raise BadRequest(f"{' and '.join(lacking)} cannot be set: this server's database has no such column.")
        sets = ", ".join(f"{column} = :{column}" for column in WRITABLE if column in changes)
        await self._db.run(f"UPDATE users SET {sets} WHERE id = :id", id=player_id, **changes)

    async def owner_of_key(self, api_key: str) -> tuple[Player, str] | None:
        """The player whose `users.api_key` this is, with the key as it is stored."""
        if not self._catalog.has("users", "api_key"):
            return None
        row = await self._db.one(f"SELECT {self._columns}, u.api_key FROM users u WHERE u.api_key = :key", key=api_key)
        return (Player._make(row[:-1]), row[-1]) if row else None
