"""What a person, or a scanner of mails, does with the pages in a real browser.

browser.py PHASE BASE STATE [ARGUMENT…]; STATE keeps cookies from phase to phase. Prints JSON.
"""
import json
import os
import shutil
import sys

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

PATIENCE = 240_000
phase, base, state, *arguments = sys.argv[1:]


def context(browser, **options):
    kept = state if os.path.exists(state) else None
    made = browser.new_context(storage_state=kept, **options)
    made.set_default_timeout(PATIENCE)
    return made


def own_links(page):
    addresses = page.eval_on_selector_all("a[href]", "nodes => nodes.map(node => node.href)")
    return [address.split("#")[0] for address in addresses if address.startswith(base)]


def opened(visit, address):
    page = visit.new_page()
    page.goto(address)
    for details in page.locator("summary").all():
        details.click()
    return page


def scan(browser):
    """Follows every link, presses every button and sends every form as it stands, with the browser's checks and without."""
    visit = context(browser)
    waiting, seen, pressed = list(arguments), set(), 0
    while waiting:
        address = waiting.pop()
        if address in seen or "/export/" in address or address.endswith("/kept"):
            continue
        seen.add(address)
        page = opened(visit, address)
        waiting += own_links(page)
        buttons, forms = page.locator("button").count(), page.locator("form").count()
        page.close()
        for index in range(buttons):
            page = opened(visit, address)
            page.locator("button").nth(index).click()
            page.wait_for_timeout(200)
            page.close()
            pressed += 1
        for index in range(forms):
            page = opened(visit, address)
            with page.expect_navigation():
                page.evaluate("index => HTMLFormElement.prototype.submit.call(document.forms[index])", index)
            page.close()
    return {"pages": len(seen), "pressed": pressed}


def decline(browser):
    """Says no on the page behind a link, by keyboard alone."""
    page = context(browser, viewport={"width": 390, "height": 800}).new_page()
    page.goto(arguments[0])
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "answer":
            break
    page.keyboard.press("ArrowDown")
    while page.evaluate("document.activeElement.tagName") != "TEXTAREA":
        page.keyboard.press("Tab")
    page.keyboard.type("We have parents' evening.")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return {"said": page.locator("[role=status]").inner_text()}


def ask(browser):
    """Asks for a mail that signs in, by keyboard alone."""
    visit = context(browser)
    page = visit.new_page()
    page.goto(base + "/")
    while page.evaluate("document.activeElement.name") != "address":
        page.keyboard.press("Tab")
    page.keyboard.type(arguments[0])
    with page.expect_navigation():
        page.keyboard.press("Enter")
    visit.storage_state(path=state)
    return {"title": page.title()}


def enter(browser):
    """Opens the mailed link and presses its button."""
    visit = context(browser)
    page = visit.new_page()
    page.goto(arguments[0])
    while page.evaluate("document.activeElement.tagName") != "BUTTON":
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    visit.storage_state(path=state)
    return {"title": page.title()}


def approve(browser):
    """Approves what waits, once it stands there."""
    page = context(browser).new_page()
    page.goto(base + "/")
    for _ in range(200):
        if page.get_by_text("Look at it and decide").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    page.get_by_text("Look at it and decide").click()
    shown = page.locator("main").inner_text()
    page.get_by_role("button", name="Approve").click()
    return {"shown": shown, "said": page.locator("[role=status]").inner_text()}


def check(browser):
    """Has axe look at every page in every shape, and sees that nothing is wider than the screen or comes from elsewhere."""
    faults = []
    for width, scheme in [(1280, "light"), (390, "dark"), (320, "light")]:
        visit = context(browser, viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
        for path in arguments:
            page = visit.new_page()
            page.on("request", lambda request: request.url.startswith(base) or faults.append(request.url))
            page.goto(base + path)
            found = Axe().run(page).response["violations"] if width > 320 else []
            faults += [f"{path} {width} {scheme}: {fault['id']} {fault['nodes'][0]['target']}" for fault in found]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                faults.append(f"{path} is wider than {width}")
            page.close()
        visit.close()
    return {"faults": faults}


with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    print(json.dumps(globals()[phase](chromium)))
