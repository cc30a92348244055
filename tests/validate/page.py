"""The page: by the Nu HTML checker, and in a browser as its readers use it."""

import json
import subprocess

from playwright.sync_api import sync_playwright


KNOWN = ("violates Content Security Policy", "not in Unicode Normalization Form C")


def nu(out, tools):
    """Errors and warnings, but for two: it does not compute the hashes by which the page's policy names its script and
    style (the browser does, and would say so on its console), and names of the account are of whatever form they are."""
    jar = tools / "node_modules/vnu-jar/build/dist/vnu.jar"
    run = subprocess.run(
        ["java", "-Xss8m", "-jar", jar, "--format", "json", "--stdout", out / "report.html"],
        capture_output=True, text=True)
    for message in json.loads(run.stdout)["messages"]:
        if not any(known in message["message"] for known in KNOWN):
            yield f"line {message['lastLine']}: {message['message']}"


def browse(path, shots, name):
    """Filters, sorts, opens a finding and a table, in the light and in the dark, wide and narrow."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            for width in (1280, 390):
                context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
                page = context.new_page()
                said, asked = [], []
                page.on("console", lambda message: said.append(f"console: {message.text}"))
                page.on("pageerror", lambda error: said.append(f"error: {error}"))
                page.on("dialog", lambda dialog: (said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
                page.on("request", lambda request: asked.append(request.url))
                page.goto(path.as_uri())
                yield from walk(page, shots / f"{name}-{scheme}-{width}")
                yield from said
                yield from (f"request: {url}" for url in asked[1:] if not url.startswith("data:"))
                context.close()
        browser.close()


def walk(page, shot):
    page.screenshot(path=f"{shot}.png")
    whole = page.inner_text("#shown")
    page.fill("#q", "point-in-time")
    if page.inner_text("#shown") == whole or page.inner_text("#shown").startswith("0 "):
        yield f"the filter shows {page.inner_text('#shown')}"
    page.fill("#q", "")
    page.select_option("#f-severity", "low")
    if set(page.locator("#rows .sev").all_inner_texts()) - {"low"}:
        yield "the filter by severity lets others through"
    page.select_option("#f-severity", "")
    page.click('[data-sort="2"]')
    ids = page.locator("#rows .row span:nth-child(3)").all_inner_texts()
    if ids != sorted(ids) or page.get_attribute('[data-sort="2"]', "aria-sort") != "ascending":
        yield "the list is not sorted by check"
    page.locator("#rows .row").first.click()
    if "Fingerprint" not in page.inner_text("#detail"):
        yield "a finding does not open"
    page.screenshot(path=f"{shot}-finding.png")
    page.click("#detail .close")
    page.locator("#table-list button").first.click()
    if "arn:" not in page.inner_text("#detail"):
        yield "a table does not open"
    if not page.locator("#detail .matrix td:has-text('●')").count():
        yield "a table does not show its readers"
    page.screenshot(path=f"{shot}-table.png")
    page.click("#detail .close")
    color = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(color)
    page.click("#theme")
    if page.evaluate(color) == before:
        yield "the switch of light and dark does nothing"
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        yield "the page is wider than its window"
    for element in page.locator("script[src], link[rel=stylesheet], iframe, img, object, embed").all():
        yield f"an element that loads: {element.evaluate('e => e.outerHTML')[:200]}"
