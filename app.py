"""The Streamlit app: page settings, sidebar and navigation. `rewatt app` starts it."""

from functools import partial

import streamlit as st

from geo.ui import choice, ranking_page, trust_page

st.set_page_config(page_title="rewatt", page_icon=":zap:", layout="wide")
if (chosen := choice.choose()) is not None:
    rank, trust = partial(ranking_page.page, *chosen), partial(trust_page.page, *chosen)
    first = st.Page(rank, title="Map and ranking", url_path="ranking")
    second = st.Page(trust, title="How sure is it?", url_path="trust")
    st.navigation([first, second], position="top").run()
