"""Where reports come from: several deployments may report to the same chat."""

from __future__ import annotations

from dataclasses import dataclass

_SHOWN_OF_ACCOUNT = 4


@dataclass(frozen=True)
class Deployment:
    """What distinguishes one deployment from another. What is not known is empty."""

    environment: str = ""  # a name such as prod, in every title
    region: str = ""
    account: str = ""  # the Alibaba Cloud account's number

    @property
    def masked_account(self) -> str:
        """The end of the account's number: enough to know one's own accounts by, and little for others in the chat."""
        return f"***{self.account[-_SHOWN_OF_ACCOUNT:]}" if len(self.account) > _SHOWN_OF_ACCOUNT else ""
