"""Who has played and waits to be looked at."""

from dataclasses import dataclass, replace

from server.storage.snapshots import Pair


@dataclass(frozen=True, slots=True)
class _Due:
    """From when on there is something to see, when it is looked at, and from which score on that is.

    `again`: the last play since, and from when on there is something to see of that.
    """

    ready: float
    at: float
    score_id: int
    again: tuple[float, int] | None = None


class Waiting:
    """Who has played and is to be looked at, and when. What is in here is forgotten with the process, so the scores
    that it stands for do not count as read."""

    def __init__(self, due_seconds: float, rest_seconds: float) -> None:
        self._due_seconds, self._rest_seconds = due_seconds, rest_seconds
        self._due: dict[Pair, _Due] = {}
        self._looked: dict[Pair, float] = {}

    def add(self, pair: Pair, score_id: int, now: float) -> None:
        """They have played, from this score on."""
        ready = now + self._due_seconds
        if pair in self._due:
            self._due[pair] = replace(self._due[pair], again=(ready, score_id))
        else:
            self._wait(pair, ready, score_id)

    def due(self, now: float, limit: int) -> list[Pair]:
        """Some of those who are to be looked at now."""
        return [pair for pair, due in self._due.items() if due.at <= now][:limit]

    def ready(self, now: float) -> list[Pair]:
        """Those who can be looked at now, if also sooner than they need to be."""
        return [pair for pair, due in self._due.items() if due.ready <= now]

    def done(self, pairs: list[Pair], now: float) -> None:
        """They have been looked at, at this moment. What was too fresh then to be seen is looked at later."""
        self._looked = {pair: at for pair, at in self._looked.items() if at > now - self._rest_seconds}
        for pair in pairs:
            self._looked[pair] = now
            due = self._due.pop(pair, None)
            if due is None:
                continue  # they have been looked at meanwhile
            if due.ready > now:
                self._wait(pair, due.ready, due.score_id)
                self._due[pair] = replace(self._due[pair], again=due.again)
            elif due.again is not None and due.again[0] > now:
                self._wait(pair, *due.again)

    def read_to(self, last_id: int) -> int:
        """Up to which score nobody waits any more, if scores were read up to this one."""
        return min((due.score_id - 1 for due in self._due.values()), default=last_id)

    def _wait(self, pair: Pair, ready: float, score_id: int) -> None:
        at = self._looked[pair] + self._rest_seconds if pair in self._looked else ready
        self._due[pair] = _Due(ready, max(ready, at), score_id)
