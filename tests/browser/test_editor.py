"""The editor in a real browser, with a server of its own that is stopped and killed while somebody types."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import NARROW, ROOT, WIDE, Visit, free_port, settled, start_server, stop_server

APP = '''
"""A page that keeps what is typed in a file, as the statements' page keeps it in the database."""
import os
from pathlib import Path

import streamlit as st

from calendar_model.mission.statements.speaking import duration
from calendar_model.mission.statements.texts import merge, speaking_seconds
from pages.components.widgets.comparison import comparison, side_by_side
from pages.components.widgets.editor import Typed, editor

folder = Path(os.environ["EDITOR_FOLDER"])
draft = folder / f"{st.query_params.get('draft', 'draft')}.txt"
language = st.query_params.get("language", "en")


def keep(typed: Typed) -> bool:
    if (folder / "refuse").exists():
        return False
    draft.write_text(typed.text, encoding="utf-8")
    return True


def restore() -> None:
    draft.write_text("A version of last week.", encoding="utf-8")
    st.session_state["turn"] = st.session_state.get("turn", 0) + 1


st.set_page_config(page_title="Editor", layout="wide")
st.html(Path("pages/components/shell/style.css"))
st.title("A statement")
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
st.text(f"Run {st.session_state['runs']}")
if (folder / "compared").exists():
    base = "Thank you. We call on states to act.\\n\\nWe thank the expert. Norway agrees."
    mine = "Thank you. We urge all states to act.\\n\\nWe thank the expert. Norway agrees fully."
    theirs = "Thank you. We call on states to act now.\\n\\nWe thank the expert <b>warmly</b>. Norway agrees."
    comparison(base, mine)
    side_by_side(base, mine, theirs, merge(base, mine, theirs))
    st.stop()
