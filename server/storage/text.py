"""Text as it goes into SQL."""


def beyond_bmp(text: str) -> bool:
    """Holds letters that no utf8mb3 column can: MariaDB would refuse to compare, and nothing could match."""
    return any(ord(letter) > 0xFFFF for letter in text)


def like_pattern(text: str) -> str:
    """A LIKE pattern (escape `|`) for values that contain the text, wildcards taken literally."""
    for special in ("|", "%", "_"):
        text = text.replace(special, "|" + special)
    return f"%{text}%"
