"""How it is told: one room a dialect, none of which knows another. `DIALECTS` is the only list of them."""

from server.dialects.avatars import DIALECT as AVATARS
from server.dialects.bancho_v1 import DIALECT as BANCHO_V1
from server.dialects.bancho_v2 import DIALECT as BANCHO_V2
from server.dialects.live import DIALECT as LIVE
from server.dialects.osu_v1 import DIALECT as OSU_V1
from server.dialects.osutrack import DIALECT as OSUTRACK
from server.web.dialect import Dialect

DIALECTS: tuple[Dialect, ...] = (BANCHO_V1, BANCHO_V2, OSU_V1, OSUTRACK, LIVE, AVATARS)
