"""The READMEs' pictures: one message as its chat shows it, from the preview, in both languages, light and dark.

`make picture` writes them to docs/images. The fonts are those of the machine: for the Chinese ones it needs a Chinese font.
"""

from __future__ import annotations

import base64
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.browser.browser import Browser, running

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
KIND, MESSAGE = "dingtalk", "partly-failed"
WIDTH = 720
SHARPNESS = 1.5


def main() -> None:
    """Draw each language in each scheme."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running() as browser:
        for language in ("en", "zh"):
            page = Path(folder) / f"{language}.html"
            command = ["preview", "--output", str(page), "--language", language, "--kind", KIND]
            subprocess.run([sys.executable, "-m", "refresh_watch_cli", *command], check=True)
            for dark in (False, True):
                name = f"message-{language}-{'dark' if dark else 'light'}.webp"
                (IMAGES / name).write_bytes(_picture(browser, page, dark=dark))
                print(IMAGES / name)


def _picture(browser: Browser, file: Path, *, dark: bool) -> bytes:
    """The message from its line on a lock screen to the command that lists all failed URLs."""
    page = browser.open(file, WIDTH, dark=dark)
    clip = page.evaluate(
        f"""(() => {{
          const article = document.getElementById('{KIND}-{MESSAGE}');
          const whole = article.querySelector('.message').getBoundingClientRect();
          const command = [...article.querySelectorAll('.bubble > *')].find(each => each.textContent.includes(' list cdn '));
          const bottom = command.getBoundingClientRect().bottom + 12;
          return {{x: whole.x + scrollX, y: whole.y + scrollY, width: whole.width, height: bottom - whole.y}};
        }})()"""
    )
    shot = browser.call(
        "Page.captureScreenshot",
        page.session,
        format="webp",
        quality=85,
        clip={**clip, "scale": SHARPNESS},
        captureBeyondViewport=True,
    )
    return base64.b64decode(shot["data"])


if __name__ == "__main__":
    main()
