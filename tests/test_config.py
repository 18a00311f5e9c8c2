"""Settings: where they come from, who wins, and what is said of those that cannot be understood."""

import json
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import databases
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from server import config, forms
from server.config import ConfigError, Settings, load

SECRET = "hunter2#/@"

SECTIONS = {section.name: getattr(Settings(), section.name) for section in fields(Settings)}
EVERY = [(section, each) for section, part in SECTIONS.items() for each in fields(part)]


def written(folder: Path, text: str) -> Path:
    path = folder / "given.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path | None, environ: dict[str, str]) -> str:
    with pytest.raises(ConfigError) as raised:
        load(path, environ)
    text = str(raised.value)
    assert SECRET not in text
    assert SECRET not in repr(raised.value.__cause__)
    return text


def variable(section: str, key: str) -> str:
    return f"BANCHO_API_{section}_{key}".upper()


def test_with_nothing_given_there_are_defaults() -> None:
    assert load(None, {}) == Settings()


def test_the_example_gives_the_defaults(tmp_path: Path) -> None:
    assert load(written(tmp_path, config.example()), {}) == Settings()


def test_the_example_names_every_setting_with_its_sentence() -> None:
    content = tomllib.loads(config.example())
    assert {(section, key) for section, part in content.items() for key in part} == {
        (section, each.name) for section, each in EVERY
    }
    for _, each in EVERY:
        assert each.metadata["text"].endswith(".")
        assert each.metadata["text"] in config.example()


def test_a_file_gives_settings(tmp_path: Path) -> None:
    text = """
        [server]
        port = 9000
        hosts = ["api.example.org", "*.example.com"]
        [database]
        url = "mysql+aiomysql://reader:pw@db/bancho"
        time_zone = "Europe/Berlin"
        [performance]
        needs_key = false
    """
    loaded = load(written(tmp_path, text), {})
    assert loaded.server.port == 9000
    assert loaded.server.hosts == ("api.example.org", "*.example.com")
    assert loaded.server.host == "127.0.0.1"
    assert loaded.database.url == "mysql+aiomysql://reader:pw@db/bancho"
    assert str(loaded.zone) == "Europe/Berlin"
    assert loaded.performance.needs_key is False


def test_the_environment_gives_settings() -> None:
    given = {
        "BANCHO_API_SERVER_PORT": "9000",
        "BANCHO_API_SERVER_TRUSTED_PROXIES": "10.0.0.1",
        "BANCHO_API_SERVER_HOSTS": " a.example.org, ,b.example.org ",
        "BANCHO_API_PERFORMANCE_NEEDS_KEY": "No",
        "BANCHO_API_WEB_CORS_ORIGINS": "",
        "BANCHO_API_CONFIG_FILE": "elsewhere.toml",
        "SOMETHING_ELSE": "entirely",
    }
    loaded = load(None, given)
    assert loaded.server.port == 9000
    assert loaded.server.trusted_proxies == "10.0.0.1"
    assert loaded.server.hosts == ("a.example.org", "b.example.org")
    assert loaded.performance.needs_key is False
    assert loaded.web.cors_origins == ()


def test_who_wins(tmp_path: Path) -> None:
    """The file before the defaults, bancho.py's names before the file, our own variables before all."""
    path = written(tmp_path, '[server]\ndomain = "file"\n[redis]\nurl = "redis://file"\n[files]\ndata = "file"')
    theirs = {"DOMAIN": "theirs", "REDIS_HOST": "theirs"}
    ours = {"BANCHO_API_SERVER_DOMAIN": "ours", "BANCHO_API_REDIS_URL": "redis://ours"}
    each = [load(path, {}), load(path, theirs), load(path, theirs | ours)]
    assert [loaded.server.domain for loaded in each] == ["file", "theirs", "ours"]
    assert [loaded.redis.url for loaded in each] == ["redis://file", "redis://theirs:6379/0", "redis://ours"]
    assert [loaded.files.data for loaded in each] == ["file", "file", "file"]


