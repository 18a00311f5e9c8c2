"""Replay files, put together from a score and its stored frames."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from zoneinfo import ZoneInfo

from server.domain import osr
from server.domain.grades import HitCounts
from server.domain.privileges import Viewer, Visibility
from server.domain.problems import NotFound
from server.domain.scores import ReplayFacts, ScoreStatus
from server.storage.files import Files
from server.storage.scores import Scores as StoredScores


@dataclass(frozen=True, slots=True)
class Replay:
    """A file and what to call it."""

    name: str
    content: bytes


class Replays:
    """Replays for download. `zone` is that of the game server's wall clock."""

    def __init__(self, stored: StoredScores, files: Files, visibility: Visibility, zone: ZoneInfo) -> None:
        self._stored = stored
        self._files = files
        self._visibility = visibility
        self._zone = zone

    async def get(self, score_id: int, viewer: Viewer) -> Replay:
        """A whole `.osr` file. Raises NotFound."""
        facts, frames = await self._find(score_id, viewer)
        content = osr.assemble(_header(facts, self._zone), frames)
        name = osr.file_name(facts.player_name, facts.artist, facts.title, facts.version, facts.score.play_time.date())
        return Replay(name, content)

    async def frames(self, score_id: int, viewer: Viewer) -> bytes:
        """The LZMA stream of frames alone, byte for byte as the client sent it. Raises NotFound."""
        return (await self._find(score_id, viewer))[1]

    async def passed_frames(self, score_id: int, viewer: Viewer) -> bytes:
        """The same, of plays that were passed alone, and not where the file is empty. Raises NotFound."""
        facts, frames = await self._find(score_id, viewer)
        if facts.score.status == ScoreStatus.FAILED or not frames:
            raise NotFound("replay")
        return frames

    def there(self, score_ids: Sequence[int]) -> frozenset[int]:
        """Those of these scores whose replay is there."""
        return self._files.with_replay(score_ids)

    async def _find(self, score_id: int, viewer: Viewer) -> tuple[ReplayFacts, bytes]:
        facts = await self._stored.replay_facts(score_id)
        if facts is None or not self._visibility.shows(viewer, facts.score.userid, facts.player_priv):
            raise NotFound("replay")
        frames = await self._files.replay_frames(score_id)
        if frames is None:
            raise NotFound("replay")
        return facts, frames


def _header(facts: ReplayFacts, zone: ZoneInfo) -> osr.ReplayHeader:
    score = facts.score
    hits = HitCounts(score.n300, score.n100, score.n50, score.ngeki, score.nkatu, score.nmiss)
    return osr.ReplayHeader(
        mode=score.mode % 4,
        game_version=osr.GAME_VERSION,
        beatmap_md5=score.map_md5,
        player_name=facts.player_name,
        replay_md5=osr.replay_md5(
            hits=hits,
            beatmap_md5=score.map_md5,
            max_combo=score.max_combo,
            perfect=bool(score.perfect),
            player_name=facts.player_name,
            score=score.score,
            grade=score.grade,
            mods=score.mods,
            passed=score.status != ScoreStatus.FAILED,
        ),
        hits=hits,
        score=score.score,
        max_combo=score.max_combo,
        perfect=bool(score.perfect),
        mods=score.mods,
        played_at=osr.ticks(score.play_time.replace(tzinfo=zone).astimezone(UTC)),
        online_id=score.id,
    )
