"""report.html in a real browser: drawn, clicked, filtered, by keyboard, in the dark, and safe."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_runs import scored, write_run
from test_cli import invoke

from pipeline.records import ScoredArticle

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not (BROWSER and DRIVER), reason="needs chromium and chromedriver on the path"),
]

ATTACK = "<script>document.title='taken'</script><img src=x onerror=document.title='taken'>"
NATO_SENTENCES = {"Putin rejects Nato", "Nato backs Putin", "Nato rejects Xi"}
DAYS = ("2026-01-02", "2026-02-03", "2026-03-04")


def _articles() -> list[ScoredArticle]:
    """Six articles of the same nine stances between countries, told apart by the rest of their words."""
    lines = ["Xi backs Putin"] * 3 + ["Putin rejects Nato"] * 3
    lines += ["Nato backs Putin", "Nato rejects Xi", "Putin backs Xi", "Modi meets Xi"]
    made = []
    for number, (day, source) in enumerate((day, source) for day in DAYS for source in ("Wire", "Post")):
        others = " ".join(f"word{number}x{index}" for index in range(80))
        text = "\n".join([*lines, others])
        made.append(scored(f"a{number}", text, title=ATTACK, source=source, published_at=day))
    return [*made, scored("late", f"Modi rejects Nato\nXi rejects {ATTACK.replace(' ', '_')}", source=ATTACK)]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_run(tmp_path_factory.mktemp("browser") / "run", _articles())
    assert invoke("report", folder).exit_code == 0
    return folder / "report.html"


@pytest.fixture(scope="module")
def started() -> Iterator[Any]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    for flag in (
        "headless=new",
        "no-sandbox",
        "disable-gpu",
        "disable-background-networking",
        "disable-dev-shm-usage",
    ):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    yield driver
    driver.quit()


@pytest.fixture
def browser(started: Any, page: Path) -> Any:
    started.get(page.as_uri())
    until(
        started, "return document.querySelectorAll('#network svg, #targets svg, #outlets svg').length === 3"
    )
    return started


def until(browser: Any, script: str) -> Any:
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(browser, 60).until(lambda driver: driver.execute_script(script))


def find(browser: Any, selector: str) -> Any:
    return browser.find_element("css selector", selector)


def texts(browser: Any, selector: str) -> list[str]:
    return [one.text for one in browser.find_elements("css selector", selector)]


def cell(browser: Any, start: str) -> Any:
    return find(browser, f"#matrix button[aria-label^='{start}']")


def test_everything_is_drawn_without_a_complaint(browser: Any) -> None:
    assert find(browser, "h1").text == "China backs Russia, Russia opposes NATO"
    assert cell(browser, "China toward Russia").text == "+1.0"
    assert cell(browser, "Russia toward NATO").text == "−1.0"
    assert len(browser.find_elements("css selector", "#time figure:not([hidden]) svg")) == 2
    assert len(browser.find_elements("css selector", "#network svg .mark-rule line")) >= 5
    # Vega-Lite warns that a chart as high as its rows does not fit a fixed height; nothing asks it to.
    severe = [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    assert severe == []


def test_colours_follow_the_scheme(browser: Any) -> None:
    colour = "return getComputedStyle(document.querySelector('#targets svg .mark-rect path')).fill"
    seen = []
    for scheme in ("light", "dark"):
        browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )
        seen.append(
            (browser.execute_script(colour), find(browser, "body").value_of_css_property("background-color"))
        )
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert seen[0][0] != seen[1][0]
    assert seen[0][1] != seen[1][1]


def test_a_click_opens_the_sentences_with_holder_and_target_marked(browser: Any) -> None:
    cell(browser, "China toward Russia").click()
    assert find(browser, "#evidence-title").text == "China toward Russia"
    assert "18 support, 0 neutral, 0 oppose, in 6 articles" in find(browser, "#evidence-counts").text
    assert texts(browser, "#evidence-list blockquote")[0] == "Xi backs Putin"
    # The fakes mark the first letters of an article as the target.
    assert find(browser, "#evidence-list mark.target").text == "Xi ba"
    assert ATTACK in find(browser, "#evidence-list cite").text
    find(browser, "#close").click()
    assert not find(browser, "#evidence").is_displayed()


def test_the_matrix_works_by_keyboard(browser: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    focused = "return document.activeElement.getAttribute('aria-label') ?? document.activeElement.id"
    assert len(browser.find_elements("css selector", "#matrix button[tabindex='0']")) == 1
    browser.execute_script("document.querySelector('#matrix button[tabindex=\"0\"]').focus()")
    first = browser.execute_script(focused)
    assert first.startswith("China toward Russia")
    browser.switch_to.active_element.send_keys(Keys.ARROW_DOWN)
    browser.switch_to.active_element.send_keys(Keys.END)
    there = browser.execute_script(focused)
    assert there != first
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert browser.execute_script(focused) == "evidence-title"
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert browser.execute_script(focused) == there


def test_tab_reaches_the_skip_link_first(browser: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    find(browser, "body").send_keys(Keys.TAB)
    assert browser.execute_script("return document.activeElement.textContent") == "Skip to the report"


def test_filters_change_every_count(browser: Any) -> None:
    status = "return document.getElementById('status').textContent"
    everything = browser.execute_script(status)
    assert everything.startswith("54 stances between countries, 54 on a side: 30 support, 24 oppose")
    find(browser, "select[name=outlet]").send_keys("Post")
    until(browser, "return document.getElementById('status').textContent.startsWith('27 stances')")
    find(browser, "select[name=from]").send_keys("3 Feb")
    until(browser, "return document.getElementById('status').textContent.startsWith('18 stances')")
    find(browser, "input[name=actor]").send_keys("nato")
    until(browser, "return document.getElementById('status').textContent.startsWith('10 stances')")
    assert not browser.find_elements("css selector", "#matrix button[aria-label^='China toward Russia']")
    assert set(texts(browser, "#sentences blockquote")) == NATO_SENTENCES
    find(browser, "#filters button[type=reset]").click()
    until(browser, f"return document.getElementById('status').textContent === {everything!r}")


def test_the_switch_shows_actors_and_words_narrow_the_sentences(browser: Any) -> None:
    find(browser, ".switch label:last-of-type").click()
    until(browser, "return document.getElementById('status').textContent.includes('between actors')")
    assert cell(browser, "Xi (China) toward Putin (Russia)").text == "+1.0"
    find(browser, "#words").send_keys("xi backs")
    until(browser, "return document.getElementById('found').textContent.startsWith('18 ')")
    assert set(texts(browser, "#sentences blockquote")) == {"Xi backs Putin"}


def test_text_of_articles_is_shown_and_never_run(browser: Any) -> None:
    find(browser, ".switch label:last-of-type").click()
    find(browser, "input[name=actor]").send_keys("<script>")
    until(browser, "return document.querySelectorAll('#sentences li').length === 1")
    assert "<script>" in find(browser, "#sentences .who").text
    assert browser.title == "China backs Russia, Russia opposes NATO – Stancewire"
    assert browser.find_elements("css selector", "main img, main script, dialog script") == []


def test_a_script_that_got_in_would_not_run(browser: Any) -> None:
    browser.execute_script(
        "const one = document.createElement('script');"
        "one.textContent = \"document.title = 'taken'\"; document.body.append(one);"
    )
    assert browser.title != "taken"
    assert any("Content Security Policy" in entry["message"] for entry in browser.get_log("browser"))


def test_narrow_screens_do_not_scroll_sideways(browser: Any) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": False},
    )
    until(browser, "return innerWidth === 390")
    assert until(browser, "return document.documentElement.scrollWidth <= 390")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
