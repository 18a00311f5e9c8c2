"""Settings: frozen, one dataclass a section. A TOML file first, then the environment.

Every field's default and its sentence stand here and nowhere else; `config.example.toml` is written from them.
An unknown key or a bad value names file (or variable), section and key, and stops the start.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import quote
from zoneinfo import ZoneInfo

from server.forms import BEATMAP_ADDRESS, DATABASE, HEADER, HOST_AND_PORT, HOST_PATTERN, REDIS, ZONE, Form, is_port


class ConfigError(Exception):
    """A setting that cannot be understood; the text says where it stands and what was expected."""


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
    gzip_minimum: int = setting(1024, "Answers of at least so many bytes are compressed for clients that ask; 0: none.")
    timeout_seconds: int = setting(30, "How long an answer may take before it is given up with a 503.", least=1)
    version_header: str = setting(
        "5.3.0", "What `bancho-version` says: the bancho.py whose API is spoken.", form=HEADER
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set."""

    server: Server = field(default_factory=Server)
    database: Database = field(default_factory=Database)
    redis: Redis = field(default_factory=Redis)
    files: Files = field(default_factory=Files)
    players: Players = field(default_factory=Players)
    performance: Performance = field(default_factory=Performance)
    osu_v1: OsuV1 = field(default_factory=OsuV1)
    osutrack: OsuTrack = field(default_factory=OsuTrack)
    snapshots: Snapshots = field(default_factory=Snapshots)
    cards: Cards = field(default_factory=Cards)
    web: Web = field(default_factory=Web)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.database.time_zone)


# bancho.py's own names that mean one setting as it stands; DB_* and REDIS_* are put together below.
BANCHO_PY_NAMES: dict[str, tuple[str, str]] = {
    "DOMAIN": ("server", "domain"),
    "DATA_DIRECTORY": ("files", "data"),
}

PREFIX = "BANCHO_API_"

_DIGITS = re.compile("[0-9]{1,10}")

# Names the TOML file, where the command line does not; not a setting.
CONFIG_FILE = "BANCHO_API_CONFIG_FILE"


