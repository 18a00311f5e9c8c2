"""The demo's songs: invented, without music, and the difficulties that are composed for them."""

from dataclasses import dataclass

from server.domain.rulesets import Ruleset


@dataclass(frozen=True, slots=True)
class Difficulty:
    """`level`: 1 (few notes) to 4 (many). `spread`: how far apart notes are, 1 is usual."""

    beatmap_id: int
    version: str
    ruleset: Ruleset
    level: int
    cs: float
    ar: float
    od: float
    hp: float
    slider_multiplier: float = 1.4
    spread: float = 1.0


@dataclass(frozen=True, slots=True)
class Song:
    """A beatmapset.

    `form`: one letter for every four bars: I intro, V verse, P build-up, C chorus, B bridge, O outro, _ a break.
    `offset`: ms at which the first bar begins.
    """

    set_id: int
    artist: str
    artist_unicode: str
    title: str
    title_unicode: str
    creator: str
    source: str
    tags: str
    bpm: float
    offset: int
    form: str
    difficulties: tuple[Difficulty, ...]
    video: str = ""


SONGS = (
    Song(
        set_id=90001,
        artist="Hoshizora Relay",
        artist_unicode="星空リレー",
        title="Kami no Tourou",
        title_unicode="紙の灯籠",
        creator="kotatsu neko",
        source="",
        tags="paper lantern festival summer night japanese instrumental koto demo",
        bpm=132,
        offset=1210,
        form="IVVPCB_VPCO",
        difficulties=(
            Difficulty(900001, "Normal", Ruleset.OSU, 1, cs=3, ar=5, od=4, hp=4, slider_multiplier=1.2),
            Difficulty(900002, "Hard", Ruleset.OSU, 2, cs=3.5, ar=7.5, od=6, hp=5, slider_multiplier=1.5),
            Difficulty(900003, "Festival", Ruleset.OSU, 3, cs=4, ar=9, od=7.5, hp=5.5, slider_multiplier=1.7),
        ),
    ),
    Song(
        set_id=90002,
        artist='The "Half-Past" Metronomes',
        artist_unicode='The "Half-Past" Metronomes',
        title="Don't Stop, It's (Only) Rain! ~ Pt. 2 / Reprise",
        title_unicode="Don't Stop, It's (Only) Rain! ~ Pt. 2 / Reprise",
        creator="Brindlewick",
        source="Postcards & Puddles",
        tags="punk fast guitar weather storm demo",
        bpm=184,
        offset=640,
        form="IVPCVPC_BPCCO",
        difficulties=(
            Difficulty(900004, "Drizzle", Ruleset.OSU, 3, cs=4, ar=9, od=8, hp=5, slider_multiplier=1.7, spread=0.8),
            Difficulty(
                900005,
                '"Downpour" [Extra]',
                Ruleset.OSU,
                4,
                cs=4.2,
                ar=9.4,
                od=8.8,
                hp=6,
                slider_multiplier=2,
                spread=0.95,
            ),
        ),
    ),
    Song(
        set_id=90003,
        artist="Copper Weathervane",
        artist_unicode="Copper Weathervane",
        title="Drumline Postcard",
        title_unicode="Drumline Postcard",
        creator="HanaBira",
        source="",
        tags="march brass percussion parade demo",
        bpm=165,
        offset=905,
        form="IVVPCVPC_PCO",
        difficulties=(
            Difficulty(900006, "Futsuu", Ruleset.TAIKO, 1, cs=5, ar=5, od=4, hp=6),
            Difficulty(900007, "Muzukashii", Ruleset.TAIKO, 2, cs=5, ar=5, od=5, hp=6),
            Difficulty(900008, "Inner Oni", Ruleset.TAIKO, 4, cs=5, ar=5, od=6.5, hp=6),
        ),
    ),
    Song(
        set_id=90004,
        artist="Plum & Piccolo",
        artist_unicode="Plum & Piccolo",
        title="Orchard Weather",
        title_unicode="Orchard Weather",
        creator="Sunhat-chan",
        source="Bramble Lane",
        tags="acoustic happy garden fruit demo",
        bpm=150,
        offset=1500,
        form="IVVPCVPCBPCO",
        difficulties=(
            Difficulty(900009, "Salad", Ruleset.CATCH, 1, cs=3, ar=6, od=6, hp=4, spread=1.3),
            Difficulty(
                900010,
                "Brindlewick's Rain",
                Ruleset.CATCH,
                3,
                cs=4,
                ar=9,
                od=9,
                hp=6,
                slider_multiplier=1.8,
                spread=1.35,
            ),
            Difficulty(
                900016, "Windfall", Ruleset.CATCH, 4, cs=4.2, ar=9.3, od=9.3, hp=6, slider_multiplier=2, spread=1.7
            ),
        ),
    ),
    Song(
        set_id=90005,
        artist="NiGHT OFFiCE 404",
        artist_unicode="NiGHT OFFiCE 404",
        title="Glass Elevator",
        title_unicode="Glass Elevator",
        creator="PixelMochi",
        source="",
        tags="electronic bass city demo",
        bpm=172,
        offset=320,
        form="IVVPCBVPCCO",
        difficulties=(
            Difficulty(900011, "[4K] Hyper", Ruleset.MANIA, 2, cs=4, ar=5, od=7, hp=7),
            Difficulty(900012, "[4K] Another", Ruleset.MANIA, 4, cs=4, ar=5, od=8, hp=8),
        ),
        video="elevator.mp4",
    ),
    Song(
        set_id=90006,
        artist="Marmalade Antenna",
        artist_unicode="Marmalade Antenna",
        title="Slow Comet",
        title_unicode="Slow Comet",
        creator="Mirelle",
        source="",
        tags="ambient space long breaks demo",
        bpm=116,
        offset=2070,
        form="IVVPC_VVPCB_PCCO",
        difficulties=(
            Difficulty(900013, "Orbit", Ruleset.OSU, 2, cs=4, ar=8, od=6.5, hp=4, slider_multiplier=1.3, spread=1.15),
        ),
    ),
    Song(
        set_id=90007,
        artist="Ostinato Hotel",
        artist_unicode="Ostinato Hotel",
        title="Seven Stairwells",
        title_unicode="七つの階段",
        creator="PixelMochi",
        source="",
        tags="piano marathon stairs demo",
        bpm=158,
        offset=760,
        form="IVVPCVVPCB_VPCVPCCCBPCCO",
        difficulties=(Difficulty(900014, "[4K] Landing", Ruleset.MANIA, 3, cs=4, ar=5, od=7.5, hp=7.5),),
    ),
    Song(
        set_id=90008,
        artist="Kite Season",
        artist_unicode="Kite Season",
        title="Two Sparrows, One Wire",
        title_unicode="Two Sparrows, One Wire",
        creator="HanaBira",
        source="",
        tags="folk flute short demo",
        bpm=144,
        offset=1100,
        form="IVPCVPCO",
        difficulties=(Difficulty(900015, "Oni", Ruleset.TAIKO, 3, cs=5, ar=5, od=5.5, hp=6),),
    ),
)
