"""World: the services, all that a handler is ever given of the server."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from server.domain.limits import Limit
from server.services.access import Access
from server.services.accounts import Accounts
from server.services.achievements import Achievements
from server.services.avatars import Avatars
from server.services.beatmaps import Beatmaps
from server.services.clans import Clans
from server.services.hub import Hub
from server.services.limits import Limits
from server.services.matches import Matches
from server.services.online import Online
from server.services.performance import Performance
from server.services.players import Players
from server.services.progress import Progress
from server.services.publishing import Publishing
from server.services.replays import Replays
from server.services.scores import Scores
from server.services.sessions import Sessions
from server.services.social import Social
from server.services.status import Status
from server.services.tracking import Tracking


@dataclass(frozen=True, slots=True)
class World:
    """Frozen after start. `clock` gives Unix seconds, `rates` how often clients may ask what, by name.

    `open_scopes`: what needs no key although it usually would. `trusted_origins`: whose pages may use a session.
    `secure_cookies`: they are for https alone.
    """

    access: Access
    accounts: Accounts
    achievements: Achievements
    avatars: Avatars
    beatmaps: Beatmaps
    clans: Clans
    hub: Hub
    limits: Limits
    matches: Matches
    online: Online
    performance: Performance
    players: Players
    progress: Progress
    publishing: Publishing
    replays: Replays
    scores: Scores
    sessions: Sessions
    social: Social
    status: Status
    tracking: Tracking
    clock: Callable[[], float]
    rates: Mapping[str, Limit]
    open_scopes: frozenset[str]
    trusted_origins: frozenset[str]
    secure_cookies: bool
