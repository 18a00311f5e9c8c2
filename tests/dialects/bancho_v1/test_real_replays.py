"""Real replays: taken apart into frames and a score row, served, and seen by an independent reader as they were."""

from pathlib import Path

import osrparse
import pytest

from server.domain import osr
from tests.golden.house import House
from tests.golden.maps import STANDARD
from tests.golden.plays import SCORES

SAMPLES = Path(__file__).resolve().parents[3].parent / "shared" / "samples" / "osr"

# The stable client's; what lazer writes is no score that bancho.py takes.
NAMES = ("replay", "replay2", "taiko", "ctb", "mania")

SCORE = next(row["id"] for row in SCORES if row["userid"] == 3)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample replays are not here")
@pytest.mark.parametrize("name", NAMES)
def test_a_real_replay_comes_back_as_it_was(mended: House, name: str) -> None:
    original = (SAMPLES / f"{name}.osr").read_bytes()
    header, frames = osr.take_apart(original)
    file = mended.data / "osr" / f"{SCORE}.osr"
    before = file.read_bytes() if file.exists() else None
    put(mended, header)
    file.write_bytes(frames)
    try:
        whole = mended.ask(f"/get_replay?id={SCORE}").body
        assert mended.ask(f"/get_replay?id={SCORE}&include_headers=false").body == frames
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_bytes(before)
    assert seen(whole) == seen(original)


def put(house: House, header: osr.ReplayHeader) -> None:
    """The row that bancho.py would have for this play, with its player and beatmap."""
    hits = header.hits
    house.sql(
        "UPDATE users SET name = :name, safe_name = :safe WHERE id = 3",
        name=header.player_name,
        safe=header.player_name.lower(),
    )
    house.sql("UPDATE maps SET md5 = :md5 WHERE id = :id", md5=header.beatmap_md5, id=STANDARD)
    house.sql(
        """
        UPDATE scores
           SET map_md5 = :md5, score = :score, max_combo = :combo, mods = :mods, mode = :mode, perfect = :perfect,
               n300 = :n300, n100 = :n100, n50 = :n50, ngeki = :ngeki, nkatu = :nkatu, nmiss = :nmiss,
               play_time = :played, status = 2
         WHERE id = :id
        """,
        id=SCORE,
        md5=header.beatmap_md5,
        score=header.score,
        combo=header.max_combo,
        mods=header.mods,
        mode=header.mode,
        perfect=int(header.perfect),
        # The column keeps whole seconds.
        played=osr.moment(header.played_at).replace(tzinfo=None, microsecond=0),
        **hits._asdict(),
    )


def seen(content: bytes) -> tuple[object, ...]:
    """What osrparse sees of a file that a score keeps."""
    replay = osrparse.Replay.from_string(content)
    counts = (replay.count_300, replay.count_100, replay.count_50, replay.count_geki, replay.count_katu)
    return (
        *(replay.mode, replay.beatmap_hash, replay.username, *counts, replay.count_miss),
        *(replay.score, replay.max_combo, bool(replay.perfect), int(replay.mods)),
        replay.timestamp.replace(microsecond=0),
        [frame.__dict__ for frame in replay.replay_data],
        replay.rng_seed,
    )
