"""The demo's players and lobbies as its game server says them, turn after turn: some things move."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from server.demo.now import IN_PLAY, READY, Live, Lobby, live
from server.demo.world import BEATMAPS
from server.domain import osu_file
from server.domain.live import Lobby as LiveLobby
from server.domain.live import Slot, Status
from server.domain.osu_file import OsuFile

# A lobby plays for so many turns, then rests for as many.
TURNS_A_GAME = 6


@lru_cache(maxsize=1)
def _maps() -> dict[int, OsuFile]:
    files = (osu_file.read(Path(path).read_bytes()) for path in sorted(BEATMAPS.glob("*.osu")))
    return {each.beatmap_id: each for each in files}


@lru_cache(maxsize=1)
def _live() -> Live:
    return live(_maps())


def statuses(started: float) -> Iterable[Status]:
    """Who is online; `started` is the Unix time that login times count back from."""
    for player in _live().players:
        beatmap = _maps().get(player.map_id)
        yield Status(
            player_id=player.id,
            login_time=started - player.logged_in_ago,
            action=player.action,
            info_text=player.info_text,
            mode=player.mode,
            mods=player.mods,
            map_id=player.map_id,
            map_md5=beatmap.md5 if beatmap else "",
        )


def lobbies(turn: int) -> Iterable[LiveLobby]:
    """The lobbies. One that plays comes to an end, its players get ready, and it begins again."""
    resting = turn // TURNS_A_GAME % 2 == 1
    for lobby in _live().lobbies:
        yield _lobby(lobby, resting and lobby.in_progress)


def _lobby(lobby: Lobby, resting: bool) -> LiveLobby:
    beatmap = _maps()[lobby.map_id]
    return LiveLobby(
        id=lobby.id,
        name=lobby.name,
        host_id=lobby.host_id,
        referee_ids=lobby.referee_ids,
        mode=lobby.mode,
        mods=lobby.mods,
        seed=lobby.seed,
        in_progress=lobby.in_progress and not resting,
        is_scrimming=lobby.is_scrimming,
        map_id=lobby.map_id,
        map_md5=beatmap.md5,
        map_name=f"{beatmap.artist} - {beatmap.title} [{beatmap.version}]",
        slots=tuple(
            Slot(
                number=number,
                player_id=slot.player_id,
                status=READY if resting and slot.status == IN_PLAY else slot.status,
                team=slot.team,
                mods=slot.mods,
                loaded=slot.loaded and not resting,
                skipped=slot.skipped and not resting,
            )
            for number, slot in enumerate(lobby.slots)
            if slot.player_id
        ),
    )
