"""Avatars, at the address where websites and games look for them. README.md beside this is its contract."""

from server.dialects.avatars import errors, pictures
from server.domain.avatars import MEDIA_TYPES
from server.web.dialect import Dialect, Route

DIALECT = Dialect(
    name="avatars",
    title="Avatars",
    description="Pictures that players give of themselves.",
    mounts=("/avatars",),
    viewer=pictures.viewer,
    present=errors.present,
    unknown_path=errors.unknown_path,
    unknown_method=errors.unknown_method,
    broken=errors.broken,
    errors=errors.ERRORS,
    routes=(Route(("GET",), "/{player}", pictures.avatar, media=MEDIA_TYPES),),
)
