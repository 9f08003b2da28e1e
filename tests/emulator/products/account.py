"""An account in virtual time, and the official SDK clients of a stand-in on a socket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alibabacloud_tea_openapi.models import Config

from refresh_watch_emulator.products.call import Call
from refresh_watch_emulator.products.catalog import service_of
from refresh_watch_emulator.products.gateway import Gateway, ProductResponse
from refresh_watch_emulator.products.service import AnyOperation, ListTasks, TasksById
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import World
from tests.hand_clock import HandClock

NOON = 1_795_000_000.0


@dataclass
class Account:
    """A gateway in virtual time, asked without a socket."""

    gateway: Gateway
    clock: HandClock

    @property
    def world(self) -> World:
        return self.gateway.world

    def call(self, product: str, action: str, **params: object) -> ProductResponse:
        texts = {name: str(value) for name, value in params.items()}
        return self.gateway.handle(Call(action, service_of(product).version, texts), self.clock.now())

    def list(self, product: str = "cdn", **params: object) -> ProductResponse:
        return self.call(product, action_of(product, ListTasks), **params)

    def by_id(self, product: str = "cdn", **params: object) -> ProductResponse:
        return self.call(product, action_of(product, TasksById), **params)

    def rows(self, product: str = "cdn", **params: object) -> list[dict[str, Any]]:
        reply = self.list(product, **params)
        assert reply.status == 200, reply.body
        return next(iter(reply.json()["Tasks"].values()))

    def statuses(self, task_id: str, product: str = "cdn") -> list[str]:
        return [row["Status"] for row in self.rows(product, TaskId=task_id)]


def action_of(product: str, kind: type[AnyOperation]) -> str:
    """The action of that kind which watches of the product use."""
    service = service_of(product)
    of_kind = [action for action, operation in service.operations.items() if isinstance(operation, kind)]
    return of_kind[service.names.index(product)]


def account(switches: Switches | None = None, *, foreign_tasks: int = 0, **quota: float) -> Account:
    """Make one; without `quota` calls are not limited."""
    rates = {name.replace("_", ".", 1): rate for name, rate in quota.items()}
    return Account(Gateway(World(NOON, foreign_tasks=foreign_tasks, quota=rates), switches), HandClock(NOON))


def client(
    product: str,
    host: str,
    *,
    key: str = "testAK",
    secret: str = "testSK",
    read_timeout: int = 10_000,
    signature_algorithm: str | None = None,
) -> Any:
    """Make the official SDK client of a product."""
    config = Config(
        access_key_id=key,
        access_key_secret=secret,
        endpoint=host,
        protocol="http",
        read_timeout=read_timeout,
        signature_algorithm=signature_algorithm,
    )
    if product == "cdn":
        from alibabacloud_cdn20180510.client import Client as CdnClient

        return CdnClient(config)
    if product == "dcdn":
        from alibabacloud_dcdn20180115.client import Client as DcdnClient

        return DcdnClient(config)
    from alibabacloud_vod20170321.client import Client as VodClient

    return VodClient(config)
