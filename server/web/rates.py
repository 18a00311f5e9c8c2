"""Headers that say how often one may ask, in the old and the new words for it."""

from server.web.respond import Headers


def told(limit: int, remaining: int, reset_seconds: int) -> Headers:
    """What is left of a limit."""
    most, left = b"%d" % limit, b"%d" % remaining
    return [
        (b"x-ratelimit-limit", most),
        (b"x-ratelimit-remaining", left),
        (b"ratelimit-limit", most),
        (b"ratelimit-remaining", left),
        (b"ratelimit-reset", b"%d" % reset_seconds),
    ]


def later(wait: int, limit: int) -> Headers:
    """Nothing is left, and when to come again."""
    return [(b"retry-after", b"%d" % wait), *told(limit, 0, wait)]
