"""From settings to services: which store is behind which."""

from collections.abc import Callable
from pathlib import Path

from server.config import Settings
from server.domain.accounts import AccountRules
from server.domain.limits import Limit
from server.domain.privileges import BANCHO_PY, Visibility
from server.live.batch import Batch
from server.live.connection import Connection
from server.live.feed import Feed
from server.live.limits import Counters
from server.live.presence import Presence
from server.live.ranks import Ranks as RankingSets
from server.live.sessions import WebSessions
from server.live.writer import Writer
from server.services.access import Access
from server.services.accounts import Accounts
from server.services.achievements import Achievements
from server.services.attempts import Attempts
from server.services.avatars import Avatars
from server.services.beatmap_files import BeatmapFiles
from server.services.beatmaps import Beatmaps
from server.services.calculating import Calculating
from server.services.calculators import chosen
from server.services.captcha import Captcha
from server.services.clans import Clans
from server.services.hub import Hub
from server.services.limits import Limits
from server.services.matches import Matches
from server.services.online import Online
from server.services.passwords import Passwords
from server.services.performance import Performance
from server.services.players import Players
from server.services.progress import Progress
from server.services.publishing import Publishing
from server.services.ranks import Ranks
from server.services.replays import Replays
from server.services.scores import Scores
from server.services.sessions import Sessions
from server.services.social import Social
from server.services.status import Status
from server.services.tracking import Tracking
from server.storage import (
    accounts,
    achievements,
    beatmap_files,
    beatmaps,
    catalog,
    clans,
    favourites,
    keys,
    ladders,
    matches,
    players,
    relationships,
    scores,
    snapshots,
    top_plays,
    tracking,
)
from server.storage.database import Database
from server.storage.files import Files
from server.world import World


def connection(settings: Settings, waiting: float = 0.0) -> Connection:
    """The way to Redis that the settings name; a question may take `waiting` seconds more than they say."""
    redis = settings.redis
    return Connection(
        redis.url,
        cluster=redis.cluster,
        sentinels=redis.sentinels,
        sentinel_master=redis.sentinel_master,
        timeout=redis.timeout_ms / 1000 + waiting,
    )


def world_of(
    settings: Settings,
    db: Database,
    redis: Connection,
    listening: Connection,
    tables: catalog.Catalog,
    clock: Callable[[], float],
) -> tuple[World, Ranks]:
    """The services over these stores, and of them the ranks, which are to be refreshed."""
    visibility = visibility_of(settings)
    files = Files(Path(settings.files.data))
    stored_players = players.Players(db, tables)
    stored_scores = scores.Scores(db, tables)
    stored_beatmaps = beatmaps.Beatmaps(db, tables)
    stored_clans = clans.Clans(db)
    batch = Batch(redis)
    presence = Presence(batch)
    sets = RankingSets(batch, not redis.cluster)
    ranks = Ranks(stored_players, sets, visibility, settings.players.ranks)
    online = Online(presence, stored_players, stored_beatmaps, visibility, settings.players.online)
    player_service = Players(stored_players, online, ranks, visibility)
    clan_service = Clans(stored_clans, visibility)
    performance = settings.performance
    calculating = Calculating()
    calculator = chosen(performance.calculator)
    indexed = BeatmapFiles(beatmap_files.BeatmapFiles(db, tables), files, calculating, calculator, performance.cached)
    rates = _rates(settings)
    sessions = Sessions(WebSessions(batch, redis), stored_players)
    world = World(
        access=Access(stored_players, keys.Keys(db, tables)),
        accounts=Accounts(
            accounts.Accounts(db, tables, settings.accounts.lookalikes),
            stored_players,
            sets,
            Passwords(),
            Captcha(settings.accounts.captcha_provider, settings.accounts.captcha_secret),
            Attempts(Counters(batch), rates["login_failures"]),
            sessions,
            _account_rules(settings),
            settings.accounts.registration,
            clock,
        ),
        achievements=Achievements(achievements.Achievements(db, tables)),
        avatars=Avatars(files, settings.avatars.side, settings.avatars.fit),
        beatmaps=Beatmaps(stored_beatmaps, indexed, player_service, online, clan_service, visibility),
        clans=clan_service,
        hub=Hub(Feed(listening), player_service),
        limits=Limits(batch),
        matches=Matches(presence, player_service, stored_beatmaps, matches.Matches(db, tables)),
        online=online,
        performance=Performance(
            stored_beatmaps,
            files,
            calculating,
            calculator,
            settings.files.beatmap_upstream,
            performance.cached,
        ),
        players=player_service,
        progress=Progress(
            snapshots.Snapshots(db, tables),
            top_plays.TopPlays(db, tables),
            ladders.Ladders(db, tables, visibility.board),
            stored_scores,
            player_service,
            visibility,
            clock,
        ),
        publishing=Publishing(Writer(batch), presence),
        replays=Replays(stored_scores, files, visibility, settings.zone),
        scores=Scores(stored_scores, stored_clans, visibility, settings.zone),
        sessions=sessions,
        social=Social(
            relationships.Relationships(db, tables),
            favourites.Favourites(db, tables),
            player_service,
            visibility,
            clock,
        ),
        status=Status(db, redis),
        tracking=Tracking(
            tracking.Tracking(db, tables, visibility.board, settings.zone),
            clock,
            max(1, settings.database.pool_size // 3),
        ),
        clock=clock,
        rates=rates,
        open_scopes=_open_scopes(settings),
        trusted_origins=frozenset(settings.web.trusted_origins),
        secure_cookies=settings.accounts.cookie_secure,
    )
    return world, ranks


def _account_rules(settings: Settings) -> AccountRules:
    given = settings.accounts
    return AccountRules(given.disallowed_names, given.disallowed_passwords, given.lookalikes)


def _rates(settings: Settings) -> dict[str, Limit]:
    accounts = settings.accounts
    limits = (
        Limit("osu_v1", settings.osu_v1.per_minute, settings.osu_v1.burst),
        Limit("osu_v1_replays", settings.osu_v1.replays_per_minute),
        Limit("osutrack_updates", settings.osutrack.updates_per_minute),
        # As bancho.py's example of a proxy limits them.
        Limit("registrations", accounts.registrations_per_minute, 3),
        Limit("logins", accounts.logins_per_minute, 5),
        Limit("login_failures", accounts.failures_per_minute),
        # Each of them looks through all names there are.
        Limit("renames", accounts.renames_per_minute),
        Limit("avatars", accounts.avatars_per_minute, 5),
    )
    return {limit.name: limit for limit in limits}


def visibility_of(settings: Settings) -> Visibility:
    return Visibility() if settings.players.visibility == "public" else BANCHO_PY


def _open_scopes(settings: Settings) -> frozenset[str]:
    needed = {"pp:calculate": settings.performance.needs_key, "osu_v1": settings.osu_v1.needs_key}
    return frozenset(scope for scope, needs_key in needed.items() if not needs_key)
