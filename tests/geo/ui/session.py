"""A user without a browser: Streamlit's own messages as its front end sends them.

Like the front end it names the page it is on and tells at every run what each widget holds: of a
widget that is not told the script forgets the value.
"""

from __future__ import annotations

import re
import socket
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

CHOICES, SLIDER, CHECKBOX = ("selectbox", "radio"), "slider", "checkbox"
MULTISELECT, NUMBER = "multiselect", "number_input"
_WIDGETS = (*CHOICES, SLIDER, CHECKBOX, MULTISELECT, NUMBER)
_KEY = re.compile(r"\$\$ID-[^-]+-(.+)")
"""The key that the script gave, inside a widget's id."""
_LONGEST = 2**28


@dataclass
class Run:
    """One run of the script, as it came in: seconds are from the moment it was asked for.

    Attributes
    ----------
    seconds, to_table
        Until it had ended; until its first table was there.
    received
        Bytes.
    elements
        What it drew, in the order it came.
    alerts, exceptions
        Warnings and errors that the script wrote itself; what it died of.
    """

    seconds: float = 0.0
    to_table: float | None = None
    received: int = 0
    elements: list = field(default_factory=list)
    alerts: list = field(default_factory=list)
    exceptions: list = field(default_factory=list)

    def first_table(self):
        """Give the first table's bytes: another ranking has others."""
        return next(
            (one.dataframe.arrow_data.data for one in self.elements if kind(one) == "dataframe"),
            None,
        )


def kind(element):
    return element.WhichOneof("type")


def state_of(what, widget, value):
    """Write what a widget holds as the front end does."""
    state = WidgetState(id=widget.id)
    if what == SLIDER:
        state.double_array_value.data[:] = np.atleast_1d(value).tolist()
    elif what == MULTISELECT:
        state.string_array_value.data[:] = value
    elif what == CHECKBOX:
        state.bool_value = value
    elif what == NUMBER:
        state.double_value = value
    elif value is not None:
        state.string_value = value
    return state


def told(what, widget):
    """Give what the script says that a widget holds."""
    if what == SLIDER:
        return widget.value if widget.set_value else widget.default
    if what == MULTISELECT:
        first = [widget.options[one] for one in widget.default]
        return widget.raw_values if widget.set_value else first
    if what in CHOICES:
        first = widget.options[widget.default] if widget.HasField("default") else None
        return (widget.raw_value or None) if widget.set_value else first
    return widget.value if widget.set_value else widget.default


class Session:
    """One user: opens a page, moves widgets, goes to other pages."""

    def __init__(self, url, *, name=None, origin=None):
        """Connect; `name` calls the app by another name than its address."""
        parts = urlsplit(url)
        address = f"ws://{name or parts.netloc}{parts.path.rstrip('/')}/_stcore/stream"
        with ExitStack() as opened:
            ours = opened.enter_context(
                socket.create_connection((parts.hostname, parts.port), timeout=30)
            )
            self._socket = opened.enter_context(
                connect(
                    address,
                    sock=ours,
                    subprotocols=["streamlit"],
                    max_size=_LONGEST,
                    origin=origin,
                    proxy=None,
                )
            )
            self._open = opened.pop_all()
        self._states, self._drawn, self._known, self._page = {}, set(), {}, ""
        self.widgets, self.pages, self.new_session = {}, {}, None
        self.received, self.query = 0, ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._open.close()

    def open(self, path=""):
        """Go to a page by the last part of its address; its widgets begin anew."""
        self._page = self.pages.get(path, "")
        return self.run(page_name="" if self._page else path)

    def move(self, name, value):
        """Set a widget, by its key if it has one or else by its label, and run."""
        self.put(name, value)
        return self.run()

    def put(self, name, value):
        what, widget = self.widgets[name]
        self._states[widget.id] = state_of(what, widget, value)

    def run(self, page_name=""):
        """Ask for a run and take in all that it sends."""
        self.ask(page_name)
        return self.take()

    def ask(self, page_name=""):
        asked = BackMsg()
        script = asked.rerun_script
        script.query_string, script.page_script_hash = self.query, self._page
        script.page_name = page_name
        script.widget_states.widgets.extend(self._states.values())
        script.cached_message_hashes.extend(self._known)
        self._started = time.perf_counter()
        self._socket.send(asked.SerializeToString())

    def forget(self):
        """Say nothing of any widget from now on, until it is drawn or moved again."""
        self._states.clear()

    def take(self):
        run, self._drawn = Run(), set()
        while True:
            raw = self._socket.recv(timeout=120)
            run.received += len(raw)
            said = ForwardMsg()
            said.ParseFromString(raw)
            what = said.WhichOneof("type")
            if what == "ref_hash":
                said = self._known[said.ref_hash]
                what = said.WhichOneof("type")
            elif said.metadata.cacheable:
                self._known[said.hash] = said
            if (
                what == "script_finished"
                and said.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
            ):
                break
            self._note(run, what, said)
        run.seconds = time.perf_counter() - self._started
        self._states = {one: held for one, held in self._states.items() if one in self._drawn}
        self.received += run.received
        return run

    def _note(self, run, what, said):
        if what == "new_session":
            self.new_session = said.new_session
        elif what == "navigation":
            self.pages = {
                one.url_pathname: one.page_script_hash for one in said.navigation.app_pages
            }
            self._page = said.navigation.page_script_hash
        elif what == "page_info_changed":
            self.query = said.page_info_changed.query_string
        elif what == "delta" and said.delta.WhichOneof("type") == "new_element":
            self._element(run, said.delta.new_element)

    def _element(self, run, element):
        run.elements.append(element)
        what = kind(element)
        if what in _WIDGETS:
            widget = getattr(element, what)
            self._drawn.add(widget.id)
            named = _KEY.fullmatch(widget.id)
            self.widgets[named[1] if named else widget.label] = (what, widget)
            if widget.set_value or widget.id not in self._states:
                self._states[widget.id] = state_of(what, widget, told(what, widget))
        elif what == "dataframe" and run.to_table is None:
            run.to_table = time.perf_counter() - self._started
        elif what == "exception":
            run.exceptions.append(element.exception.message)
        elif what == "alert":
            run.alerts.append(element.alert.body)
