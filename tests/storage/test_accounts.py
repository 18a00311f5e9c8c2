"""Accounts in the tables: all of one or nothing, one name for one player, whoever else writes at the same moment."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from server.domain.accounts import Registration, Rule, RulesBroken
from server.domain.players import Player, PlayerRef
from server.domain.problems import BadRequest, NotFound, ReadOnly, Unavailable
from server.storage import catalog
from server.storage.accounts import Accounts
from server.storage.database import Database
from server.storage.migrate import migrate
from server.storage.outages import BUSY, GaveWay
from tests.engines import MariaDB, opened

NOW = 1_785_000_000

HASH = "$2b$12$" + "h" * 53

IRIS = Registration("Iris", "iris@example.org", "", "de")


@pytest.fixture
async def db(engine_url: str) -> AsyncIterator[Database]:
    async with opened(engine_url) as database:
        await migrate(database)
        yield database


async def accounts_of(db: Database, lookalikes: bool = True) -> Accounts:
    return Accounts(db, await catalog.read(db), lookalikes)


async def rows_of(db: Database, table: str) -> list[Any]:
    return await db.all(f"SELECT * FROM {table} ORDER BY 1, 2")


def broken(outcome: Any) -> tuple[Rule, ...]:
    assert isinstance(outcome, RulesBroken), outcome
    return outcome.rules


async def test_what_an_account_is_made_of(db: Database) -> None:
    accounts = await accounts_of(db)
    before = await rows_of(db, "stats")
    made = await accounts.create(replace(IRIS, name="Iris Two", email="Iris@Example.org"), HASH, NOW)
    assert made == Player(
        *(3, "Iris Two", "iris_two", 1, "de", 0, 0, NOW, NOW, 0, 0, 0, 0),
        *(None, None, None),
    )
    stored = await db.one("SELECT email, pw_bcrypt, api_key FROM users WHERE id = 3")
    assert stored == ("Iris@Example.org", HASH, None)
    stats = await db.all("SELECT * FROM stats WHERE id = 3 ORDER BY mode")
    assert [row[:2] for row in stats] == [(3, mode) for mode in (0, 1, 2, 3, 4, 5, 6, 8)]
    assert not any(value for row in stats for value in row[2:])
    assert len(await rows_of(db, "stats")) == len(before) + 8
    assert await accounts.credentials(PlayerRef(name="IRIS two")) == (made, HASH)
    assert await accounts.credentials(PlayerRef(id=3)) == (made, HASH)


@pytest.mark.parametrize(
    ("name", "email", "rules"),
    [
        *(("Nova", "nova@example.org", []), ("iris", "x@example.org", [Rule.NAME_TAKEN])),
        *(("Íris", "x@example.org", [Rule.NAME_TAKEN]), ("lris", "x@example.org", [Rule.NAME_TAKEN])),
        *(("1ris", "x@example.org", [Rule.NAME_TAKEN]), ("Irіs", "x@example.org", [Rule.NAME_TAKEN])),  # Cyrillic
        *(("Iriss", "x@example.org", []), ("Nova", "IRIS@example.org", [Rule.EMAIL_TAKEN])),
        ("IRIS", "IRIS@EXAMPLE.ORG", [Rule.NAME_TAKEN, Rule.EMAIL_TAKEN]),
    ],
)
async def test_what_is_taken(db: Database, name: str, email: str, rules: list[Rule]) -> None:
    accounts = await accounts_of(db)
    made = await accounts.create(IRIS, HASH, NOW)
    assert await accounts.taken(name, email) == rules
    assert await accounts.taken(name, email, made.id) == []
    assert await accounts.taken(None, None) == []


async def test_letters_of_other_scripts_that_are_taken_already(db: Database) -> None:
    accounts = await accounts_of(db)
    await accounts.create(replace(IRIS, name="Аіко"), HASH, NOW)
    assert await accounts.taken("Aiko", None) == [Rule.NAME_TAKEN]
    assert await accounts.taken("Aika", None) == []
    # Where looks do not matter, the column's collation says what is the same.
    plain = await accounts_of(db, lookalikes=False)
    assert await plain.taken("Aiko", None) == []
    assert await plain.taken("аіко", None) == [Rule.NAME_TAKEN]


@pytest.mark.parametrize(
    ("names", "lookalikes", "made"),
    [(["Iris"] * 20, True, 1), (["Iris"] * 20, False, 1), (["Iris", "lris", "1ris", "Irіs"] * 5, True, 1)],
    ids=["one name", "one name, by the indexes alone", "names that look alike"],
)
async def test_many_at_once_want_a_name(engine_url: str, names: list[str], lookalikes: bool, made: int) -> None:
    db = Database(engine_url, pool_size=10)
    await db.connect()
    try:
        await migrate(db)
        accounts = await accounts_of(db, lookalikes)
        wanted = [replace(IRIS, name=name, email=f"{number}@example.org") for number, name in enumerate(names)]
        outcomes = await asyncio.gather(*(accounts.create(each, HASH, NOW) for each in wanted), return_exceptions=True)
        assert sum(isinstance(outcome, Player) for outcome in outcomes) == made
        refused = [outcome for outcome in outcomes if not isinstance(outcome, Player)]
        assert [broken(each) for each in refused] == [(Rule.NAME_TAKEN,)] * (len(names) - made)
        assert len(await rows_of(db, "users")) == 1 + made
        assert len(await rows_of(db, "stats")) == 8 * (1 + made)
    finally:
        await db.disconnect()


async def test_many_at_once_want_an_address(engine_url: str) -> None:
    db = Database(engine_url, pool_size=10)
    await db.connect()
    try:
        await migrate(db)
        accounts = await accounts_of(db)
        wanted = [replace(IRIS, name=f"Nova {letter}") for letter in "abcdefgh"]
        outcomes = await asyncio.gather(*(accounts.create(each, HASH, NOW) for each in wanted), return_exceptions=True)
        refused = [broken(outcome) for outcome in outcomes if not isinstance(outcome, Player)]
        assert refused == [(Rule.EMAIL_TAKEN,)] * 7
        assert len(await rows_of(db, "stats")) == 8 * 2
    finally:
        await db.disconnect()


async def test_many_at_once_with_names_of_their_own(engine_url: str) -> None:
    db = Database(engine_url, pool_size=10)
    await db.connect()
    try:
        await migrate(db)
        accounts = await accounts_of(db)
        wanted = [replace(IRIS, name=f"Nova {chr(97 + number)}", email=f"{number}@b.cd") for number in range(20)]
        made = await asyncio.gather(*(accounts.create(each, HASH, NOW) for each in wanted))
        assert sorted(each.id for each in made) == list(range(3, 23))
        assert len(await rows_of(db, "stats")) == 8 * 21
    finally:
        await db.disconnect()


@pytest.fixture
def overtaken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The game server writes between our looking and our writing: the first look finds nothing."""
    look, looked = Accounts._taken, 0

    async def blind(self: Accounts, *question: Any) -> list[Rule]:
        nonlocal looked
        looked += 1
        return [] if looked == 1 else await look(self, *question)

    monkeypatch.setattr(Accounts, "_taken", blind)


