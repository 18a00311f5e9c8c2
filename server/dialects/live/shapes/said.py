"""What a game server is answered."""

from typing import Annotated, TypedDict


class NewsAnswer(TypedDict):
    """What was said is so now."""

    news: Annotated[int, "how much of it changed something; 0 when it is said again"]


class HeartbeatAnswer(TypedDict):
    """What stays true for another lease. Where `known` is false something may be forgotten: send a snapshot."""

    known: Annotated[bool, "is this all that was said since the last snapshot?"]
    players: int
    matches: int
    lease_seconds: Annotated[float, "how long it stays true unless it is said again"]


def news_answer(news: int) -> NewsAnswer:
    return {"news": news}