st.button("Run again")
st.button("Restore", on_click=restore)
typed = editor(
    draft.read_text(encoding="utf-8") if draft.exists() else "We thank the Special Rapporteur.",
    key="statement-1-amina",
    revision=f"{st.query_params.get('version', '1')}.{st.session_state.get('turn', 0)}",
    limit_seconds=90,
    language=language,
    label="Text of the statement",
    disabled="disabled" in st.query_params,
    keep=keep,
)
st.text(f"Typed on {typed.revision}")
st.text(f"Python has {typed.number}: {typed.text}")
st.text(f"Python says {duration(speaking_seconds(typed.text, language))}")
'''

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


class Site(NamedTuple):
    """A server that can be ended and started again at the same address, and the folder of its drafts."""

    folder: Path
    port: int
    draft: str = "draft"
    """The name of the draft that is typed into."""

    @property
    def file(self) -> Path:
        return self.folder / f"{self.draft}.txt"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> subprocess.Popen[bytes]:
        (self.folder / "app.py").write_text(APP, encoding="utf-8")
        script, path = self.folder / "app.py", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        environment = {"PYTHONPATH": path, "EDITOR_FOLDER": str(self.folder)}
        return start_server(self.folder / "server.log", self.port, script, **environment)[0]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, subprocess.Popen[bytes]]]:
    site = Site(tmp_path_factory.mktemp("editor"), free_port())
    process = site.start()
    yield site, process
    stop_server(process)


@pytest.fixture
def site(running: tuple[Site, subprocess.Popen[bytes]]) -> Site:
    """The module's server, with a draft of its own: what the test before typed may still be on its way."""
    for name in ("refuse", "compared"):
        (running[0].folder / name).unlink(missing_ok=True)
    return running[0]._replace(draft=uuid4().hex)


def opened(page: Page, site: Site, query: str = "") -> Locator:
    """The field, once it can be typed into."""
    page.goto(f"{site.address}/?draft={site.draft}{query}")
    settled(page)
    field = page.get_by_role("textbox", name="Text of the statement")
    expect(field).to_be_visible()
    return field


def length(page: Page) -> Locator:
    return page.locator(".editor .count")


def state(page: Page) -> Locator:
    return page.locator(".editor .state")


def python_has(page: Page, text: str) -> None:
    expect(page.get_by_text(re.compile(rf"^Python has \d+: {re.escape(text)}$"))).to_be_visible()


def caret(field: Locator) -> int:
    position: int = field.evaluate("field => field.selectionStart")
    return position


def place(field: Locator, position: int) -> None:
    field.focus()
    field.evaluate("(field, position) => field.setSelectionRange(position, position)", position)


def test_time_is_told_while_typing_without_the_server(
    running: tuple[Site, subprocess.Popen[bytes]], site: Site, visit: Visit
) -> None:
    field = opened(visit.page, site)
    expect(length(visit.page)).to_have_text("5 words, about 3 s of 1 min 30 s")
    running[1].send_signal(signal.SIGSTOP)
    try:
        place(field, 32)
        visit.page.keyboard.type(" [Pause.] We " + "urge " * 170)
        expect(length(visit.page)).to_have_text("176 words, about 1 min 28 s of 1 min 30 s")
        visit.page.keyboard.type("all states here to act now")
        expect(length(visit.page)).to_have_text("182 words, about 1 min 31 s: 1 s over the limit of 1 min 30 s")
        expect(state(visit.page)).to_have_text("Saved in this browser, not sent yet")
    finally:
        running[1].send_signal(signal.SIGCONT)
    expect(state(visit.page)).to_have_text("Draft saved")


def test_what_is_typed_reaches_python_at_rest_on_leaving_and_on_ctrl_s(site: Site, visit: Visit) -> None:
    field = opened(visit.page, site)
    field.fill("At rest.")
    python_has(visit.page, "At rest.")
    expect(state(visit.page)).to_have_text("Draft saved")
    assert site.file.read_text(encoding="utf-8") == "At rest."
    # A clock that stands still: what waits for 800 ms would wait for ever.
    visit.page.clock.install(time=0)
    visit.page.clock.pause_at(3600)
    field.fill("By the keyboard.")
    field.press("Control+s")
    visit.page.clock.run_for(50)
    python_has(visit.page, "By the keyboard.")
    field.fill("On leaving.")
    field.press("Tab")
    visit.page.clock.run_for(50)
    python_has(visit.page, "On leaving.")
    field.fill("On going away.")
    visit.page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
    visit.page.clock.run_for(50)
    python_has(visit.page, "On going away.")


def test_keyboard_stays_in_the_field_until_tab(site: Site, visit: Visit) -> None:
    field = opened(visit.page, site)
    field.fill("")
    field.press_sequentially("rcRC i 2")
    expect(field).to_have_value("rcRC i 2")
    python_has(visit.page, "rcRC i 2")
    expect(visit.page.get_by_role("dialog")).to_have_count(0)
    expect(field).to_be_focused()
    field.press("Tab")
    expect(field).not_to_be_focused()


def test_run_of_the_page_moves_neither_cursor_nor_text(site: Site, visit: Visit) -> None:
    page = visit.page
    (site.folder / "refuse").touch()  # so that Python goes on giving the older text
    field = opened(page, site)
    place(field, 3)
    page.keyboard.type("warmly ")
    python_has(page, "We warmly thank the Special Rapporteur.")
    assert caret(field) == 10
    expect(field).to_be_focused()
    page.keyboard.type("and truly ")
    python_has(page, "We warmly and truly thank the Special Rapporteur.")
    expect(field).to_have_value("We warmly and truly thank the Special Rapporteur.")
    assert caret(field) == 20
    expect(state(page)).to_have_text("Saved in this browser, not sent yet")
    (site.folder / "refuse").unlink()
    expect(state(page)).to_have_text("Draft saved")  # sent again without a key being touched
    assert caret(field) == 20


def test_kill_of_the_server_and_a_reload_lose_nothing(tmp_path: Path, visit: Visit) -> None:
    page = visit.page
    site = Site(tmp_path, free_port())
    process = site.start()
    try:
        field = opened(page, site)
        field.fill("Said before.")
        python_has(page, "Said before.")
        process.kill()
        process.wait(10)
        field.press("End")
        field.press_sequentially(" Said while nobody listened.")
        expect(state(page)).to_have_text("Saved in this browser, not sent yet")
        page.wait_for_timeout(1_500)  # it tries to send, and cannot
        expect(state(page)).to_have_text("Saved in this browser, not sent yet")
        assert (tmp_path / "draft.txt").read_text(encoding="utf-8") == "Said before."
        process = site.start()
        field = opened(page, site)
        expect(field).to_have_value("Said before. Said while nobody listened.")
        python_has(page, "Said before. Said while nobody listened.")
        expect(state(page)).to_have_text("Draft saved")
        assert (tmp_path / "draft.txt").read_text(encoding="utf-8") == "Said before. Said while nobody listened."
        assert page.evaluate("Object.keys(sessionStorage).filter(name => name.startsWith('hrd-editor'))") == []

        place(field, 12)
        process.kill()
        process.wait(10)
        page.keyboard.type(" And again.")
        expect(state(page)).to_have_text("Saved in this browser, not sent yet")
        process = site.start()
        expect(state(page)).to_have_text("Draft saved")  # without a reload
        assert (tmp_path / "draft.txt").read_text(encoding="utf-8") == (
            "Said before. And again. Said while nobody listened."
        )
        assert caret(field) == 23
    finally:
        stop_server(process)


def test_text_that_was_cut_off_comes_back_although_somebody_saved_another_version(site: Site, visit: Visit) -> None:
    page = visit.page
    (site.folder / "refuse").touch()
    field = opened(page, site, "&version=4")
    field.fill("Typed on the fourth.")
    python_has(page, "Typed on the fourth.")
    (site.folder / "refuse").unlink()
    field = opened(page, site, "&version=5")
    expect(field).to_have_value("Typed on the fourth.")
    expect(state(page)).to_have_text("Draft saved")
    assert site.file.read_text(encoding="utf-8") == "Typed on the fourth."
    for _ in range(2):
        expect(page.get_by_text("Typed on 4.0", exact=True)).to_be_visible()
        run = page.get_by_text(re.compile(r"^Run \d+$")).inner_text()
        page.get_by_role("button", name="Run again").click()
        expect(page.get_by_text(run, exact=True)).to_have_count(0)
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Typed on 5.1", exact=True)).to_be_visible()
    expect(field).to_have_value("A version of last week.")


def test_text_given_on_purpose_is_taken(site: Site, visit: Visit) -> None:
    page = visit.page
    field = opened(page, site)
    field.fill("A draft.")
    python_has(page, "A draft.")
    page.get_by_role("button", name="Restore").click()
    expect(field).to_have_value("A version of last week.")
    python_has(page, "A version of last week.")
    expect(state(page)).to_have_text("")
    expect(page.get_by_role("button", name="Swap texts")).to_be_hidden()


def test_text_given_on_purpose_sets_aside_what_was_not_kept(site: Site, visit: Visit) -> None:
    page = visit.page
    field = opened(page, site)
    (site.folder / "refuse").touch()
    field.fill("Not kept.")
    python_has(page, "Not kept.")
    page.get_by_role("button", name="Restore").click()
    expect(field).to_have_value("A version of last week.")
    (site.folder / "refuse").unlink()
    page.get_by_role("button", name="Swap texts").click()
    expect(field).to_have_value("Not kept.")
    python_has(page, "Not kept.")
    page.get_by_role("button", name="Swap texts").click()
    expect(field).to_have_value("A version of last week.")
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_role("button", name="Swap texts")).to_be_hidden()


@pytest.mark.parametrize(
    ("language", "text", "told", "direction"),
    [
        ("zh", "我们感谢特别报告员 A/HRC/58 的报告。" * 8, "96 characters, 8 words, about 36 s", "ltr"),
        ("ja", "人権を守る人々に感謝します。" * 4, "52 characters, about 13 s", "ltr"),
        ("ar", "شكرا سيدي الرئيس [توقف] 12 – ١٢", "5 words, about 3 s", "rtl"),
        ("fr", "L’État remercie M. l’Expert ; c’est-à-dire 2 fois.", "7 words, about 4 s", "ltr"),
    ],
)
def test_browser_and_python_measure_alike(
    site: Site, visit: Visit, language: str, text: str, told: str, direction: str
) -> None:
    field = opened(visit.page, site, f"&language={language}")
    field.fill(text)
    expect(length(visit.page)).to_have_text(f"{told} of 1 min 30 s")
    seconds = told.rpartition("about ")[2]
    python_has(visit.page, text)
    expect(visit.page.get_by_text(f"Python says {seconds}", exact=True)).to_be_visible()
    assert field.evaluate("field => [field.lang, field.dir]") == [language, direction]


def test_what_is_heard_waits_for_a_rest(site: Site, visit: Visit) -> None:
    field = opened(visit.page, site)
    heard = visit.page.locator(".editor [role=status]")
    field.fill("One two three.")
    expect(heard).to_have_text("")
    expect(heard).to_have_text("3 words, about 2 s of 1 min 30 s. Draft saved")
    field.fill("word " * 200)
    expect(heard).to_have_text("200 words, about 1 min 40 s: 10 s over the limit of 1 min 30 s. Draft saved")


def test_time_stays_in_sight_of_who_types_far_down(site: Site, visit: Visit) -> None:
    visit.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    field = opened(visit.page, site)
    field.fill("We call on all states to protect defenders. " * 40)
    field.press("Control+End")
    field.press_sequentially(" Thank you.")
    box = field.bounding_box()
    assert box is not None
    assert box["y"] < 0
    expect(length(visit.page)).to_be_in_viewport(ratio=1)
    assert visit.page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]


def test_disabled_can_be_read_and_not_written(site: Site, visit: Visit) -> None:
    field = opened(visit.page, site, "&disabled")
    field.press_sequentially("No")
    expect(field).to_have_value("We thank the Special Rapporteur.")
    expect(field).to_have_js_property("readOnly", True)


def test_comparison_has_marks_and_words(site: Site, visit: Visit) -> None:
    (site.folder / "compared").touch()
    visit.page.goto(site.address)
    settled(visit.page)
    expect(
        visit.page.get_by_text("2 passages added (underlined) and 1 passage removed (struck through).")
    ).to_be_visible()
    first = visit.page.locator(".compared").first
    expect(first.locator("ins").first).to_have_text(" added: urge all end of added text ")
    expect(first.locator("del").first).to_have_text(" removed: call on end of removed text ")
    expect(visit.page.get_by_role("heading", level=4)).to_have_text(["Your text", "Their text", "Merged text"])
    together = visit.page.locator(".beside .compared").nth(2)
    expect(together.locator(".conflict")).to_have_text(
        "Your textWe urge all states to act.Their textWe call on states to act now."
    )
    expect(together).to_contain_text("We thank the expert <b>warmly</b>. Norway agrees fully.")
    boxes = [visit.page.locator(".beside section").nth(i).bounding_box() for i in range(3)]
    assert len({box["y"] for box in boxes if box}) == 1
    visit.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    boxes = [visit.page.locator(".beside section").nth(i).bounding_box() for i in range(3)]
    assert len({box["x"] for box in boxes if box}) == 1
    assert visit.page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]


@pytest.mark.parametrize(("scheme", "size"), [("light", WIDE), ("dark", NARROW)], ids=["wide", "narrow"])
def test_no_rule_of_accessibility_is_broken(
    browser: Browser, site: Site, scheme: str, size: dict[str, int], tmp_path: Path
) -> None:
    context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    found: dict[str, list[str]] = {}
    shots = Path(os.environ.get("EDITOR_SHOTS", tmp_path))

    def look(name: str) -> None:
        page.screenshot(path=shots / f"{name}-{scheme}-{size['width']}.png", full_page=True)
        for violation in Axe().run(page, options=RULES).response["violations"]:
            found.setdefault(f"{name}: {violation['id']}", []).extend(
                str(node["target"]) for node in violation["nodes"]
            )

    opening = "Thank you, President.\n\nNorway thanks the Special Rapporteur for her report. "
    field = opened(page, site)
    field.fill(opening + "We call on all states to protect defenders. " * 8 + "[Pause.]")
    expect(state(page)).to_have_text("Draft saved")
    look("within")
    (site.folder / "refuse").touch()
    field.fill(opening + "We call on all states to protect defenders. " * 28)
    expect(length(page)).to_contain_text("over the limit")
    look("over")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("button", name="Swap texts")).to_be_visible()
    look("aside")
    site.file.write_text("شكرا سيدي الرئيس.\n\nنشكر المقررة الخاصة على تقريرها.", encoding="utf-8")
    opened(page, site, f"&language={quote('ar')}")
    look("arabic")
    opened(page, site, "&disabled")
    look("disabled")
    (site.folder / "compared").touch()
    page.goto(site.address)
    settled(page)
    look("compared")
    context.close()
    assert found == {}
