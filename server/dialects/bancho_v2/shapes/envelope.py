"""What every answer is wrapped in. A page of a website looks at `status` and `data`; `meta` tells of lists."""

from collections.abc import Sequence
from typing import Annotated, Generic, Literal, TypedDict, TypeVar

Data = TypeVar("Data")
Meta = TypeVar("Meta")


class NoMeta(TypedDict):
    """Nothing to tell."""


class CountMeta(TypedDict):
    total: Annotated[int, "how many are in `data`"]


class ModeMeta(CountMeta):
    mode: int


class ScopeMeta(CountMeta):
    scope: str
    mode: int


class PageMeta(TypedDict):
    page: int
    page_size: int


class PagedMeta(TypedDict):
    total: Annotated[int, "how many are on all pages"]
    page: int
    page_size: int


class Success(TypedDict, Generic[Data]):
    status: Literal["success"]
    data: Data
    meta: NoMeta


class Listed(TypedDict, Generic[Data, Meta]):
    status: Literal["success"]
    data: list[Data]
    meta: Meta


def success(data: Data) -> Success[Data]:
    return {"status": "success", "data": data, "meta": {}}


def listed(data: Sequence[Data], meta: Meta) -> Listed[Data, Meta]:
    return {"status": "success", "data": list(data), "meta": meta}