def test_the_names_of_bancho_py() -> None:
    given = {
        "DB_HOST": "mysql",
        "DB_PORT": "3307",
        "DB_USER": "cmyui",
        "DB_PASS": "pw",
        "DB_NAME": "bancho",
        "REDIS_HOST": "redis",
        "REDIS_PORT": "6380",
        "REDIS_USER": "default",
        "REDIS_PASS": "pw",
        "REDIS_DB": "2",
        "DOMAIN": "example.org",
        "DATA_DIRECTORY": "/srv/.data",
    }
    loaded = load(None, given)
    assert loaded.database.url == "mysql://cmyui:pw@mysql:3307/bancho"
    assert loaded.redis.url == "redis://default:pw@redis:6380/2"
    assert loaded.server.domain == "example.org"
    assert loaded.files.data == "/srv/.data"


def test_empty_names_of_bancho_py_are_as_good_as_none() -> None:
    """Its `.env` has each name in it, and those that are not used stand there empty."""
    names = ("DB_HOST", "DB_PORT", "DB_USER", "DB_PASS", "DB_NAME", "REDIS_HOST", "REDIS_PORT", "REDIS_USER")
    given = dict.fromkeys((*names, "REDIS_PASS", "REDIS_DB", "DOMAIN", "DATA_DIRECTORY"), "")
    assert load(None, given) == Settings()
    given |= {"DB_HOST": "mysql", "REDIS_HOST": "redis"}
    loaded = load(None, given)
    assert loaded.database.url == "mysql://root:@mysql:3306/banchopy"
    assert loaded.redis.url == "redis://redis:6379/0"


@given(user=st.text(min_size=1), password=st.text(min_size=1), name=st.text(min_size=1))
def test_whatever_is_in_a_password_reaches_the_drivers(user: str, password: str, name: str) -> None:
    given = {"DB_HOST": "db", "DB_USER": user, "DB_PASS": password, "DB_NAME": name}
    given |= {"REDIS_HOST": "redis", "REDIS_USER": user, "REDIS_PASS": password}
    loaded = load(None, given)
    address = databases.DatabaseURL(loaded.database.url)
    assert (address.username, address.password, address.database) == (user, password, name)
    assert (address.hostname, address.port) == ("db", 3306)
    options = Redis.from_url(loaded.redis.url).connection_pool.connection_kwargs
    assert (options["username"], options["password"], options["host"]) == (user, password, "redis")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "missing.toml"
    assert refused(path, {}) == f"{path}: cannot be read: No such file or directory"


