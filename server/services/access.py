"""Who asks: API keys to viewers."""

import hashlib
import hmac
import time
from collections import OrderedDict

from server.domain.keys import KNOWN_SCOPES
from server.domain.players import PlayerRef
from server.domain.privileges import NOBODY, Viewer
from server.storage.keys import Keys as StoredKeys
from server.storage.players import Players as StoredPlayers

# bancho.py's own keys, which any player can make, allow their owner all that is the owner's.
PLAYER_SCOPES = frozenset(KNOWN_SCOPES) - {"live:write"}

# Where nothing depends on whose a key is, a good one is believed for so long.
BELIEVED_SECONDS = 10.0

MOST_BELIEVED = 10_000


class Access:
    """Knows keys: bancho.py's in `users.api_key`, as they stand now, and this project's own."""

    def __init__(self, players: StoredPlayers, keys: StoredKeys) -> None:
        self._players = players
        self._keys = keys
        self._believed: OrderedDict[bytes, float] = OrderedDict()  # a key's hash, and until when

    async def viewer(self, secret: str) -> Viewer:
        """The owner of a key; nobody where it is unknown, expired or revoked, or its owner gone."""
        if not secret or len(secret) > 128 or not secret.isascii():
            return NOBODY
        owned = await self._keys.find(secret)
        if owned is not None:
            if not owned.valid_at(int(time.time())):
                return NOBODY
            owner = await self._players.find(PlayerRef(id=owned.owner_id))
            scopes = owned.scopes
        else:
            found = await self._players.owner_of_key(secret)
            # The column compares without case; a key does not.
            if found is None or not hmac.compare_digest(found[1].encode(), secret.encode()):
                return NOBODY
            owner, scopes = found[0], PLAYER_SCOPES
        return Viewer(owner.id, owner.priv, scopes) if owner is not None else NOBODY

    async def knows(self, secret: str) -> bool:
        """Is this somebody's key? One that has been revoked may be believed for BELIEVED_SECONDS more."""
        hashed = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
        if self._believed.get(hashed, 0.0) > time.monotonic():
            return True
        if (await self.viewer(secret)).id == 0:
            return False
        self._believed[hashed] = time.monotonic() + BELIEVED_SECONDS
        self._believed.move_to_end(hashed)
        if len(self._believed) > MOST_BELIEVED:
            self._believed.popitem(last=False)
        return True
