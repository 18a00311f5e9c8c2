"""Floor A: the least an answer can cost here. A bare Starlette route and bytes made beforehand."""

from functools import cache

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


@cache
def _body(size: int) -> bytes:
    return b'"' + b"x" * (size - 2) + b'"'


async def _bytes(request: Request) -> Response:
    return Response(_body(request.path_params["size"]), media_type="application/json")


app = Starlette(routes=[Route("/bytes/{size:int}", _bytes)])
