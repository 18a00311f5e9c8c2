"""pp and difficulty for the demo world, by the calculator that bancho.py awards with where it is installed."""

from functools import lru_cache
from pathlib import Path

from server.demo.world import Rated
from server.domain import osu_file
from server.domain.grades import HitCounts
from server.domain.performance import Play
from server.services.calculators import calculate, chosen


@lru_cache(maxsize=64)
def _content(path: Path) -> bytes:
    return path.read_bytes()


def rated(osu_path: Path) -> Rated:
    """A beatmap's stars and full combo in its own ruleset."""
    content = _content(osu_path)
    (worth,) = calculate(chosen("auto"), content, (Play(int(osu_file.read(content).ruleset), 0, acc=100.0),))
    return Rated(worth.stars, worth.max_combo)


def pp_of(osu_path: Path, mode: int, mods: int, hits: HitCounts, combo: int) -> float:
    """What a play is worth, to three decimals."""
    play = Play(
        mode,
        mods,
        combo,
        hits.nmiss,
        n300=hits.n300,
        n100=hits.n100,
        n50=hits.n50,
        ngeki=hits.ngeki,
        nkatu=hits.nkatu,
    )
    return calculate(chosen("auto"), _content(osu_path), (play,))[0].pp
