"""Somebody before the page of account.html, with mouse and keys."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.site.chromium import Tab
from tests.stores import Stores

PAGE = (Path(__file__).parent / "account.html").read_text(encoding="utf-8")

# A flag of the browser's: names that it takes for those of websites.
HOSTS = "--host-resolver-rules=MAP *.test 127.0.0.1"


@dataclass
class Visitor:
    """Somebody before the website."""

    tab: Tab
    stores: Stores

    def does(self, form: str, button: str = "button:not([type])", code: int = 200, **fields: str) -> Any:
        """Fill in a form, press its button, and give what came with this status."""
        for name, text in fields.items():
            self.tab.write(f"#{form} [name={name}]", text)
        self.tab.run("page('said').value = ''")
        self.tab.click(f"#{form} {button}")
        answer = json.loads(self.tab.wait("page('said').value"))
        assert answer["code"] == code, answer
        assert answer["status"] == ("success" if code < 400 else "error")
        return answer.get("data", answer.get("error"))

    def sees(self) -> str:
        """Who is signed in, by the page's own word."""
        assert self.tab.run("document.cookie") == ""
        name: str = self.tab.run("page('who').textContent")
        return name

    def opens(self, address: str, ready: str = "document.readyState === 'complete'") -> None:
        self.tab.open(address)
        self.tab.wait(f"location.href.startsWith({json.dumps(address)}) && {ready}")

    def cookies(self) -> list[dict[str, Any]]:
        """What the browser keeps."""
        found: list[dict[str, Any]] = self.tab.call("Network.getAllCookies")["cookies"]
        return found
