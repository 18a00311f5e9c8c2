"""API keys of this server's own, and what they allow."""

from dataclasses import dataclass, field

KNOWN_SCOPES = ("read:hidden", "pp:calculate", "friends:read", "profile:write", "live:write")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is stored, without its secret. Times are Unix seconds; None is never."""

    id: int
    name: str
    owner_id: int
    scopes: frozenset[str]
    created_at: int
    expires_at: int | None
    revoked_at: int | None

    def valid_at(self, now: float) -> bool:
        """Does the key still open anything at this Unix time?"""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key just made. Its secret can be read here and never again, and does not show when this is printed."""

    key: ApiKey
    secret: str = field(repr=False)
