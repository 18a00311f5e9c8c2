"""Asking a captcha provider whether somebody has solved its riddle."""

import logging
from typing import Final

import httpx

from server.domain.problems import Unavailable

log = logging.getLogger(__name__)

ADDRESSES: Final = {
    "recaptcha": "https://www.google.com/recaptcha/api/siteverify",
    "hcaptcha": "https://api.hcaptcha.com/siteverify",
    "turnstile": "https://challenges.cloudflare.com/turnstile/v0/siteverify",
}

PATIENCE_SECONDS: Final = 5.0


class Captcha:
    """One of the providers, or none (`provider` empty). `address`: where it is asked, if not at its own."""

    def __init__(self, provider: str, secret: str, address: str | None = None) -> None:
        self._address = address or ADDRESSES.get(provider, "")
        self._secret = secret
        # One for good: to make one takes as long as a password.
        self._client = httpx.AsyncClient(timeout=PATIENCE_SECONDS) if self._address else None

    async def passes(self, token: str | None) -> bool:
        """Does the provider know this token as good? Without one, anything is. Raises Unavailable."""
        if self._client is None:
            return True
        if not token:
            return False
        try:
            response = await self._client.post(self._address, data={"secret": self._secret, "response": token})
            verdict = response.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            # Its type alone: what it says may hold what was sent.
            log.warning("The captcha provider cannot be asked: %s", type(error).__name__)
            raise Unavailable("The captcha cannot be checked just now; try again.") from None
        return isinstance(verdict, dict) and verdict.get("success") is True

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
