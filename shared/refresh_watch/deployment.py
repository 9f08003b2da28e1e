"""Where reports come from: several deployments may report to the same chat."""

from __future__ import annotations

from dataclasses import dataclass

_SHOWN_OF_ACCOUNT = 4


@dataclass(frozen=True)
class Deployment:
    """What tells one deployment from another. What is not known is empty."""

    environment: str = ""  # a name such as prod, in every title
    region: str = ""
    account: str = ""  # the Alibaba Cloud account's number

    @property
    def masked_account(self) -> str:
        """The end of the account's number: it tells the user's accounts apart, and others in the chat learn little."""
        return f"***{self.account[-_SHOWN_OF_ACCOUNT:]}" if len(self.account) > _SHOWN_OF_ACCOUNT else ""
