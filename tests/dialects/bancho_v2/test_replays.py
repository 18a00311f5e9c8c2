"""Replays as the website links to them."""

import pytest

from server.domain import osr
from tests.golden.house import House
from tests.golden.now import MODERATOR_SESSION, RESTRICTED_SESSION
from tests.golden.plays import NON_ASCII, OF_RESTRICTED
from tests.golden.world import FRAMES


def test_a_replay_is_the_file_that_v1_gives(house: House) -> None:
    answered = house.ask_raw("/scores/2/replay", mount="/v2")
    assert answered.headers["content-type"] == "application/x-osu-replay"
    assert answered.content == house.ask_raw("/get_replay?id=2").content
    assert FRAMES in answered.content
    assert osr.GAME_VERSION.to_bytes(4, "little") == answered.content[1:5]


def test_its_name_stands_twice(house: House) -> None:
    answered = house.ask_raw(f"/scores/{NON_ASCII}/replay", mount="/v2")
    plain, _, whole = answered.headers["content-disposition"].partition("; filename*=UTF-8''")
    assert plain == (
        "attachment; filename=\"?n?c?d? - Caf? / ?n?c?d? - '100%' <???> it's _ / [Insane 'x_y'] (2024-01-15).osr\""
    )
    assert whole == (
        "%C3%9Cn%C3%AFc%C3%B6d%C3%A9%20-%20Caf%C3%A9%20%2F%20%C3%9Cn%C3%AFc%C3%B6d%C3%A9%20-%20%22100%25%22%20"
        "%3C%E3%83%8E%E3%83%BC%E3%83%88%3E%20it%27s%20%5C%20%2F%20%5BInsane%20%22x_y%22%5D%20%282024-01-15%29.osr"
    )


@pytest.mark.parametrize(("session", "status"), [(None, 404), (RESTRICTED_SESSION, 200), (MODERATOR_SESSION, 200)])
def test_a_hidden_players_is_theirs_and_the_staffs(house: House, session: str | None, status: int) -> None:
    cookies = {} if session is None else {"cookie": f"bancho_session={session}"}
    answered = house.ask_raw(f"/scores/{OF_RESTRICTED}/replay", mount="/v2", headers=cookies)
    assert answered.status_code == status
