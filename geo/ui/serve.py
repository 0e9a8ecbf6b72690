"""Runs Streamlit's own command line; `geo.launch` starts it, with the flags."""

from __future__ import annotations

from contextlib import suppress

from click import Abort
from streamlit import net_util
from streamlit.web.cli import main

from geo.ui.memory import share_heaps


def _not_asked() -> None:
    """Stand in for a question to a server on the internet: "what is my address?".

    Streamlit asks it at whatever web page tries to connect from another origin, and lets
    everybody wait for the answer; the page is refused with or without it.
    """


net_util.get_external_ip = _not_asked

if __name__ == "__main__":
    share_heaps()
    with suppress(Abort, KeyboardInterrupt):  # Ctrl-C is how it ends, be it ever so early
        main(standalone_mode=False)
