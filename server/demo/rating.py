"""pp and difficulty for the demo world, by the calculator that bancho.py awards with."""

from functools import lru_cache
from pathlib import Path

from akatsuki_pp_py import Beatmap, Calculator

from server.demo.world import Rated
from server.domain.grades import HitCounts


@lru_cache(maxsize=64)
def _content(path: Path) -> bytes:
    return path.read_bytes()


def rated(osu_path: Path) -> Rated:
    """A beatmap's stars and full combo in its own ruleset."""
    attributes = Calculator().performance(Beatmap(bytes=_content(osu_path))).difficulty
    return Rated(attributes.stars, attributes.max_combo)


def pp_of(osu_path: Path, mode: int, mods: int, hits: HitCounts, combo: int) -> float:
    """What a play is worth, to three decimals."""
    result = Calculator(
        mode=mode % 4,
        mods=mods,
        combo=combo,
        n300=hits.n300,
        n100=hits.n100,
        n50=hits.n50,
        n_geki=hits.ngeki,
        n_katu=hits.nkatu,
        n_misses=hits.nmiss,
    ).performance(Beatmap(bytes=_content(osu_path)))
    return round(float(result.pp), 3)
