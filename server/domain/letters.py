"""Letters that bancho.py's columns of names and texts hold."""


def beyond_bmp(text: str) -> bool:
    """Holds letters that no utf8mb3 column can: MariaDB would refuse to compare, and nothing could match."""
    return any(ord(letter) > 0xFFFF for letter in text)
