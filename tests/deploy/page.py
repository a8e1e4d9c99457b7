"""A page of a dashboard without a browser: what the server sends through its websocket, and what a browser would send."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.state.common import user_key_from_element_id
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.deploy.conftest import NAME, Proxy


class OpenPage:
    """A page, as it was last sent."""

    def __init__(self, connection: ClientConnection, name: str, query: str, typed: dict[str, str]) -> None:
        self._connection, self._name, self._query = connection, name, query
        self.text = ""
        self.buttons: dict[str, str] = {}
        """The identifiers of its buttons by the keys that the dashboard gives them."""
        self.fields: dict[str, str] = {}
        """Those of its texts."""
        self.typed: dict[str, str] = typed
        """What is in the fields, by their identifiers: a browser sends it with every click."""
        self.run()

    def press(self, key: str) -> None:
        """Press a button."""
        self.run(self.buttons[key])

    def run(self, pressed: str = "") -> None:
        """Have the script run, as any click does."""
        message = BackMsg()
        message.rerun_script.page_name = self._name
        message.rerun_script.query_string = self._query
        for id_, value in self.typed.items():
            message.rerun_script.widget_states.widgets.add(id=id_, string_value=value)
        if pressed:
            message.rerun_script.widget_states.widgets.add(id=pressed, trigger_value=True)
        self._connection.send(message.SerializeToString())
        sent: list[ForwardMsg] = []
        while not (sent and _is_end(sent[-1])):
            given = self._connection.recv(timeout=60)
            assert isinstance(given, bytes)
            sent.append(ForwardMsg.FromString(given))
        drawn = [one.delta for one in sent if one.WhichOneof("type") == "delta"]
        self.text = "\n".join(map(str, drawn))
        elements = [one.new_element for one in drawn if one.WhichOneof("type") == "new_element"]
        self.buttons = _ids(element.button.id for element in elements)
        self.fields = _ids(field.id for element in elements for field in (element.text_input, element.text_area))


def _is_end(message: ForwardMsg) -> bool:
    """Whether the script has run through, and is not to run once more at once."""
    return (
        message.WhichOneof("type") == "script_finished"
        and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
    )


def _ids(given: Iterable[str]) -> dict[str, str]:
    return {key: one for one in given if one and (key := user_key_from_element_id(one))}


@contextmanager
def opened(
    proxy: Proxy, number: int, path: str, cookie: dict[str, str], typed: dict[str, str] | None = None, **query: str
) -> Iterator[OpenPage]:
    """A page of one dashboard, opened by the reader with this cookie of a sign-in.

    ``typed`` is what its browser has in the fields, by their identifiers, because the page was open before.
    """
    with proxy.dashboard(number) as client:
        # Over plain http no client keeps a cookie that is for https alone.
        kept = SimpleCookie(client.get("/_stcore/health").headers["Set-Cookie"])
    token = kept[XSRF_COOKIE_NAME].value
    cookies = {cookie["name"]: cookie["value"], XSRF_COOKIE_NAME: token}
    with connect(
        f"ws://{NAME}:{proxy.port}/_stcore/stream",
        sock=socket.create_connection(("127.0.0.1", proxy.ports[number])),
        origin=Origin(proxy.address),
        subprotocols=[Subprotocol("streamlit"), Subprotocol(token)],
        additional_headers={"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())},
        max_size=None,
        proxy=None,
    ) as connection:
        yield OpenPage(connection, path, urlencode(query), typed or {})
