"""Settings: a TOML file first, then the environment; `config.example.toml` is written from their declarations.

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

from server.forms import Form, is_port
from server.sections import (
    Accounts,
    Avatars,
    BanchoV2,
    Cards,
    Database,
    Files,
    OsuTrack,
    OsuV1,
    Performance,
    Players,
    Redis,
    Server,
    Snapshots,
    Web,
)


class ConfigError(Exception):
    """A setting that cannot be understood; the text says where it stands and what was expected."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set."""

    server: Server = field(default_factory=Server)
    database: Database = field(default_factory=Database)
    redis: Redis = field(default_factory=Redis)
    files: Files = field(default_factory=Files)
    players: Players = field(default_factory=Players)
    accounts: Accounts = field(default_factory=Accounts)
    avatars: Avatars = field(default_factory=Avatars)
    performance: Performance = field(default_factory=Performance)
    bancho_v2: BanchoV2 = field(default_factory=BanchoV2)
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
    "DISALLOWED_NAMES": ("accounts", "disallowed_names"),
    "DISALLOWED_PASSWORDS": ("accounts", "disallowed_passwords"),
    "CAPTCHA_PROVIDER": ("accounts", "captcha_provider"),
    "CAPTCHA_SECRET": ("accounts", "captcha_secret"),
    "WEB_SESSION_COOKIE_SECURE": ("accounts", "cookie_secure"),
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
    settings = _with_environment(_with_bancho_py(settings, environ), environ)
    if settings.accounts.captcha_provider and not settings.accounts.captcha_secret:
        raise ConfigError("[accounts] captcha_provider: expected a captcha_secret beside it, got none")
    return settings


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
