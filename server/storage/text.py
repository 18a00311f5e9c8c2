"""Text as it goes into SQL."""


def like_pattern(text: str) -> str:
    """A LIKE pattern (escape `|`) for values that contain the text, wildcards taken literally."""
    for special in ("|", "%", "_"):
        text = text.replace(special, "|" + special)
    return f"%{text}%"
