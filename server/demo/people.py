"""Who lives in the demo world: invented players and clans, and how they are to each other."""

from dataclasses import dataclass

from server.domain.privileges import Privileges
from server.domain.rulesets import Mode

PLAYER = int(Privileges.UNRESTRICTED | Privileges.VERIFIED)
SUPPORTER = PLAYER | int(Privileges.SUPPORTER)
MODERATOR = PLAYER | int(Privileges.MODERATOR)
RESTRICTED = int(Privileges.VERIFIED)
UNVERIFIED = int(Privileges.UNRESTRICTED)

# Of bcrypt's form, so that checking a password against it fails instead of raising; nobody knows one that fits.
NO_PASSWORD = "$2b$12$" + "." * 22 + "." * 31

# The API key of the first player, known to everybody who reads this: a demo has nothing to hide.
DEMO_KEY = "5d0c7a52-91f4-4e0b-8a36-d2e1b07f6c11"

# With which the first player logs in, and what is stored of it.
DEMO_PASSWORD = "kotatsu-demo"
DEMO_PASSWORD_STORED = "$2b$12$uOPzGzlMHBn52OPFFIGysO2o.hXbOTuuOZuY6LWlw.tp5ES9SOjRq"


@dataclass(frozen=True, slots=True)
class Person:
    """A player. `skill`: in osu!, taiko, catch, mania, 0-1. `sessions`: evenings played in the weeks shown.

    `taste`: the mode played most; `also`: the others. `joined`: days before now. `clan`: (id, priv), 0 none.
    """

    id: int
    name: str
    country: str
    skill: tuple[float, float, float, float]
    sessions: int
    taste: Mode = Mode.OSU
    also: tuple[Mode, ...] = ()
    priv: int = PLAYER
    joined: int = 400
    clan: tuple[int, int] = (0, 0)
    play_style: int = 0
    userpage: str | None = None
    badge: tuple[str, str] | None = None
    api_key: str | None = None
    password: str = NO_PASSWORD


