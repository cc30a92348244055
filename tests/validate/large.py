"""How long a page of many findings keeps its reader waiting: to load, to filter, to sort, to open a table.
Usage: large.py PAGE; fails where the page is there only after 5 s, or where an answer takes more than 500 ms."""

import json
import pathlib
import sys
import time

from playwright.sync_api import sync_playwright

LOAD, ANSWER = 5_000, 500  # milliseconds, on a machine that others use too
# From the event to the next frame after the one that shows what it did.
TIMED = """async act => {
    const start = performance.now();
    new Function(act)();
    await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
    return Math.round(performance.now() - start);
}"""
TYPE = "const q = document.getElementById('q'); q.value = '%s'; q.dispatchEvent(new Event('input', {bubbles: true}));"
STEPS = {
    "filter by a word": TYPE % "point-in-time",
    "filter by a letter": TYPE % "a",
    "no filter": TYPE % "",
    "sort": "document.querySelector('[data-sort=\"2\"]').click()",
    "open a finding": "document.querySelector('#rows .row').click()",
    "close": "document.querySelector('#detail .close').click()",
    "open a table": "document.querySelector('#table-list button').click()",
}


def main():
    path = pathlib.Path(sys.argv[1]).resolve()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(120_000)
        start = time.monotonic()
        page.goto(path.as_uri())
        page.wait_for_function("document.querySelectorAll('#rows .row').length > 0")
        took = {"load": round((time.monotonic() - start) * 1000)}
        took |= {name: page.evaluate(TIMED, act) for name, act in STEPS.items()}
        took["heap, MB"] = page.evaluate("Math.round((performance.memory?.usedJSHeapSize ?? 0) / 1e6)")
        browser.close()
    print(json.dumps({"page, MB": round(path.stat().st_size / 1e6, 1), **took}))
    slow = [name for name in STEPS if took[name] > ANSWER] + ["load"] * (took["load"] > LOAD)
    sys.exit(f"slow: {', '.join(slow)}" if slow else 0)


if __name__ == "__main__":
    main()
