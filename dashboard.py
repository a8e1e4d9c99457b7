"""The entrance: the script of the dashboard, and the server with its feeds.

``streamlit run dashboard.py`` imports this file once as the server's application (``app``) and then runs it as a
script for every reader (``main``).
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Draws the parts that all pages share, then the page that the reader opened; its forms stay during an outage."""
    from calendar_model.access.unit_of_work import WorkspaceError
    from calendar_model.translation import gettext
    from pages.components.shell import outage, typed
    from pages.components.shell.context import draw_context, standing_page
    from pages.components.shell.current_user import may_enter, take_groups
    from pages.components.shell.favicon import FAVICON
    from pages.components.shell.guard import entrance
    from pages.components.shell.language import find_language
    from pages.components.shell.navigation import navigation
    from pages.components.shell.search import draw_search, open_search
    from pages.components.shell.sign_in import draw_sign_in
    from pages.components.widgets.uploads import enter

    # A click elsewhere may end this run early, and Streamlit drops the fields that it has not drawn.
    typed.keep()
    find_language()
    page = navigation()
    away = None
    try:
        enters = may_enter()
    except WorkspaceError as fault:
        # Nobody can say who asks. What this reader has on the screen may stay there, and nothing else is shown.
        enters, away = True, fault
    # The page's title only: titles of records must not reach the browser's history.
    title = page.title if enters else gettext("Sign in")
    shell = HERE / "pages" / "components" / "shell"
    st.set_page_config(page_title=f"{title} · Calendar for human rights defenders", page_icon=FAVICON, layout="wide")
    if not enters:
        st.html(shell / "style.css")
        draw_sign_in()
        return
    enter(page.url_path)
    with standing_page(page):
        st.html(shell / "style.css")
        if away is not None:
            if not outage.can_stand():
                st.title(gettext("Calendar for human rights defenders"))
            raise away
        take_groups()
        open_search(draw_context(page, draw_search))
        with entrance():
            page.run()


if __name__ == "__main__":
    main()
else:
    import asyncio
    import logging
    from collections.abc import AsyncIterator
    from contextlib import asynccontextmanager

    from streamlit import logger as streamlit_logger
    from streamlit.runtime import Runtime, memory_media_file_storage
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
    from streamlit.runtime.pages_manager import PagesManager

    from calendar_model import configuration
    from calendar_model.feeds import ROUTES
    from calendar_model.imports.remote import keep_fresh
    from calendar_model.mails.http import ROUTES as MAIL_ROUTES
    from calendar_model.mails.sending import keep_sending
    from calendar_model.store.database import WorkspaceError, current_workspace
    from calendar_model.web import health, logs, middleware
    from calendar_model.web.bodies import HeldUploads
    from calendar_model.web.downloads import FileNames
    from calendar_model.web.warm_up import warm_up
    from pages.components.shell import sign_in
    from pages.components.shell.current_user import file_reader
    from pages.components.shell.navigation import ADDRESSES

    configuration.require(sign_in.faults())
    configuration.require_keys()
    logs.configure()
    if logs.is_json():
        # Streamlit gives every logger a handler of its own, also those that it makes later.
        streamlit_logger.setup_formatter = logs.hand_over

    @asynccontextmanager
    async def _opened(_: st.App) -> AsyncIterator[None]:
        """Migrates the workspace before the first reader comes. Without a workspace the calendar works too, and every
        page then shows the fault. The calendar is made ready meanwhile. While the server runs, followed calendars are
        refreshed, digests sent and outages noted."""
        try:
            current_workspace()
        except WorkspaceError as fault:
            logging.getLogger("calendar_model").error("%s", fault)
        meanwhile = [asyncio.create_task(task) for task in (warm_up(), keep_fresh(), keep_sending(), health.watch())]
        yield
        for task in meanwhile:
            task.cancel()

    def _held(session: str) -> HeldUploads:
        """The size of the uploads that Streamlit holds, in bytes."""
        kept = Runtime.instance().uploaded_file_mgr
        if not isinstance(kept, MemoryUploadedFileManager):
            raise TypeError("Uploads are not kept in memory: their size is unknown.")
        sizes = {
            of: sum(len(file.data) for file in list(files.values())) for of, files in list(kept.file_storage.items())
        }
        return HeldUploads(sizes.get(session, 0), sum(sizes.values()))

    # Until a first reader has come through main(), Streamlit would run any file in pages/ by its address. There is no
    # public setting against it.
    PagesManager.uses_pages_directory = False
    # Nor for the name of a download, which would follow from its content and could be guessed.
    files = FileNames(file_reader)
    memory_media_file_storage._calculate_file_id = files
    app = st.App(
        __file__,
        routes=[*ROUTES, *MAIL_ROUTES, *health.ROUTES],
        middleware=middleware(_held, sign_in.claims_of if sign_in.is_set_up() else None, ADDRESSES, files),
        lifespan=_opened,
    )
