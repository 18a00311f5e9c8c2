"""API keys: made, found, revoked, and never given away."""

from collections.abc import AsyncIterator

import pytest

from server.domain.keys import KNOWN_SCOPES, ApiKey
from server.domain.problems import BadRequest, Unavailable
from server.storage import catalog
from server.storage.database import Database
from server.storage.keys import Keys
from server.storage.migrate import migrate
from tests.engines import MariaDB, opened

NOW = 1_785_000_000


@pytest.fixture
async def db(engine_url: str) -> AsyncIterator[Database]:
    async with opened(engine_url) as database:
        # Somebody's table: of the migration only our own tables are wanted here, and bancho.py's take their time.
        await database.run("CREATE TABLE users (id INT)")
        await migrate(database)
        yield database


@pytest.fixture
async def keys(db: Database) -> Keys:
    return Keys(db, await catalog.read(db))


async def test_a_key_is_found_by_its_secret(keys: Keys) -> None:
    made = await keys.create("site", 3, ["pp:calculate", "read:hidden"], NOW, NOW + 60)
    assert made.key == ApiKey(1, "site", 3, frozenset({"read:hidden", "pp:calculate"}), NOW, NOW + 60, None)
    assert await keys.find(made.secret) == made.key


async def test_secrets_are_long_and_never_the_same(keys: Keys) -> None:
    secrets = {(await keys.create("k", 3, [], NOW)).secret for _ in range(3)}
    assert len(secrets) == 3
    for secret in secrets:
        assert secret.startswith("ba_")
        assert len(secret) == 46
        assert secret.isascii()


async def test_no_other_secret_opens_it(keys: Keys) -> None:
    secret = (await keys.create("site", 3, [], NOW)).secret
    for other in ("", "ba_", secret[:-1], secret + "x", secret.swapcase(), secret + " ", "\ud800", "%s", "é" * 5000):
        assert await keys.find(other) is None


async def test_the_secret_is_stored_nowhere(db: Database, keys: Keys) -> None:
    secret = (await keys.create("site", 3, ["live:write"], NOW)).secret
    stored = repr(await db.all("SELECT * FROM api_keys"))
    assert "site" in stored
    assert secret not in stored
    assert secret[3:] not in stored


async def test_the_secret_shows_in_no_print(keys: Keys) -> None:
    made = await keys.create("site", 3, [], NOW)
    assert made.secret not in repr(made)
    assert made.secret not in str([made])
    assert made.secret not in f"{made}"


async def test_the_secret_shows_in_no_error(db: Database, keys: Keys) -> None:
    secret = (await keys.create("site", 3, [], NOW)).secret
    await db.run("DROP TABLE api_keys")
    with pytest.raises(Exception, match=r"api_keys|changed") as raised:
        await keys.find(secret)
    shown = repr(raised.value) + str(raised.value) + repr(raised.value.__cause__)
    assert secret not in shown


async def test_a_key_opens_nothing_once_expired_or_revoked(keys: Keys) -> None:
    made = await keys.create("short", 3, [], NOW, NOW + 10)
    assert made.key.valid_at(NOW + 9)
    assert not made.key.valid_at(NOW + 10)
    endless = await keys.create("endless", 3, [], NOW)
    assert endless.key.valid_at(NOW * 10)
    assert await keys.revoke(endless.key.id, NOW + 1)
    revoked = await keys.find(endless.secret)
    assert revoked is not None
    assert revoked.revoked_at == NOW + 1
    assert not revoked.valid_at(NOW)


async def test_revoking_again_changes_nothing(keys: Keys) -> None:
    made = await keys.create("site", 3, [], NOW)
    assert await keys.revoke(made.key.id, NOW + 1)
    assert not await keys.revoke(made.key.id, NOW + 2)
    assert not await keys.revoke(999, NOW)
    assert [key.revoked_at for key in await keys.all()] == [NOW + 1]


async def test_keys_are_listed_oldest_first(keys: Keys) -> None:
    for name, owner in (("a", 3), ("b", 4), ("c", 3)):
        await keys.create(name, owner, KNOWN_SCOPES, NOW)
    assert [key.name for key in await keys.all()] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("name", "scopes", "said"), [("x", ["write:all"], "write:all"), ("", [], "name"), ("x" * 65, [], "65")]
)
async def test_what_makes_no_sense_is_refused(keys: Keys, name: str, scopes: list[str], said: str) -> None:
    with pytest.raises(BadRequest) as refused:
        await keys.create(name, 3, scopes, NOW)
    assert said in refused.value.message
    assert await keys.all() == []


async def test_without_the_table_there_are_no_keys(engine_url: str) -> None:
    async with opened(engine_url) as db:
        keys = Keys(db, await catalog.read(db))
        assert await keys.find("ba_x") is None
        assert await keys.all() == []
        with pytest.raises(Unavailable, match="migrate"):
            await keys.create("x", 3, [], NOW)
        with pytest.raises(Unavailable, match="migrate"):
            await keys.revoke(1, NOW)


async def test_keys_in_a_second_schema(mariadb: MariaDB) -> None:
    with mariadb.database() as main, mariadb.database() as own:
        async with opened(mariadb.url(main)) as db:
            await db.run("CREATE TABLE users (id INT)")
            await migrate(db, own)
            keys = Keys(db, await catalog.read(db, own))
            secret = (await keys.create("apart", 3, [], NOW)).secret
            assert (await keys.find(secret)) in await keys.all()
            assert await db.one(f"SELECT COUNT(*) FROM `{own}`.api_keys") == (1,)


async def test_who_may_only_read_finds_keys_and_makes_none(mariadb: MariaDB) -> None:
    with mariadb.database() as name, mariadb.reader(name) as reading:
        async with opened(mariadb.url(name)) as db:
            await db.run("CREATE TABLE users (id INT)")
            await migrate(db)
            secret = (await Keys(db, await catalog.read(db)).create("x", 3, [], NOW)).secret
        async with opened(reading) as db:
            keys = Keys(db, await catalog.read(db))
            assert await keys.find(secret) is not None
            with pytest.raises(Unavailable, match="only read"):
                await keys.create("y", 3, [], NOW)
