"""A private MariaDB with the generated world in it, kept between runs as long as its recipe stays the same."""

import hashlib
import os
import pwd
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql

from benchmarks import world
from benchmarks.processes import HOST, BenchError, free_port, running

REPOSITORY = Path(__file__).parent.parent
REPLAYS = 400
REPLAY_BYTES = 40_000
BUFFER_POOL = "2G"


@dataclass(frozen=True, slots=True)
class Login:
    """How to reach the private database."""

    port: int
    host: str = HOST
    user: str = "bench"
    password: str = "bench"
    database: str = "bench"

    def environment(self) -> dict[str, str]:
        """The caller's environment with this database in it, by bancho.py's names, and no other settings."""
        return {name: value for name, value in os.environ.items() if not name.startswith("BANCHO_API_")} | {
            "DB_HOST": self.host,
            "DB_PORT": str(self.port),
            "DB_USER": self.user,
            "DB_PASS": self.password,
            "DB_NAME": self.database,
        }


@contextmanager
def mariadb(folder: Path) -> Iterator[Login]:
    """A MariaDB of our own with its data in `folder`, which is made when it is not there."""
    if not folder.exists():
        _install(folder)
    login = Login(free_port())
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        command = [
            _program("mariadbd"),
            "--no-defaults",  # first, or the machine's own configuration would be read
            f"--datadir={folder}",
            f"--socket={scratch}/sock",
            f"--pid-file={scratch}/pid",
            f"--tmpdir={scratch}",  # another MariaDB that starts would empty the one that all share
            f"--port={login.port}",
            f"--bind-address={HOST}",
            f"--user={_user()}",
            f"--init-file={_init_file(Path(scratch), login)}",
            "--skip-name-resolve",
            "--skip-log-bin",
            "--local-infile=1",
            "--query-cache-type=OFF",  # it would make repeated statements free on both sides
            f"--innodb-buffer-pool-size={BUFFER_POOL}",
            "--innodb-buffer-pool-dump-pct=100",  # the next run starts warm
            "--innodb-sort-buffer-size=64M",
            "--innodb-log-file-size=512M",
            "--innodb-flush-log-at-trx-commit=2",
        ]
        with running(command, login.port, folder.parent / "mariadb.log"):
            yield login


def is_current(folder: Path, scores: int) -> bool:
    """Whether `folder` holds a finished database of today's recipe; if not, it should be removed."""
    recipe = folder / "recipe"
    return recipe.is_file() and recipe.read_text() == _recipe(scores)


def build(folder: Path, login: Login, scores: int) -> None:
    """Make the schema with the server's own command, then fill it; `folder` also gets `data/` for the server."""
    migrate(login)
    size = world.Size(scores)
    with tempfile.TemporaryDirectory(prefix="tables-", dir=folder) as tables:
        world.write(Path(tables), size)
        _fill(login, Path(tables), size)
    _write_files(folder / "data", login)


def finish(folder: Path, scores: int) -> None:
    """Say that the database is whole."""
    (folder / "recipe").write_text(_recipe(scores))


def server_command(*arguments: str) -> list[str]:
    """`python -m server ...` that reads no settings file which may lie here."""
    return [sys.executable, "-m", "server", "--config", os.devnull, *arguments]


def rows(login: Login, statement: str) -> list[tuple[Any, ...]]:
    """The rows of one statement."""
    with _connected(login) as opened, opened.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def named_rows(login: Login, statement: str) -> list[dict[str, Any]]:
    """The rows of one statement, their values by column name."""
    with _connected(login) as opened, opened.cursor(pymysql.cursors.DictCursor) as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def run_all(login: Login, statements: Iterable[str]) -> None:
    """Change something, one after the other on one connection."""
    with _connected(login) as opened, opened.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _connected(login: Login) -> Any:
    # PyMySQL: asyncmy 0.2.18 fails on LOAD DATA LOCAL INFILE.
    return pymysql.connect(
        host=login.host,
        port=login.port,
        user=login.user,
        password=login.password,
        database=login.database,
        autocommit=True,
        local_infile=True,
    )


def _recipe(scores: int) -> str:
    """Changes whenever the same command would build another database."""
    digest = hashlib.sha256(f"{scores}".encode())
    schema = [REPOSITORY / "server" / "storage" / "indexes.py", *sorted(REPOSITORY.glob("sql/**/*mysql*.sql"))]
    fillers = [Path(__file__).with_name(name) for name in ("world.py", "database.py", "own.py", "past.py")]
    for path in (*fillers, *schema):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _program(name: str) -> str:
    # Debian keeps servers out of a user's PATH.
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if found is None:
        raise BenchError(f"{name} is not installed; the benchmark needs MariaDB (apt-get install mariadb-server)")
    return found


def _user() -> str:
    return pwd.getpwuid(os.getuid()).pw_name


def _install(folder: Path) -> None:
    command = [_program("mariadb-install-db"), "--no-defaults", f"--datadir={folder}", f"--user={_user()}"]
    command += ["--auth-root-authentication-method=normal", "--skip-test-db"]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        raise BenchError(f"mariadb-install-db failed:\n{made.stdout}{made.stderr}")


def _init_file(scratch: Path, login: Login) -> Path:
    path = scratch / "init.sql"
    account = f"'{login.user}'@'{login.host}'"
    path.write_text(
        f"CREATE DATABASE IF NOT EXISTS {login.database} CHARACTER SET utf8mb4;\n"
        f"CREATE USER IF NOT EXISTS {account} IDENTIFIED BY '{login.password}';\n"
        f"GRANT ALL ON {login.database}.* TO {account};\n"
    )
    return path


