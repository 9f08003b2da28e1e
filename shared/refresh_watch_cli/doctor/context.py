"""What is examined: the environment, and what one check learns and a later one needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from refresh_watch.clock import Clock, SystemClock
from refresh_watch.credentials import Credentials
from refresh_watch.model import Product
from refresh_watch.settings import Secret, Settings
from refresh_watch_cli.doctor.variables import SettingsReading, read_settings
from refresh_watch_cli.project import Project

_SECRET = ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN", "REFRESH_WATCH_SERVE_TOKEN")


@dataclass
class DoctorContext:
    """One deployment as this machine sees it."""

    environment: Mapping[str, str]
    products: tuple[Product, ...]
    project: Project
    send: bool = False
    schedule: str = ""
    clock: Clock = field(default_factory=SystemClock)
    credentials: Credentials | None = None  # once they are found
    account: str = ""
    arn: str = ""
    deployed: set[str] = field(default_factory=set)  # the functions that were found, by their folders

    def __post_init__(self) -> None:
        """Read the settings, leaving out what is wrong, so that one mistake does not hide the next."""
        self.reading: SettingsReading = read_settings(self.environment)

    @property
    def settings(self) -> Settings:
        """What the right variables say."""
        return self.reading.settings

    @property
    def whom(self) -> str:
        """Who has to be granted what is missing."""
        return self.arn or "the identity of these credentials"

    def masked(self, text: str) -> str:
        """The text without any secret that is known here: whatever goes wrong, none is printed."""
        for secret in self._secrets():
            text = text.replace(secret, "***")
        return text

    def _secrets(self) -> list[str]:
        held: list[Secret | None] = [self.settings.serve_token]
        for channel in self.settings.channels:
            held += [channel.url, channel.secret]
        if self.credentials is not None:
            held += [self.credentials.access_key_secret, self.credentials.security_token]
        values = [secret.value for secret in held if secret is not None]
        values += [self.environment.get(name, "").strip() for name in _SECRET]
        # a shorter one would mask the words of the report
        return sorted({value for value in values if len(value) >= 6}, key=len, reverse=True)