@pytest.mark.parametrize("content", [b"port = ", b"[server\n", b"\xff\xfe", b"[server]\nport = 1\nport = 2\n"])
def test_a_file_that_is_not_toml(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    assert refused(path, {}).startswith(f"{path}: not TOML: ")


def test_an_unknown_section(tmp_path: Path) -> None:
    path = written(tmp_path, f'[databse]\nurl = "{SECRET}"')
    known = ", ".join(SECTIONS)
    assert refused(path, {}) == f"{path}: unknown section [databse]; known are {known}"
    name = "BANCHO_API_DATABSE_URL"
    assert refused(None, {name: SECRET}) == f"{name}: unknown section 'databse'; known are {known}"


def test_a_section_that_is_none(tmp_path: Path) -> None:
    path = written(tmp_path, "redis = 5")
    assert refused(path, {}) == f"{path}: redis must be a section: [redis]"


def test_an_unknown_key(tmp_path: Path) -> None:
    path = written(tmp_path, f'[database]\nur = "{SECRET}"')
    known = ", ".join(each.name for each in fields(config.Database))
    assert refused(path, {}) == f"{path}: [database] ur: unknown key; known in [database] are {known}"
    name = "BANCHO_API_DATABASE_UR"
    assert refused(None, {name: SECRET}) == f"{name}: unknown key; known in [database] are {known}"


WRONG_IN_A_FILE: list[tuple[str, str, Any, str]] = [
    ("server", "port", "8000.5", "a whole number from 1 to 65535"),
    ("server", "port", True, "a whole number from 1 to 65535"),
    ("server", "port", 0, "a whole number from 1 to 65535"),
    ("server", "port", 65536, "a whole number from 1 to 65535"),
    ("server", "workers", 0, "a whole number of at least 1"),
    ("database", "pool_size", -1, "a whole number of at least 1"),
    ("database", "wait_seconds", [30], "a whole number of at least 0"),
    ("performance", "needs_key", "maybe", "true or false"),
    ("performance", "needs_key", 1, "true or false"),
    ("server", "host", 127, "text"),
    ("server", "log_level", "loud", "one of critical, error, warning, info, debug"),
    ("players", "ranks", "Redis", "one of auto, redis, sql"),
    ("server", "hosts", 5, "a list of texts"),
    ("server", "hosts", ["a", 5], "a list of texts"),
    ("redis", "sentinels", ["a:26379", "b"], "host:port of each"),
    ("database", "time_zone", "Mars/Olympus", "a zone such as UTC or Europe/Berlin"),
    ("database", "time_zone", "Europe", "a zone such as UTC or Europe/Berlin"),
    ("database", "time_zone", "../zone", "a zone such as UTC or Europe/Berlin"),
]


@pytest.mark.parametrize(("section", "key", "value", "expected"), WRONG_IN_A_FILE)
def test_a_wrong_value_in_a_file(tmp_path: Path, section: str, key: str, value: Any, expected: str) -> None:
    path = written(tmp_path, f"[{section}]\n{key} = {json.dumps(value)}")
    assert refused(path, {}) == f"{path}: [{section}] {key}: expected {expected}, got {value!r}"


@pytest.mark.parametrize(
    ("section", "key", "value", "expected"),
    [
        ("server", "port", "http", "a whole number from 1 to 65535"),
        ("server", "port", "", "a whole number from 1 to 65535"),
        ("server", "port", "-1", "a whole number from 1 to 65535"),
        ("server", "port", "８０", "a whole number from 1 to 65535"),
        ("server", "port", "9" * 5000, "a whole number from 1 to 65535"),
        ("performance", "needs_key", "", "true or false"),
        ("performance", "calculator", "", "one of auto, akatsuki-pp-py, rosu-pp-py"),
        ("redis", "sentinels", "a:26379,b:x", "host:port of each"),
        ("database", "time_zone", "", "a zone such as UTC or Europe/Berlin"),
        ("web", "trusted_origins", "https://example.org/", "origins such as https://example.org"),
    ],
)
def test_a_wrong_value_in_the_environment(section: str, key: str, value: str, expected: str) -> None:
    name = variable(section, key)
    assert refused(None, {name: value}) == f"{name}: expected {expected}, got {value!r}"


def test_a_captcha_needs_its_secret() -> None:
    """Else nobody could register, and nobody would know why."""
    said = refused(None, {"CAPTCHA_PROVIDER": "hcaptcha", "CAPTCHA_SECRET": ""})
    assert said == "[accounts] captcha_provider: expected a captcha_secret beside it, got none"
    assert load(None, {"CAPTCHA_PROVIDER": "hcaptcha", "CAPTCHA_SECRET": "x"}).accounts.captcha_provider == "hcaptcha"


@pytest.mark.parametrize("name", ["DB_PORT", "REDIS_PORT"])
@pytest.mark.parametrize("value", ["x", "0", "65536", "-1", "3306 ", "9" * 5000])
def test_a_port_of_bancho_py_that_is_none(name: str, value: str) -> None:
    given = {"DB_HOST": "db", "REDIS_HOST": "redis", "DB_PASS": SECRET, "REDIS_PASS": SECRET, name: value}
    assert refused(None, given) == f"{name}: expected a port from 1 to 65535, got {value!r}"


@pytest.mark.parametrize("section", ["database", "redis"])
@pytest.mark.parametrize(
    "address",
    [
        f"postgres://u:{SECRET}@h/db",
        f"mysql//u:{SECRET}@h/db",
        f"redis://u:{SECRET}@h:6379/0",  # the # begins a fragment, and what is left before it is no port
        f"mysql://u:{SECRET}@h:3306/db",
        "mysql://h:99999/db",
        "redis://h:port/0",
        "redis://[::1/0",
        SECRET,
        "nothing",
    ],
)
def test_an_address_that_cannot_be_one_is_not_shown(tmp_path: Path, section: str, address: str) -> None:
    shown = f"expected {(forms.DATABASE if section == 'database' else forms.REDIS).words}, got (secret)"
    path = written(tmp_path, f"[{section}]\nurl = {json.dumps(address)}")
    assert refused(path, {}) == f"{path}: [{section}] url: {shown}"
    name = variable(section, "url")
    assert refused(None, {name: address}) == f"{name}: {shown}"


def test_a_secret_of_the_wrong_type_is_not_shown(tmp_path: Path) -> None:
    path = written(tmp_path, f'[database]\nurl = ["{SECRET}"]')
    assert refused(path, {}) == f"{path}: [database] url: expected text, got (secret)"


def values_of(section: str, each: Any) -> st.SearchStrategy[Any]:
    """Values that fit a setting."""
    if each.metadata["choices"]:
        return st.sampled_from(each.metadata["choices"])
    if each.metadata["form"] is not None:
        some = {
            forms.DATABASE: ["sqlite:///x.db", "mysql://u:p%23@h:1/n", "mysql+aiomysql://h/n"],
            forms.REDIS: ["", "redis://h", "rediss://:p@h:1/2", "unix:///run/redis.sock"],
            forms.ZONE: ["UTC", "Asia/Tokyo"],
            forms.HOST_AND_PORT: ["a:1", "b.example.org:65535", "[::1]:26379"],
            forms.HOST_PATTERN: ["api.example.org", "*.example.org", "localhost"],
            forms.BEATMAP_ADDRESS: ["", "https://example.org/{id}"],
            forms.HEADER: ["5.3.0"],
            forms.ORIGIN: ["https://example.org", "http://localhost:5173"],
        }[each.metadata["form"]]
        one = st.sampled_from(some)
        return st.lists(one).map(tuple) if isinstance(each.default, tuple) else one
    if isinstance(each.default, bool):
        return st.booleans()
    if isinstance(each.default, int):
        return st.integers(each.metadata["least"], each.metadata["most"])
    # A text of the environment cannot hold NUL, nor one of a list a comma, or spaces around it.
    plain = st.text(st.characters(exclude_characters="\0,", exclude_categories=["Cs"])).map(str.strip)
    return st.lists(plain.filter(bool)).map(tuple) if isinstance(each.default, tuple) else plain


@st.composite
def settings_given(draw: st.DrawFn) -> dict[tuple[str, str], Any]:
    chosen = draw(st.lists(st.sampled_from(EVERY), unique_by=lambda each: (each[0], each[1].name)))
    return {(section, each.name): draw(values_of(section, each)) for section, each in chosen}


@given(values=settings_given())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_fits_is_read_as_it_was_written(tmp_path: Path, values: dict[tuple[str, str], Any]) -> None:
    """From a file and from the environment alike."""
    assume(not values.get(("accounts", "captcha_provider")) or values.get(("accounts", "captcha_secret")))
    environ = {}
    lines: dict[str, list[str]] = {}
    for (section, key), value in values.items():
        # TOML takes JSON's numbers, texts, lists, true and false, but for the one character that JSON leaves bare.
        plain = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        lines.setdefault(section, [f"[{section}]"]).append(f"{key} = {plain}")
        environ[variable(section, key)] = ",".join(value) if isinstance(value, tuple) else str(value)
    text = "\n".join(line for part in lines.values() for line in part)
    from_file = load(written(tmp_path, text), {})
    assert from_file == load(None, environ)
    for (section, key), value in values.items():
        assert getattr(getattr(from_file, section), key) == value


def test_a_section_whose_name_has_an_underscore() -> None:
    loaded = config.load(None, {"BANCHO_API_OSU_V1_PER_MINUTE": "60", "BANCHO_API_OSU_V1_NEEDS_KEY": "no"})
    assert (loaded.osu_v1.per_minute, loaded.osu_v1.needs_key) == (60, False)
    assert refused(None, {"BANCHO_API_OSU_PER_MINUTE": "60"}).startswith(
        "BANCHO_API_OSU_PER_MINUTE: unknown section 'osu'"
    )
