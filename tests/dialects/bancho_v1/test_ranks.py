"""Ranks: from bancho.py's sets in Redis where those are filled, from SQL where they are not."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.golden.house import House
from tests.golden.people import AIKO, MODERATOR_KEY, NIHONGO, NO_CLAN_PRIV, RESTRICTED, TIED, TWO_WORDS, USERS

CLOSED = "redis://127.0.0.1:1/0"

# By pp: Aiko, Two Words, under_score, brackets, Ünïcödé; the unverified player's 5500 stands between.
AFTER_FIVE = 5


def ranks(house: House, player_id: int, mode: int = 0, key: str | None = None) -> tuple[int, int]:
    stats = house.ask(f"/get_player_info?id={player_id}&scope=stats", key=key).json["player"]["stats"][str(mode)]
    return stats["rank"], stats["country_rank"]


@contextmanager
def sets_changed(house: House, *commands: tuple[str | int, ...]) -> Iterator[None]:
    for command in commands:
        house.run(house.redis.ask(lambda client, command=command: client.execute_command(*command)))
    yield


def test_sets_that_are_filled_are_believed(house: House) -> None:
    assert ranks(house, AIKO) == (1, 1)
    # In a sorted set ties stand by the text of the id: "9", "17", "16".
    assert [ranks(house, player_id)[0] for player_id in (NIHONGO, TIED, NO_CLAN_PRIV)] == [7, 8, 9]
    assert [ranks(house, player_id)[1] for player_id in (NIHONGO, TIED)] == [2, 3]
    assert ranks(house, TWO_WORDS, 4) == (1, 1)
    assert ranks(house, AIKO, 4) == (2, 1)
    assert ranks(house, AIKO, 2) == (0, 0)


def test_a_set_is_believed_even_against_sql(mended: House) -> None:
    mended.sql("UPDATE stats SET pp = 1 WHERE id = 3 AND mode = 0")
    assert ranks(mended, AIKO) == (1, 1)


def test_counted_in_sql_ties_share_a_rank(house: House) -> None:
    with house.variant(players={"ranks": "sql"}) as counted:
        assert [ranks(counted, player_id)[0] for player_id in (NIHONGO, TIED, NO_CLAN_PRIV)] == [AFTER_FIVE + 1] * 3
        assert [ranks(counted, player_id)[1] for player_id in (NIHONGO, TIED)] == [2, 2]
        assert ranks(counted, TWO_WORDS, 4) == ranks(counted, AIKO, 4) == (1, 1)
        assert ranks(counted, AIKO, 2) == (0, 0)


def test_without_redis_ranks_are_counted(house: House) -> None:
    with house.variant(redis={"url": CLOSED}) as alone, house.variant(players={"ranks": "sql"}) as counted:
        for user in USERS:
            if user["priv"] & 3 == 3:
                path = f"/get_player_info?id={user['id']}&scope=all"
                assert alone.ask(path).json == counted.ask(path).json


def test_a_set_that_is_missing_is_not_believed_the_others_are(mended: House) -> None:
    with sets_changed(mended, ("DEL", "bancho:leaderboard:0")):
        assert ranks(mended, NIHONGO) == (AFTER_FIVE + 1, 2)
        assert ranks(mended, AIKO, 4) == (2, 1)


def test_a_set_that_is_thin_is_not_believed(mended: House) -> None:
    """16 unrestricted players have pp; below 80 % of them, 13, the set was emptied and has grown a little since."""
    with sets_changed(mended, ("ZREM", "bancho:leaderboard:0", 19, 18, 15)):
        assert ranks(mended, NIHONGO) == (7, 2)
    with sets_changed(mended, ("ZREM", "bancho:leaderboard:0", 14)):
        assert ranks(mended, NIHONGO) == (AFTER_FIVE + 1, 2)


def test_only_redis_if_that_is_what_is_set(mended: House) -> None:
    with mended.variant(players={"ranks": "redis"}) as only, sets_changed(only, ("DEL", "bancho:leaderboard:0")):
        assert ranks(only, NIHONGO) == (0, 2)


def test_a_restricted_player_has_no_rank(house: House) -> None:
    """And none that anybody else is moved down by, although theirs would be the first."""
    assert ranks(house, RESTRICTED, key=MODERATOR_KEY) == (0, 0)
    with house.variant(players={"ranks": "sql"}) as counted:
        assert ranks(counted, RESTRICTED, key=MODERATOR_KEY) == (0, 0)
        assert ranks(counted, AIKO) == (1, 1)