def migrate(login: Login) -> None:
    """Make the schema with the server's own command."""
    command = server_command("migrate")
    made = subprocess.run(command, env=login.environment(), capture_output=True, text=True, check=False)
    if made.returncode:
        raise BenchError(f"{' '.join(command)} failed:\n{made.stdout}{made.stderr}")


def _fill(login: Login, tables: Path, size: world.Size) -> None:
    with _connected(login) as opened, opened.cursor() as cursor:
        cursor.execute("SET unique_checks = 0, foreign_key_checks = 0")
        # Built afterwards in one go, the scores' many indexes cost less than half.
        cursor.execute("SHOW CREATE TABLE scores")
        lines = [line.strip().rstrip(",") for line in cursor.fetchone()[1].splitlines()]
        keys = [line for line in lines if line.startswith("KEY ")]
        cursor.execute("ALTER TABLE scores " + ", ".join(f"DROP KEY {key.split()[1]}" for key in keys))
        for table, columns in world.COLUMNS.items():
            # REPLACE: the schema may come with rows of its own, such as the bot.
            cursor.execute(f"LOAD DATA LOCAL INFILE '{tables}/{table}.tsv' REPLACE INTO TABLE {table} ({columns})")
            cursor.execute("SHOW WARNINGS LIMIT 5")
            if warnings := cursor.fetchall():
                raise BenchError(f"loading {table}: {warnings}")
        cursor.execute("ALTER TABLE scores " + ", ".join(f"ADD {key}" for key in keys))
        for statement in _DERIVED:
            cursor.execute(statement)
        cursor.execute(f"ANALYZE TABLE {', '.join(world.COLUMNS)}, stats")
    ((loaded,),) = rows(login, "SELECT COUNT(*) FROM scores")
    if loaded != size.scores:
        raise BenchError(f"loaded {loaded} scores of {size.scores}")


def _write_files(folder: Path, login: Login) -> None:
    """The server's data folder: replay frames of visible players' first passes, and the demo's beatmaps if any."""
    osr, osu = folder / "osr", folder / "osu"
    for made in (osr, osu):
        made.mkdir(parents=True, exist_ok=True)
    rng = random.Random(world.SEED)
    passes = "SELECT s.id FROM scores s JOIN users u ON u.id = s.userid WHERE s.status = 2 AND u.priv & 3 = 3"
    for (score,) in rows(login, f"{passes} ORDER BY s.id LIMIT {REPLAYS}"):
        # The head of an LZMA stream, then bytes that compress as badly as the real ones.
        (osr / f"{score}.osr").write_bytes(b"\x5d\x00\x00\x20\x00" + rng.randbytes(REPLAY_BYTES))
    for beatmap in (REPOSITORY / "server" / "demo" / "beatmaps").glob("*.osu"):
        shutil.copy(beatmap, osu)


# What bancho.py itself keeps from the scores, by its own formulas.
_DERIVED = (
    """
    CREATE TEMPORARY TABLE bench_totals (PRIMARY KEY (userid, mode)) AS
    SELECT userid, mode, SUM(score) AS tscore, COUNT(*) AS plays, SUM(time_elapsed) DIV 1000 AS playtime,
           MAX(max_combo) AS max_combo, SUM(n300 + n100 + n50) AS total_hits
    FROM scores GROUP BY userid, mode
    """,
    """
    CREATE TEMPORARY TABLE bench_ranked (PRIMARY KEY (userid, mode)) AS
    SELECT userid, mode, SUM(score) AS rscore,
           ROUND(SUM(pp * POW(0.95, place)) + 416.6667 * (1 - POW(0.9994, COUNT(*)))) AS pp,
           SUM(acc * POW(0.95, place)) / (20 * (1 - POW(0.95, COUNT(*)))) AS acc,
           SUM(grade = 'XH') AS xh, SUM(grade = 'X') AS x, SUM(grade = 'SH') AS sh, SUM(grade = 'S') AS s,
           SUM(grade = 'A') AS a
    FROM (
        SELECT s.userid, s.mode, s.score, s.pp, s.acc, s.grade,
               ROW_NUMBER() OVER (PARTITION BY s.userid, s.mode ORDER BY s.pp DESC) - 1 AS place
        FROM scores s JOIN maps m ON m.md5 = s.map_md5
        WHERE s.status = 2 AND m.status IN (2, 3)
    ) AS best
    GROUP BY userid, mode
    """,
    f"""
    REPLACE INTO stats (id, mode, tscore, rscore, pp, plays, playtime, acc, max_combo, total_hits, replay_views,
                        xh_count, x_count, sh_count, s_count, a_count)
    SELECT u.id, modes.mode, COALESCE(t.tscore, 0), COALESCE(r.rscore, 0), COALESCE(r.pp, 0), COALESCE(t.plays, 0),
           COALESCE(t.playtime, 0), COALESCE(r.acc, 0), COALESCE(t.max_combo, 0), COALESCE(t.total_hits, 0), 0,
           COALESCE(r.xh, 0), COALESCE(r.x, 0), COALESCE(r.sh, 0), COALESCE(r.s, 0), COALESCE(r.a, 0)
    FROM users u
    JOIN ({" UNION ALL ".join(f"SELECT {mode:d} AS mode" for mode in world.MODES)}) AS modes
    LEFT JOIN bench_totals t ON t.userid = u.id AND t.mode = modes.mode
    LEFT JOIN bench_ranked r ON r.userid = u.id AND r.mode = modes.mode
    WHERE u.id >= {world.FIRST_PLAYER}
    """,
    """
    UPDATE maps m
    JOIN (SELECT map_md5, COUNT(*) AS plays, SUM(status > 0) AS passes FROM scores GROUP BY map_md5) AS seen
      ON seen.map_md5 = m.md5
    SET m.plays = seen.plays, m.passes = seen.passes
    """,
)