@pytest.mark.usefixtures("overtaken")
@pytest.mark.parametrize(
    ("name", "email", "rules"),
    [
        ("iris", "x@example.org", (Rule.NAME_TAKEN,)),
        ("Nova", "IRIS@example.org", (Rule.EMAIL_TAKEN,)),
        ("iris", "iris@example.org", (Rule.NAME_TAKEN, Rule.EMAIL_TAKEN)),
    ],
)
async def test_an_index_has_the_last_word(db: Database, name: str, email: str, rules: tuple[Rule, ...]) -> None:
    await db.run(
        "INSERT INTO users (id, name, safe_name, email, pw_bcrypt) VALUES (3, 'Iris', 'iris', 'iris@example.org', 'x')"
    )
    before = await rows_of(db, "users"), await rows_of(db, "stats")
    accounts = await accounts_of(db)
    with pytest.raises(RulesBroken) as refused:
        await accounts.create(replace(IRIS, name=name, email=email), HASH, NOW)
    assert refused.value.rules == rules
    assert (await rows_of(db, "users"), await rows_of(db, "stats")) == before


@pytest.mark.usefixtures("overtaken")
async def test_a_name_is_lost_to_somebody_faster(db: Database) -> None:
    await db.run(
        """
        INSERT INTO users (id, name, safe_name, email, pw_bcrypt)
        VALUES (3, 'Iris', 'iris', '3@b.cd', 'x'), (4, 'Nova', 'nova', '4@b.cd', 'x')
        """
    )
    before = await rows_of(db, "users")
    with pytest.raises(RulesBroken) as refused:
        await (await accounts_of(db)).edit(4, {"name": "IRIS", "country": "fr"})
    assert refused.value.rules == (Rule.NAME_TAKEN,)
    assert await rows_of(db, "users") == before


