"""Of whom requests are counted, and headers that say how often one may ask, in the old and the new words for it."""

import ipaddress

from starlette.requests import HTTPConnection

from server.web.respond import Headers


def place_of(connection: HTTPConnection) -> str:
    """Where a request comes from, as it is counted: an address, of IPv6 the /64 that one customer has all of."""
    text = connection.client.host if connection.client else ""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv6Address) and not address.is_loopback:
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return str(address)


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
