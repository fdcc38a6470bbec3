"""How large a page is and how soon a browser shows it: `python -m benchmarks.report_page`."""

import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from policydsl.report.html import render_html
from tests.report.test_html import many


def main() -> None:
    """Print sizes and times for pages of 5 and 500 claims."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as player:
        browser = player.chromium.launch(channel=None, executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for count in (5, 500):
            started = time.process_time()
            page = render_html(many(count))
            rendering = time.process_time() - started
            path = Path(folder) / "report.html"
            path.write_text(page, encoding="utf-8")
            tab = browser.new_page()
            started = time.perf_counter()
            tab.goto(path.as_uri())
            tab.screenshot()
            shown = time.perf_counter() - started
            tab.close()
            print(
                f"{count} claims: {len(page.encode()):,} bytes, rendered in {rendering:.2f} s, shown in {shown:.2f} s"
            )
        browser.close()


if __name__ == "__main__":
    main()
