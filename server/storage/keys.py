"""API keys: of each secret only its SHA-256 is stored, so neither a backup nor a query log gives one away."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable

from server.domain.keys import KNOWN_SCOPES, ApiKey, NewApiKey
from server.domain.problems import BadRequest, Unavailable
from server.storage.catalog import Catalog
from server.storage.database import Database, Row

LONGEST_NAME = 64

_COLUMNS = "k.id, k.name, k.owner, k.scopes, k.created_at, k.expires_at, k.revoked_at"


class Keys:
    """Questions about API keys, which `migrate` makes the table for; without it there are none."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db = db
        self._there = catalog.has("api_keys")
        self._table = f"{catalog.own}api_keys"

    async def create(
        self, name: str, owner_id: int, scopes: Iterable[str], now: int, expires_at: int | None = None
    ) -> NewApiKey:
        """Make a key for a player. Raises BadRequest (name, scopes) and Unavailable (no table, or read-only)."""
        self._want_table()
        wanted = frozenset(scopes)
        if unknown := sorted(wanted - set(KNOWN_SCOPES)):
            raise BadRequest(f"scopes: known are {', '.join(KNOWN_SCOPES)}; got {', '.join(unknown)}")
        if not 0 < len(name) <= LONGEST_NAME:
            raise BadRequest(f"name: expected 1 to {LONGEST_NAME} characters, got {len(name)}")
        secret = "ba_" + secrets.token_urlsafe(32)
        hashed = _hash(secret)
        await self._db.run(
            f"""
            INSERT INTO {self._table} (name, owner, secret_hash, scopes, created_at, expires_at)
            VALUES (:name, :owner, :hash, :scopes, :now, :expires_at)
            """,
            name=name,
            owner=owner_id,
            hash=hashed,
            scopes=" ".join(sorted(wanted)),
            now=now,
            expires_at=expires_at,
        )
        key = await self.find(secret)
        if key is None:
            raise Unavailable("The key was stored but cannot be read back; the database lags behind its own writes.")
        return NewApiKey(key, secret)

    async def find(self, secret: str) -> ApiKey | None:
        """The key behind a secret, whether or not it still opens anything: ask `valid_at`."""
        if not self._there:
            return None
        hashed = _hash(secret)
        row = await self._db.one(
            f"SELECT {_COLUMNS}, k.secret_hash FROM {self._table} k WHERE k.secret_hash = :hash", hash=hashed
        )
        if row is None or not hmac.compare_digest(row[-1], hashed):
            return None
        return _key(row[:-1])

    async def all(self) -> list[ApiKey]:
        """Every key, oldest first; revoked and expired ones too."""
        if not self._there:
            return []
        rows = await self._db.all(f"SELECT {_COLUMNS} FROM {self._table} k ORDER BY k.id")
        return [_key(row) for row in rows]

    async def revoke(self, key_id: int, now: int) -> bool:
        """Make a key useless from now on. False: there is no such key, or it already was. Raises Unavailable."""
        self._want_table()
        changed = await self._db.run(
            f"UPDATE {self._table} SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL", id=key_id, now=now
        )
        return changed > 0

    def _want_table(self) -> None:
        if not self._there:
            raise Unavailable("There is no table for API keys; `python -m server migrate` makes it.")


def _hash(secret: str) -> str:
    # Whatever came as a credential must not be able to fail here: "surrogatepass" takes every str.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _key(row: Row) -> ApiKey:
    key_id, name, owner, scopes, created_at, expires_at, revoked_at = row
    return ApiKey(key_id, name, owner, frozenset(scopes.split()), created_at, expires_at, revoked_at)
