"""What the gateway is asked, and what it refuses with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """One operation asked for. `params` holds the query's and the form body's values, decoded."""

    action: str
    version: str
    params: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The value of a parameter; one that is empty counts as not given, as with the real gateway."""
        return self.params.get(name, "").strip()

    @property
    def task_ids(self) -> tuple[str, ...]:
        """The ids in TaskId."""
        return tuple(part.strip() for part in self.get("TaskId").split(",") if part.strip())


class ApiError(Exception):
    """The API refuses. `detail` is what else stands in the body; `retry_after_ms` goes into a header."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        detail: Mapping[str, Any] | None = None,
        retry_after_ms: int | None = None,
    ) -> None:
        """Carry status, code and message as the documents list them."""
        self.status = status
        self.code = code
        self.message = message
        self.detail = dict(detail or {})
        self.retry_after_ms = retry_after_ms
        super().__init__(f"{status} {code}: {message}")

    def body(self, request_id: str, host: str) -> dict[str, Any]:
        """The JSON of an error, as the gateway writes it."""
        return {
            "RequestId": request_id,
            "HostId": host,
            "Code": self.code,
            "Message": self.message,
            "Recommend": f"https://api.aliyun.com/troubleshoot?q={self.code}",
            **self.detail,
        }


def bad(code: str, message: str) -> ApiError:
    """A 400, which most refusals are."""
    return ApiError(400, code, message)