async def test_stats_that_are_there_already_leave_no_half_account(db: Database) -> None:
    """Left behind by a player whose row somebody has deleted."""
    await db.run("INSERT INTO stats (id, mode) VALUES (3, 4)")
    with pytest.raises(RulesBroken):
        await (await accounts_of(db)).create(IRIS, HASH, NOW)
    assert len(await rows_of(db, "users")) == 1
    assert len(await rows_of(db, "stats")) == 9


@pytest.mark.parametrize(("times", "made"), [(1, True), (2, False)])
async def test_whoever_is_called_off_tries_once_more(
    db: Database, times: int, made: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = await accounts_of(db)
    begin, left = db.transaction, times

    def transaction() -> Any:
        nonlocal left
        left -= 1
        if left >= 0:
            raise GaveWay(BUSY)
        return begin()

    monkeypatch.setattr(db, "transaction", transaction)
    if made:
        assert (await accounts.create(IRIS, HASH, NOW)).name == "Iris"
    else:
        with pytest.raises(GaveWay):
            await accounts.create(IRIS, HASH, NOW)
    assert len(await rows_of(db, "users")) == 1 + made


async def test_an_edit_writes_what_is_given_and_nothing_else(db: Database) -> None:
    accounts = await accounts_of(db)
    made = await accounts.create(IRIS, HASH, NOW)
    edited = await accounts.edit(made.id, {"name": "Iris Two", "country": "fr"})
    assert edited.before == made
    assert edited.after == made._replace(name="Iris Two", safe_name="iris_two", country="fr")
    edited = await accounts.edit(made.id, {"preferred_mode": 4, "userpage_content": "hi"})
    assert edited.after == edited.before._replace(preferred_mode=4, userpage_content="hi")
    edited = await accounts.edit(made.id, {"userpage_content": None})
    assert edited.after == edited.before._replace(userpage_content=None)
    with pytest.raises(NotFound):
        await accounts.edit(99, {"country": "fr"})


async def test_each_edit_knows_what_the_one_before_it_wrote(engine_url: str) -> None:
    """Or a player would stay in the ranking sets of a country they have left."""
    db = Database(engine_url, pool_size=8)
    await db.connect()
    try:
        await migrate(db)
        accounts = await accounts_of(db)
        made = await accounts.create(IRIS, HASH, NOW)
        codes = ["fr", "jp", "pl", "us", "gb", "ca", "it", "es"]
        edits = await asyncio.gather(*(accounts.edit(made.id, {"country": code}) for code in codes))
        after = {each.before.country: each.after.country for each in edits}
        walked = ["de"]
        while walked[-1] in after:
            walked.append(after.pop(walked[-1]))
        assert sorted(walked) == sorted(["de", *codes])
    finally:
        await db.disconnect()


async def test_databases_without_a_place_for_it(db: Database) -> None:
    made = await (await accounts_of(db)).create(IRIS, HASH, NOW)
    await db.run("ALTER TABLE users DROP COLUMN userpage_content")
    old = await accounts_of(db)
    with pytest.raises(BadRequest, match="userpage_content cannot be set"):
        await old.edit(made.id, {"userpage_content": "x", "country": "fr"})
    assert (await old.edit(made.id, {"country": "jp"})).before.country == "de"
    await db.run("ALTER TABLE users DROP COLUMN pw_bcrypt")
    bare = await accounts_of(db)
    for question in (
        bare.credentials(PlayerRef(id=3)),
        bare.taken("x", "y"),
        bare.create(IRIS, HASH, NOW),
        bare.change_password(3, HASH, HASH),
    ):
        with pytest.raises(Unavailable, match="no accounts"):
            await question


async def test_a_user_who_may_only_read(mariadb: MariaDB) -> None:
    with mariadb.database() as name, mariadb.reader(name) as reading:
        async with opened(mariadb.url(name)) as db:
            await migrate(db)
            before = await rows_of(db, "users")
            async with opened(reading) as read_only:
                accounts = await accounts_of(read_only)
                for question in (
                    accounts.create(IRIS, HASH, NOW),
                    accounts.edit(1, {"country": "fr"}),
                    accounts.edit(1, {"name": "Bot"}),
                    accounts.change_password(1, HASH, HASH),
                ):
                    with pytest.raises(ReadOnly):
                        await question
            assert await rows_of(db, "users") == before