# fmt: off
PEOPLE = (
    Person(
        3, "Mirelle", "fr", (0.86, 0.5, 0.4, 0.4), 7, also=(Mode.RELAX_OSU, Mode.TAIKO), joined=880, clan=(1, 3),
        play_style=5, userpage="I map slow songs and play fast ones.", api_key=DEMO_KEY,
        password=DEMO_PASSWORD_STORED,
    ),
    Person(
        4, "kotatsu neko", "jp", (0.93, 0.7, 0.4, 0.5), 8, also=(Mode.TAIKO,), priv=MODERATOR, joined=871, clan=(1, 2),
        play_style=8, userpage="Moderator. Ask me anything, but not in winter.",
    ),
    Person(
        5, "Brindlewick", "gb", (0.8, 0.3, 0.82, 0.3), 6, taste=Mode.CATCH, also=(Mode.OSU,), joined=640, clan=(2, 3),
        play_style=4,
    ),
    Person(
        6, "Zażółć", "pl", (0.74, 0.4, 0.4, 0.77), 6, taste=Mode.MANIA, also=(Mode.OSU,), joined=533, clan=(3, 1),
        play_style=4,
    ),
    Person(
        7, "tidepool", "nz", (0.55, 0.3, 0.45, 0.3), 5, also=(Mode.AUTOPILOT_OSU,), priv=SUPPORTER, joined=410,
        clan=(1, 1), play_style=1, userpage="Thanks for having me here!", badge=("Tide", "water"),
    ),
    Person(8, "Old Lantern", "us", (0.48, 0.2, 0.3, 0.2), 5, joined=790, clan=(1, 1), play_style=1),
    Person(9, "[Pepino]", "mx", (0.5, 0.81, 0.3, 0.3), 5, taste=Mode.TAIKO, joined=377, clan=(2, 1), play_style=4),
    Person(10, "saltmarsh", "nl", (0.66, 0.3, 0.3, 0.88), 6, taste=Mode.MANIA, joined=365, clan=(3, 3), play_style=4),
    Person(11, "Ünterwegs", "de", (0.71, 0.4, 0.3, 0.3), 5, also=(Mode.RELAX_OSU,), joined=342, play_style=2),
    Person(12, "fjordling", "no", (0.6, 0.3, 0.66, 0.3), 4, taste=Mode.CATCH, also=(Mode.RELAX_CATCH,), joined=318),
    Person(
        13, "quietriver", "ca", (0.83, 0.4, 0.3, 0.3), 5, taste=Mode.RELAX_OSU, also=(Mode.AUTOPILOT_OSU, Mode.OSU),
        joined=300, clan=(2, 2), play_style=9,
    ),
    Person(
        14, "HanaBira", "jp", (0.5, 0.92, 0.3, 0.4), 6, taste=Mode.TAIKO, also=(Mode.RELAX_TAIKO,), priv=SUPPORTER,
        joined=288, clan=(3, 2), play_style=12, userpage="Don, katsu, repeat.",
    ),
    Person(15, "Baritono", "br", (0.69, 0.3, 0.3, 0.4), 5, joined=265, play_style=1),
    Person(16, "nullgarden", "xx", (0.58, 0.4, 0.5, 0.5), 4, also=(Mode.MANIA, Mode.CATCH), joined=240),
    Person(17, "cobblestone", "ie", (0.4, 0.55, 0.3, 0.3), 4, taste=Mode.TAIKO, also=(Mode.OSU,), joined=221),
    Person(
        18, "PixelMochi", "kr", (0.7, 0.4, 0.3, 0.95), 7, taste=Mode.MANIA, joined=210, clan=(3, 1), play_style=4,
        userpage="four keys are enough",
    ),
    Person(19, "Vantablau", "de", (0.77, 0.3, 0.3, 0.3), 4, also=(Mode.RELAX_OSU,), joined=187),
    Person(20, "lowtide", "au", (0.45, 0.3, 0.4, 0.3), 3, joined=160),
    Person(21, "Gullfoss", "is", (0.52, 0.3, 0.72, 0.3), 3, taste=Mode.CATCH, joined=144),
    Person(22, "Rascal_Fern", "us", (0.64, 0.3, 0.3, 0.6), 4, also=(Mode.MANIA, Mode.RELAX_OSU), joined=120),
    Person(23, "Sunhat-chan", "id", (0.4, 0.3, 0.87, 0.3), 5, taste=Mode.CATCH, also=(Mode.RELAX_CATCH,), joined=115),
    Person(24, "Ostrava 77", "cz", (0.57, 0.66, 0.3, 0.3), 3, taste=Mode.TAIKO, joined=98, clan=(2, 1)),
    Person(25, "Tamarind", "ph", (0.61, 0.3, 0.3, 0.55), 4, also=(Mode.MANIA,), joined=84),
    Person(26, "Grumblebee", "us", (0.97, 0.3, 0.3, 0.3), 3, priv=RESTRICTED, joined=77),
    Person(27, "first-steps", "es", (0.3, 0.3, 0.3, 0.3), 0, priv=UNVERIFIED, joined=1),
)
# fmt: on

# id, name, tag, days since it was founded
CLANS = (
    (1, "Slow Lanterns", "LNTN", 420),
    (2, "Bramble & Co", "BRAM", 290),
    (3, "4K or Bust", "4KB", 150),
)

FRIENDS = (
    (3, 4), (4, 3), (3, 7), (7, 3), (3, 8), (4, 14), (14, 4), (5, 23), (23, 5), (5, 13), (6, 18), (10, 18), (18, 10),
    (11, 19), (13, 5), (16, 3), (20, 7), (22, 25), (25, 22), (26, 3),
)  # fmt: skip
BLOCKS = ((3, 26), (17, 26))
