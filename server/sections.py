"""The sections of the settings: every field's default and its sentence stand here and nowhere else."""

from dataclasses import dataclass, field
from typing import Any

from server.forms import BEATMAP_ADDRESS, DATABASE, HEADER, HOST_AND_PORT, HOST_PATTERN, ORIGIN, REDIS, ZONE, Form


def setting(
    default: Any,
    text: str,
    *,
    secret: bool = False,
    choices: tuple[str, ...] = (),
    form: Form | None = None,
    least: int = 0,
    most: int = 2**31 - 1,
) -> Any:
    """A field of a section with its default, the sentence that documents it, and what is allowed."""
    metadata = {"text": text, "secret": secret, "choices": choices, "form": form, "least": least, "most": most}
    if isinstance(default, list):
        return field(default=tuple(default), metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server listens and what it is called."""

    host: str = setting("127.0.0.1", "Address to listen on.")
    port: int = setting(8000, "Port to listen on.", least=1, most=65535)
    domain: str = setting("localhost", "The game server's domain, for links to players, beatmaps and avatars.")
    name: str = setting("", "What people call the server; empty: the domain.")
    hosts: tuple[str, ...] = setting(
        [], "Host names answered; empty: any. `*.example.org` covers its subdomains.", form=HOST_PATTERN
    )
    workers: int = setting(1, "Processes to run.", least=1)
    trusted_proxies: str = setting("127.0.0.1", "Addresses whose X-Forwarded-* headers are believed.")
    log_level: str = setting("info", "How much is logged.", choices=("critical", "error", "warning", "info", "debug"))


@dataclass(frozen=True, slots=True)
class Database:
    """The database: bancho.py's own, which is read by name and never altered, or one made by `migrate`."""

    url: str = setting(
        "sqlite:///data/bancho.db",
        "mysql://user:password@host:port/name (asyncmy), mysql+aiomysql://..., or sqlite:///path.",
        secret=True,
        form=DATABASE,
    )
    pool_size: int = setting(10, "Connections held at most, by each process.", least=1)
    own_schema: str = setting("", "Schema of this project's own api_ tables, where it is not the same one.")
    wait_seconds: int = setting(30, "How long the start waits for the database before it gives up.")
    time_zone: str = setting(
        "UTC", "Zone of the game server's wall clock, in which scores.play_time is written.", form=ZONE
    )


@dataclass(frozen=True, slots=True)
class Redis:
    """Redis or Valkey: ranks, live players and lobbies."""

    url: str = setting(
        "",
        "redis://user:password@host:port/db, or rediss://. Empty: none; ranks come from SQL.",
        secret=True,
        form=REDIS,
    )
    cluster: bool = setting(False, "The address is of a Redis Cluster.")
    sentinels: tuple[str, ...] = setting(
        [], "host:port of each Sentinel; the address above then only gives user and db.", form=HOST_AND_PORT
    )
    sentinel_master: str = setting("mymaster", "The name under which the Sentinels know the master.")
    timeout_ms: int = setting(500, "How long one answer may take before Redis counts as away.", least=1)


@dataclass(frozen=True, slots=True)
class Files:
    """Replays, beatmaps and avatars."""

    data: str = setting("data", "bancho.py's data directory: osr/, osu/ and avatars/ are in it.")
    beatmap_upstream: str = setting(
        "", "Where a missing .osu file may be fetched, {id} in it; empty: nowhere.", form=BEATMAP_ADDRESS
    )


@dataclass(frozen=True, slots=True)
class Players:
    """Who is seen, and how players are ranked."""

    visibility: str = setting(
        "public",
        "`public`: restricted and unverified players are hidden everywhere. `bancho.py`: as bancho.py 5.3.0 did.",
        choices=("public", "bancho.py"),
    )
    ranks: str = setting(
        "auto",
        "`auto`: bancho.py's ranking sets in Redis where they are filled, else SQL. `redis` or `sql`: only that.",
        choices=("auto", "redis", "sql"),
    )
    online: str = setting(
        "auto",
        "Who counts as online. `auto`: the live layer if a game server writes it, else `activity`. `live`: only that."
        " `activity`: seen within five minutes.",
        choices=("auto", "live", "activity"),
    )


@dataclass(frozen=True, slots=True)
class Accounts:
    """Accounts and sessions of the website (bancho.py's API v2)."""

    registration: bool = setting(True, "Accounts can be made at POST /v2/accounts.")
    disallowed_names: tuple[str, ...] = setting([], "Names that nobody may take, in whatever case.")
    disallowed_passwords: tuple[str, ...] = setting([], "Passwords that nobody may choose, in lower case.")
    lookalikes: bool = setting(True, "A name that looks like another player's (PlayerI, Player1) counts as taken.")
    captcha_provider: str = setting(
        "", "Who says that people register; empty: nobody is asked.", choices=("", "recaptcha", "hcaptcha", "turnstile")
    )
    captcha_secret: str = setting("", "The secret that this provider gave.", secret=True)
    cookie_secure: bool = setting(
        True, "Browsers send the session's cookie over https only; false for plain http on a machine of your own."
    )
    registrations_per_minute: int = setting(1, "Registrations a minute of one address, and 3 more; 0: any number.")
    logins_per_minute: int = setting(10, "Logins a minute of one address, and 5 more; 0: any number.")
    failures_per_minute: int = setting(
        10, "Wrong passwords a minute for an account, from one address (from all: 10 times that); 0: any."
    )
    renames_per_minute: int = setting(10, "Changes of name a minute of one player; 0: any number.")
    avatars_per_minute: int = setting(10, "Avatars a minute of one address, and 5 more; 0: any number.")


@dataclass(frozen=True, slots=True)
class Avatars:
    """Pictures that players give of themselves, served at /avatars/<id>."""

    hosts: tuple[str, ...] = setting(
        [], "Host names at whose root they are served too; empty: `a.` before the server's domain.", form=HOST_PATTERN
    )
    side: int = setting(512, "Of one that is larger in width or height, so many pixels are kept.", least=32, most=4096)
    fit: str = setting(
        "square",
        "`square`: what is not square is cut. `letterbox`: it is filled up. `keep`: it stays as it is.",
        choices=("square", "letterbox", "keep"),
    )


@dataclass(frozen=True, slots=True)
class Performance:
    """pp for calculate_pp."""

    calculator: str = setting(
        "auto",
        "`akatsuki-pp-py`: what bancho.py 5.3 awards with. `rosu-pp-py`: today's official formulas. `auto`: the first"
        " where it is installed (it comes for Python 3.11 only), else the second.",
        choices=("auto", "akatsuki-pp-py", "rosu-pp-py"),
    )
    needs_key: bool = setting(True, "calculate_pp asks for an API key, as bancho.py's does.")
    cached: int = setting(10000, "Results kept, by each process.")


@dataclass(frozen=True, slots=True)
class BanchoV2:
    """bancho.py's API v2, below /v2."""

    hosts: tuple[str, ...] = setting(
        [], "Host names at which it is below /api/v2 too, where the osu! API v2 is otherwise.", form=HOST_PATTERN
    )


@dataclass(frozen=True, slots=True)
class OsuV1:
    """The osu! API v1."""

    needs_key: bool = setting(True, "Every call needs a key `k`: one made with `key create`, or users.api_key.")
    per_minute: int = setting(1200, "Calls a minute of one key (without keys: of one address); 0: any number.")
    burst: int = setting(200, "Calls beyond that in a minute, if the minute before had none beyond.")
    replays_per_minute: int = setting(10, "Replays a minute, likewise; they are calls too. 0: any number.")


@dataclass(frozen=True, slots=True)
class OsuTrack:
    """The osu!track API, below /osutrack."""

    hosts: tuple[str, ...] = setting([], "Host names at whose root it answers too.", form=HOST_PATTERN)
    updates_per_minute: int = setting(1200, "Updates a minute that one address may ask for; 0: any number.")


@dataclass(frozen=True, slots=True)
class Snapshots:
    """What players were, kept by `python -m server record`."""

    hour: int = setting(4, "The hour of the day (UTC) from which on everybody is looked at.", most=23)


@dataclass(frozen=True, slots=True)
class Cards:
    """Pictures of players, at /card/<player>."""

    font: str = setting("", "A font file for names in scripts that the font which comes along lacks.")


@dataclass(frozen=True, slots=True)
class Web:
    """HTTP."""

    cors_origins: tuple[str, ...] = setting(["*"], "Origins whose pages may read answers; empty: none.")
    trusted_origins: tuple[str, ...] = setting(
        [], "Origins whose pages may also use the session's cookie, where they are not the API's own.", form=ORIGIN
    )
    gzip_minimum: int = setting(1024, "Answers of at least so many bytes are compressed for clients that ask; 0: none.")
    timeout_seconds: int = setting(30, "How long an answer may take before it is given up with a 503.", least=1)
    version_header: str = setting(
        "5.3.0", "What `bancho-version` says: the bancho.py whose API is spoken.", form=HEADER
    )
