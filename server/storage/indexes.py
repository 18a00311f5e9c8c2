"""Indexes that bancho.py does not have and that keep reads fast at scale: the one list of them.

A database we create has them from the start. On an operator's database they are advice until `migrate.apply_indexes`.
"""

from typing import Final, NamedTuple

from server.storage.catalog import Catalog


class Advised(NamedTuple):
    """An index worth having. `columns` as CREATE INDEX takes them (`pp DESC`); `question` is what it answers."""

    name: str
    table: str
    columns: tuple[str, ...]
    question: str

    def lead(self) -> tuple[str, ...]:
        """The columns without their direction."""
        return tuple(column.removesuffix(" DESC") for column in self.columns)


# The id at the end makes the order total, so that a page is read off the index without sorting.
ADVISED: Final = (
    Advised("api_scores_best", "scores", ("userid", "mode", "status", "pp DESC", "id"), "a player's best by pp"),
    Advised("api_scores_recent", "scores", ("userid", "mode", "play_time", "id"), "a player's latest"),
    Advised("api_scores_played", "scores", ("userid", "mode", "map_md5"), "a player's most played beatmaps"),
    Advised(
        "api_scores_map_score", "scores", ("map_md5", "mode", "status", "score DESC", "id"), "a beatmap's by score"
    ),
    Advised("api_scores_map_pp", "scores", ("map_md5", "mode", "status", "pp DESC", "id"), "a beatmap's by pp"),
    Advised("api_scores_map_recent", "scores", ("map_md5", "mode", "status", "play_time", "id"), "a beatmap's latest"),
    Advised("api_scores_mode_pp", "scores", ("mode", "pp", "id"), "the best of a mode by pp"),
    Advised("api_stats_pp", "stats", ("mode", "pp DESC", "id"), "players by pp, and a player's rank"),
    Advised("api_stats_rscore", "stats", ("mode", "rscore DESC", "id"), "players by ranked score"),
    Advised("api_stats_tscore", "stats", ("mode", "tscore DESC", "id"), "players by total score"),
    Advised("api_stats_acc", "stats", ("mode", "acc DESC", "id"), "players by accuracy"),
    Advised("api_stats_plays", "stats", ("mode", "plays DESC", "id"), "players by plays"),
    Advised("api_stats_playtime", "stats", ("mode", "playtime DESC", "id"), "players by time played"),
    Advised("api_maps_update", "maps", ("last_update", "id"), "the newest beatmaps"),
    Advised("api_maps_mode_update", "maps", ("mode", "last_update", "id"), "the newest beatmaps of a mode"),
    Advised("api_maps_plays", "maps", ("plays", "id"), "beatmaps by plays"),
    Advised("api_maps_diff", "maps", ("diff", "id"), "beatmaps by stars"),
    Advised("api_maps_creator", "maps", ("creator",), "a creator's beatmaps"),
    Advised("api_favourites_set", "favourites", ("setid",), "how many favour a set"),
    Advised("api_ratings_map", "ratings", ("map_md5", "rating"), "how a set is rated"),
    Advised("api_users_activity", "users", ("latest_activity",), "how many have been active lately"),
)


def statement(index: Advised) -> str:
    """What creates the index; both engines take the same text."""
    return f"CREATE INDEX {index.name} ON {index.table} ({', '.join(index.columns)})"


def missing(catalog: Catalog) -> tuple[Advised, ...]:
    """Which of ADVISED a database lacks. An index with the same leading columns counts, whatever its name."""
    return tuple(index for index in ADVISED if _fits(index, catalog) and not _is_there(index, catalog))


def _fits(index: Advised, catalog: Catalog) -> bool:
    return all(catalog.has(index.table, column) for column in index.lead())


def _is_there(index: Advised, catalog: Catalog) -> bool:
    lead = index.lead()
    return any(each.columns[: len(lead)] == lead for each in catalog.tables[index.table].indexes)
