"""Files that pages refer to: our own, and those of Swagger UI as its package brings them."""

import hashlib
from pathlib import Path

from swagger_ui_bundle import swagger_ui_path

from server.site.table import Page, fixed, manners
from server.web.respond import Answer

OWN = Path(__file__).parent / "static"

SWAGGER = ("swagger-ui-bundle.js", "swagger-ui.css")

MEDIA = {
    ".css": b"text/css; charset=utf-8",
    ".ico": b"image/x-icon",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
}

DAY = b"public, max-age=86400"
# Pages name the digest of a file in its address, so what was fetched once never has to be asked for again.
FOR_GOOD = b"public, max-age=31536000, immutable"


class Assets:
    """All files, read once. `pages` by path; `urls` by file name, as pages should refer to them."""

    def __init__(self, gzip_minimum: int) -> None:
        self.pages: dict[str, Page] = {}
        self.urls: dict[str, str] = {}
        kept = manners(gzip_minimum, FOR_GOOD)
        files = {f"/static/{file.name}": file for file in sorted(OWN.iterdir()) if file.suffix in MEDIA}
        files |= {f"/docs/assets/{name}": Path(swagger_ui_path / name) for name in SWAGGER}
        for path, file in files.items():
            body = file.read_bytes()
            answer = Answer(body, media_type=MEDIA[file.suffix])
            self.pages[path] = fixed(answer, kept)
            self.urls[file.name] = f"{path}?v={hashlib.blake2b(body, digest_size=6).hexdigest()}"
            if file.suffix == ".ico":  # the address that browsers try by themselves
                self.pages[f"/{file.name}"] = fixed(answer, manners(gzip_minimum, DAY))
