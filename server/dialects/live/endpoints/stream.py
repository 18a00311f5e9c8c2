"""What happens, as it happens."""

from contextlib import suppress
from dataclasses import dataclass

from server.dialects.live import params
from server.dialects.live.shapes import events
from server.domain.happenings import Wanted
from server.domain.live import Kind
from server.domain.problems import BadParameters, Fault, Unavailable
from server.web.dialect import Context
from server.web.params import Choice, Many, Refused, Text, Whole, param
from server.web.streams import Line, Stream

ID = "^(0|[1-9][0-9]{0,18})-(0|[1-9][0-9]{0,18})$"


@dataclass(frozen=True)
class AskEvents:
    kinds: tuple[str, ...] | None = param(
        Many(Choice(tuple(Kind)), distinct=True), "Only events of these kinds, parted by commas."
    )
    players: tuple[int, ...] | None = param(
        Many(Whole(1), distinct=True), "Only events about these players, parted by commas: ids."
    )
    matches: tuple[tuple[str | None, int], ...] | None = param(
        Many(params.MATCH, distinct=True), "Only events about these lobbies, parted by commas: `4`, or `main:4`."
    )
    last_event_id: str | None = param(
        Text(pattern=ID),
        "Begin after this event; the header Last-Event-ID says the same. `0-0`: with all that is kept.",
    )


async def events_sse(asked: AskEvents, ctx: Context) -> Stream:
    """Logins, logouts, statuses, lobbies, games and scores as Server-Sent Events.

    The first event is `ready`, with the id that the others follow. A client that comes again with the id of the last
    event it had misses nothing, as long as it is among the last 50,000 or so. Where something may have been missed,
    there is an event `gap`: ask for players and matches anew. With both `players` and `matches`, events of either.
    Players who are restricted never appear. A client that is too slow is dropped.
    """
    return await _stream(asked, ctx)


async def events_ws(asked: AskEvents, ctx: Context) -> Stream:
    """The same events over a WebSocket, each as a message `{"id", "event", "data"}`. What a client says is ignored."""
    return await _stream(asked, ctx)


async def _stream(asked: AskEvents, ctx: Context) -> Stream:
    after = _resumed(ctx) or asked.last_event_id
    wanted = Wanted(
        None if asked.kinds is None else frozenset(Kind(each) for each in asked.kinds),
        None if asked.players is None else frozenset(asked.players),
        None if asked.matches is None else frozenset(asked.matches),
    )
    hub = ctx.world.hub
    await hub.check()

    async def run(line: Line) -> None:
        # It may go away between the check and this: a stream that ends is asked for again.
        with suppress(Unavailable):
            async with hub.listen(after) as listener:
                first = [events.gap_message(listener.gap)] if listener.gap else []
                await line.tell([*first, events.ready_message(listener.start)])
                async for heard in hub.heard(listener, wanted):
                    if heard:
                        await line.tell([each.once(events.message) for each in heard])
                    else:
                        await line.breathe()

    return Stream(run)


def _resumed(ctx: Context) -> str | None:
    """The header that browsers send by themselves; it is newer than what the address says."""
    given: str | None = ctx.headers.get("last-event-id")
    if not given:
        return None
    try:
        return Text(pattern=ID).read(given)
    except Refused:
        raise BadParameters((Fault("Last-Event-ID", "pattern", "the id of an event", given, ID, "header"),)) from None
