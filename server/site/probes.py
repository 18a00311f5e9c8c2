"""What machines ask: does it run, can it serve, what has it counted."""

from server.site.table import Page, manners
from server.web.metrics import Meter
from server.web.respond import Answer, json_answer
from server.world import World


def probes(world: World, meter: Meter, gzip_minimum: int) -> dict[str, Page]:
    """The probes by path."""

    async def health() -> Answer:
        return json_answer({"status": "ok"})

    async def readiness() -> Answer:
        found = await world.status.health()
        # Without Redis the routes that read SQL work as they should: that is no reason to take the server out.
        status = "ok" if found.database else "unavailable"
        return json_answer({"status": status, **found._asdict()}, 200 if found.database else 503)

    async def metrics() -> Answer:
        return Answer(meter.text(), media_type=b"text/plain; version=0.0.4; charset=utf-8")

    fresh = manners(gzip_minimum, b"no-store")
    made = {"/healthz": health, "/readyz": readiness, "/metrics": metrics}
    return {path: Page(make, fresh) for path, make in made.items()}
