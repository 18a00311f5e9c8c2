"""What an account may be called, and what else may stand in one."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final, TypedDict

from server.domain.letters import beyond_bmp
from server.domain.lookalikes import alike
from server.domain.players import safe_name
from server.domain.problems import Problem

_NAME: Final = re.compile(r"[\w \[\]-]{2,15}")
_EMAIL: Final = re.compile(r"[^@\s]{1,200}@[^@\s.]{1,30}(?:\.[^@.\s]{2,24})+")

# As much as the columns hold.
MOST_EMAIL: Final = 254
MOST_USERPAGE: Final = 2048

UNKNOWN_COUNTRY: Final = "xx"

# How long a session of the website lasts, whether it is used or not.
SESSION_SECONDS: Final = 30 * 24 * 60 * 60

_ISO_3166: Final = """
ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt bv bw by bz
ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh er es et fi fj fk fm fo
fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je
jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo
mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw
py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv sx sy sz tc td tf tg th tj tk tl tm
tn to tr tt tv tw tz ua ug um us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
"""

# All of ISO 3166-1 alpha-2, and what bancho.py has where it knows none.
COUNTRIES: Final = frozenset((*_ISO_3166.split(), UNKNOWN_COUNTRY))


class Rule(Enum):
    """What an account has to keep to, in the order in which broken ones are told."""

    NAME_FORM = auto()
    NAME_SPACES = auto()  # both `_` and a space
    NAME_DISALLOWED = auto()
    NAME_TAKEN = auto()
    EMAIL_FORM = auto()
    EMAIL_TAKEN = auto()
    PASSWORD_LENGTH = auto()
    PASSWORD_LETTERS = auto()  # too few different ones
    PASSWORD_SIMPLE = auto()
    COUNTRY = auto()
    USERPAGE_LENGTH = auto()
    USERPAGE_LETTERS = auto()  # such as emoji, which its column cannot hold


@dataclass(eq=False)
class RulesBroken(Problem):
    """An account cannot be made or changed so; nothing was written."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class AccountRules:
    """What an operator decides. `lookalikes`: is a name refused that may be taken for another player's?"""

    disallowed_names: tuple[str, ...] = ()
    disallowed_passwords: tuple[str, ...] = ()
    lookalikes: bool = True


@dataclass(frozen=True, slots=True)
class Registration:
    """An account that somebody wants. `country`: one of COUNTRIES."""

    name: str
    email: str
    password: str = field(repr=False)
    country: str


class ProfileChanges(TypedDict, total=False):
    """What players may change of their own account; what is not there stays as it is."""

    name: str
    country: str
    preferred_mode: int
    userpage_content: str | None


def name_faults(name: str, rules: AccountRules) -> list[Rule]:
    """The rules a name breaks by itself."""
    broken = {
        Rule.NAME_FORM: _NAME.fullmatch(name) is None or beyond_bmp(name),
        Rule.NAME_SPACES: "_" in name and " " in name,
        Rule.NAME_DISALLOWED: _one_of(name, rules.disallowed_names, rules.lookalikes),
    }
    return [rule for rule, is_broken in broken.items() if is_broken]


def email_faults(email: str) -> list[Rule]:
    """The rules an e-mail address breaks by itself."""
    fits = _EMAIL.fullmatch(email) is not None and len(email) <= MOST_EMAIL and not beyond_bmp(email)
    return [] if fits else [Rule.EMAIL_FORM]


def password_faults(password: str, disallowed: Collection[str]) -> list[Rule]:
    """The rules a password breaks."""
    broken = {
        Rule.PASSWORD_LENGTH: not 8 <= len(password) <= 32,
        Rule.PASSWORD_LETTERS: len(set(password)) <= 3,
        Rule.PASSWORD_SIMPLE: password.lower() in {each.lower() for each in disallowed},
    }
    return [rule for rule, is_broken in broken.items() if is_broken]


def country_faults(country: str) -> list[Rule]:
    """The rule a country code breaks."""
    return [] if country in COUNTRIES else [Rule.COUNTRY]


def userpage_faults(content: str | None) -> list[Rule]:
    """The rules a userpage breaks; None is no userpage."""
    broken = {
        Rule.USERPAGE_LENGTH: len(content or "") > MOST_USERPAGE,
        Rule.USERPAGE_LETTERS: beyond_bmp(content or ""),
    }
    return [rule for rule, is_broken in broken.items() if is_broken]


def known_country(code: str) -> str:
    """A country code as it is stored: whatever is none is `xx`."""
    lower = code.strip().lower()
    return lower if lower in COUNTRIES else UNKNOWN_COUNTRY


def _one_of(name: str, disallowed: Collection[str], lookalikes: bool) -> bool:
    return safe_name(name) in map(safe_name, disallowed) or (lookalikes and alike(name, disallowed))
