"""The form that every product's data has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from refresh_watch.model import Kind, Product


@dataclass(frozen=True)
class ListOperation:
    """The operation that lists tasks, page by page."""

    action: str
    page_size: int  # the most rows a page may have
    calls_per_second: float  # that an account may make


@dataclass(frozen=True)
class ByIdOperation:
    """The operation that shows the tasks of given ids; it has no pages."""

    action: str
    ids_per_call: int
    calls_per_second: float


@dataclass(frozen=True)
class SubmitOperation:
    """An operation that submits a refresh or a prefetch."""

    action: str
    kind: Kind
    answer_keys: tuple[str, ...]
    """What its answer calls the task ids; what older documents call them comes last."""
    names_urls: bool = True
    """False where it names cache tags, say: then a record of the call does not tell which URLs are meant."""


@dataclass(frozen=True, kw_only=True)
class ProductSpec:
    """One product. `tests/products/test_every_product.py` says what each field has to hold."""

    product: Product
    names: Mapping[str, str]
    """What on-call knows it as, by language."""
    service: Product
    """The product itself; or, where it is an older action of another one, that one. A service has one endpoint, one
    quota, one set of tasks and one prefix of its RAM actions."""

    sdk: str
    """The module of the official SDK that has `client.Client`; functions/watch/requirements.in has its distribution."""
    version: str
    """Of the API."""
    host: str
    """Where it is asked, if the settings name no other endpoint."""
    only_host_because: str = ""
    """Why no other host of Alibaba Cloud's shows the tasks; empty where another region's may."""
    list: ListOperation
    by_id: ByIdOperation | None = None
    rows_in: str
    """The key under `Tasks` that holds the rows of a list answer (`products/rows.py`)."""
    object_types: tuple[str, ...]
    """What the filter ObjectType takes."""
    has_resource_group: bool = False
    """Whether it has the filter ResourceGroupId."""
    needs_domain_and_type: bool = False
    """Whether its document requires DomainName and ObjectType in every query."""
    renamed_note: str = ""
    """Of an older action: the note of a page that its service's own action gave, since the API knows the older one no
    more (`note.<key>` of the texts). Without one there is no second try."""

    submits: tuple[SubmitOperation, ...]
    console: str
    """The console's page that shows its refresh and prefetch tasks."""

    @property
    def list_quota(self) -> str:
        """What the quota calls the list operation, such as ``cdn.list``."""
        return f"{self.service}.list"

    @property
    def ids_per_call(self) -> int:
        """How many ids one by-id call may name; 0 where there is no such operation."""
        return self.by_id.ids_per_call if self.by_id else 0

    @property
    def by_id_quota(self) -> str:
        """What the quota calls the by-id operation; empty where there is none."""
        return f"{self.service}.by_id" if self.by_id else ""

    @property
    def quotas(self) -> Mapping[str, float]:
        """Calls a second that an account may make, by operation."""
        by_id = {self.by_id_quota: self.by_id.calls_per_second} if self.by_id else {}
        return {self.list_quota: self.list.calls_per_second, **by_id}

    @property
    def list_permission(self) -> str:
        """The RAM action of the list operation, such as ``cdn:DescribeRefreshTasks``."""
        return f"{self.service}:{self.list.action}"

    @property
    def by_id_permission(self) -> str:
        """The RAM action of the by-id operation; empty where there is none."""
        return f"{self.service}:{self.by_id.action}" if self.by_id else ""

    @property
    def permissions(self) -> tuple[str, ...]:
        """The RAM actions that a watch of this product needs."""
        return tuple(action for action in (self.list_permission, self.by_id_permission) if action)

    @property
    def endpoint_variable(self) -> str:
        """The variable that names another endpoint."""
        return f"REFRESH_WATCH_{self.service.name}_ENDPOINT"

    def kind_of_answer(self, key: str) -> Kind | None:
        """What was submitted where an answer has that key; None where no answer of this product has it."""
        kinds = {submit.kind for submit in self.submits if key in submit.answer_keys}
        if not kinds:
            return None
        return kinds.pop() if len(kinds) == 1 else Kind.UNKNOWN
