"""HTML from small template files. Whatever is filled in is escaped, unless it is markup already."""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template

from server.web.respond import Answer

TEMPLATES = Path(__file__).parent / "templates"


class Markup(str):
    """Text that is HTML already."""


def template(name: str) -> Template:
    """A file of `templates/`."""
    return Template((TEMPLATES / f"{name}.html").read_text(encoding="utf-8"))


def filled(form: Template, **values: object) -> Markup:
    """The template with every value in its place."""
    return Markup(form.substitute({name: _safe(value) for name, value in values.items()}))


def joined(parts: Iterable[Markup]) -> Markup:
    """Markup one after another."""
    return Markup("".join(parts))


def html_answer(markup: Markup) -> Answer:
    return Answer(markup.encode(), media_type=b"text/html; charset=utf-8")


def _safe(value: object) -> Markup:
    return value if isinstance(value, Markup) else Markup(escape(str(value)))
