"""Conditions put together from what was asked for, with their values."""

from typing import Any

from server.domain.letters import beyond_bmp
from server.domain.privileges import Shown
from server.storage.text import like_pattern


class Conditions:
    """What rows must fit, all of it."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self.values: dict[str, Any] = {}

    @property
    def text(self) -> str:
        """Goes behind WHERE."""
        return " AND ".join(self._texts) or "1 = 1"

    def add(self, text: str, **values: Any) -> None:
        self._texts.append(text)
        self.values |= values

    def equal(self, alias: str, **columns: Any) -> None:
        """Columns that hold just these values; what is None is not asked for."""
        for column, value in columns.items():
            self.equal_to(f"{alias}.{column}", column, value)

    def equal_to(self, expression: str, name: str, value: Any) -> None:
        """The same of one expression and a value with this name."""
        if isinstance(value, str) and beyond_bmp(value):
            self.add("1 = 0")
        elif value is not None:
            self.add(f"{expression} = :{name}", **{name: value})

    def equal_plain(self, alias: str, **columns: str | None) -> None:
        """The same of columns whose character set may know nothing but ASCII: others could not even be compared."""
        for column, value in columns.items():
            if value is None or value.isascii():
                self.equal_to(f"{alias}.{column}", column, value)
            else:
                self.add("1 = 0")

    def one_of(self, alias: str, **columns: tuple[Any, ...] | None) -> None:
        """Columns that hold one of these values."""
        for column, values in columns.items():
            if values is not None:
                self.add(f"{alias}.{column} IN :{column}s" if values else "1 = 0", **{f"{column}s": values})

    def like(self, engine: str, part: str, *columns: str) -> None:
        """Any of these columns holds the text somewhere, whatever its case and accents."""
        # SQLite would read a pattern only as far as a zero byte.
        if beyond_bmp(part) or "\0" in part:
            self.add("1 = 0")
            return
        name = f"part_{len(self.values)}"
        form = "fold({column}) LIKE fold(:{name})" if engine == "sqlite" else "{column} LIKE :{name}"
        tests = (f"{form.format(column=column, name=name)} ESCAPE '|'" for column in columns)
        self.add(f"({' OR '.join(tests)})", **{name: like_pattern(part)})

    def shown(self, who: Shown, alias: str = "u") -> None:
        """Players whom a list may hold."""
        if not who.mask:
            return
        public = f"{alias}.priv & :mask = :mask"
        if who.but:
            self.add(f"{alias}.id <> :but", but=who.but)
        if who.also:
            self.add(f"({public} OR {alias}.id = :also)", mask=who.mask, also=who.also)
        else:
            self.add(public, mask=who.mask)
