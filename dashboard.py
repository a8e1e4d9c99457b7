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
    from pages.components.shell import typed
    from pages.components.shell.context import draw_context, standing_page
    from pages.components.shell.guard import entrance
    from pages.components.shell.language import find_language
    from pages.components.shell.navigation import navigation
    from pages.components.shell.search import draw_search, open_search
    from pages.components.widgets.uploads import enter

    # A click elsewhere may end this run early, and Streamlit drops the fields that it has not drawn.
    typed.keep()
    find_language()
    page = navigation()
    st.set_page_config(
        # The page's title only: titles of records must not reach the browser's history.
        page_title=f"{page.title} · Calendar for human rights defenders",
        page_icon=HERE / "pages" / "components" / "shell" / "favicon.png",
        layout="wide",
    )
    enter(page.url_path)
    with standing_page(page):
        st.html(HERE / "pages" / "components" / "shell" / "style.css")
        open_search(draw_context(page, draw_search))
        with entrance():
            page.run()


if __name__ == "__main__":
    main()
else:
    import asyncio
    import sys
    from collections.abc import AsyncIterator
    from contextlib import asynccontextmanager

    from streamlit.runtime import Runtime, memory_media_file_storage
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
    from streamlit.runtime.pages_manager import PagesManager

    from calendar_model import configuration
    from calendar_model.feeds import ROUTES
    from calendar_model.imports.remote import keep_fresh
    from calendar_model.store.database import WorkspaceError, current_workspace
    from calendar_model.web import health, middleware
    from calendar_model.web.bodies import HeldUploads
    from calendar_model.web.downloads import secret_names
    from calendar_model.web.warm_up import warm_up

    configuration.require()
    configuration.require_keys()

    @asynccontextmanager
    async def _opened(_: st.App) -> AsyncIterator[None]:
        """Migrates the workspace before the first reader comes. Without a workspace the calendar works too, and every
        page then shows the fault. The calendar is made ready meanwhile. While the server runs, followed calendars are
        refreshed and outages are noted."""
        try:
            current_workspace()
        except WorkspaceError as fault:
            print(fault, file=sys.stderr)
        meanwhile = [asyncio.create_task(task) for task in (warm_up(), keep_fresh(), health.watch())]
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
    memory_media_file_storage._calculate_file_id = secret_names()
    app = st.App(__file__, routes=[*ROUTES, *health.ROUTES], middleware=middleware(_held), lifespan=_opened)