def load(path: Path | None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from a TOML file (None: no file), then bancho.py's names, then `BANCHO_API_<SECTION>_<KEY>`.

    Raises ConfigError.
    """
    settings = Settings()
    if path is not None:
        settings = _with_file(settings, path)
    settings = _with_bancho_py(settings, environ)
    return _with_environment(settings, environ)


def _with_file(settings: Settings, path: Path) -> Settings:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error
    for section, given in content.items():
        if section not in _names(settings):
            raise ConfigError(f"{path}: unknown section [{section}]; known are {', '.join(_names(settings))}")
        if not isinstance(given, dict):
            raise ConfigError(f"{path}: {section} must be a section: [{section}]")
        for key, value in given.items():
            settings = with_setting(settings, section, key, value, f"{path}: [{section}] {key}")
    return settings


def _with_environment(settings: Settings, environ: Mapping[str, str]) -> Settings:
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name == CONFIG_FILE:
            continue
        rest = name.removeprefix(PREFIX).lower()
        section = next((each for each in _names(settings) if rest.startswith(f"{each}_")), None)
        if section is None:
            given = rest.partition("_")[0]
            raise ConfigError(f"{name}: unknown section {given!r}; known are {', '.join(_names(settings))}")
        settings = with_setting(settings, section, rest.removeprefix(f"{section}_"), environ[name], name)
    return settings


def _with_bancho_py(settings: Settings, environ: Mapping[str, str]) -> Settings:
    """What bancho.py's `.env` says. Unset and empty mean the same."""
    given = {name: value for name, value in environ.items() if value}
    for name, (section, key) in BANCHO_PY_NAMES.items():
        if name in given:
            settings = with_setting(settings, section, key, given[name], name)
    if given.keys() & {"DB_HOST", "DB_PORT", "DB_USER", "DB_PASS", "DB_NAME"}:
        url = database_url(
            given.get("DB_USER", "root"),
            given.get("DB_PASS", ""),
            given.get("DB_HOST", "127.0.0.1"),
            _port(given, "DB_PORT", 3306),
            given.get("DB_NAME", "banchopy"),
        )
        settings = with_setting(settings, "database", "url", url, "DB_*")
    if given.keys() & {"REDIS_HOST", "REDIS_PORT", "REDIS_USER", "REDIS_PASS", "REDIS_DB"}:
        if not (number := given.get("REDIS_DB", "0")).isdecimal():
            raise ConfigError(f"REDIS_DB: expected a whole number, got {number!r}")
        url = redis_url(
            given.get("REDIS_USER", ""),
            given.get("REDIS_PASS", ""),
            given.get("REDIS_HOST", "127.0.0.1"),
            _port(given, "REDIS_PORT", 6379),
            number,
        )
        settings = with_setting(settings, "redis", "url", url, "REDIS_*")
    return settings


def database_url(user: str, password: str, host: str, port: int, name: str) -> str:
    """A MySQL address, every part escaped."""
    return f"mysql://{_quoted(user)}:{_quoted(password)}@{_host(host)}:{port}/{_quoted(name)}"


def redis_url(user: str, password: str, host: str, port: int, db: str) -> str:
    """A Redis address, every part escaped. A password without a user is for the default user."""
    who = f"{_quoted(user)}:{_quoted(password)}@" if password else ""
    return f"redis://{who}{_host(host)}:{port}/{db}"


def _host(name: str) -> str:
    """A host as it stands in an address: IPv6 goes in brackets."""
    return f"[{name}]" if ":" in name else name


def _quoted(text: str) -> str:
    return quote(text, safe="")


def _port(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name, str(default))
    if not is_port(text):
        raise ConfigError(f"{name}: expected a port from 1 to 65535, got {text!r}")
    return int(text)


def _names(section: Any) -> list[str]:
    return [each.name for each in fields(section)]


def with_setting(settings: Settings, section: str, key: str, value: Any, where: str) -> Settings:
    """The settings with one of them changed; `where` says who gave it. Raises ConfigError."""
    part = getattr(settings, section)
    if key not in _names(part):
        raise ConfigError(f"{where}: unknown key; known in [{section}] are {', '.join(_names(part))}")
    definition = next(each for each in fields(part) if each.name == key)
    checked = _checked(value, get_type_hints(type(part))[key], definition.metadata, where)
    return replace(settings, **{section: replace(part, **{key: checked})})


def _checked(value: Any, wanted: Any, metadata: Mapping[str, Any], where: str) -> Any:
    """The value as the field wants it. Text (from the environment) is read; TOML values must already fit."""
    shown = "(secret)" if metadata["secret"] else repr(value)
    if wanted is bool:
        if isinstance(value, str) and value.lower() in ("true", "false", "1", "0", "yes", "no"):
            return value.lower() in ("true", "1", "yes")
        if isinstance(value, bool):
            return value
        raise ConfigError(f"{where}: expected true or false, got {shown}")
    if wanted is int:
        number = int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else value
        least, most = metadata["least"], metadata["most"]
        if isinstance(number, int) and not isinstance(number, bool) and least <= number <= most:
            return number
        bounds = f"from {least} to {most}" if most < 2**31 - 1 else f"of at least {least}"
        raise ConfigError(f"{where}: expected a whole number {bounds}, got {shown}")
    form: Form | None = metadata["form"]
    if wanted is str:
        if not isinstance(value, str):
            raise ConfigError(f"{where}: expected text, got {shown}")
        if metadata["choices"] and value not in metadata["choices"]:
            raise ConfigError(f"{where}: expected one of {', '.join(metadata['choices'])}, got {shown}")
        if form is not None and not form.fits(value):
            raise ConfigError(f"{where}: expected {form.words}, got {shown}")
        return value
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise ConfigError(f"{where}: expected a list of texts, got {shown}")
    if form is not None and not all(map(form.fits, value)):
        raise ConfigError(f"{where}: expected {form.words}, got {shown}")
    return tuple(value)


def example() -> str:
    """The text of `config.example.toml`: every section and key with its sentence and default."""
    lines = [
        "# Every setting with its default. Any of them can be given as BANCHO_API_<SECTION>_<KEY> in the environment,",
        "# which wins over this file. bancho.py's own names (DB_*, REDIS_*, DOMAIN, DATA_DIRECTORY) are understood.",
    ]
    settings = Settings()
    for section in fields(settings):
        part = getattr(settings, section.name)
        lines += ["", f"# {(type(part).__doc__ or '').strip()}", f"[{section.name}]"]
        for each in fields(part):
            text = each.metadata["text"]
            if each.metadata["choices"]:
                text += f" ({', '.join(each.metadata['choices'])})"
            lines += [f"# {text}", f"{each.name} = {_toml(each.default)}"]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{part}"' for part in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
