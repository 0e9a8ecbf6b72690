"""The Streamlit app: page settings, sidebar and navigation. `rewatt app` starts it."""

from functools import partial

import streamlit as st

from geo.ui import choice, data_page, ranking_page, trust_page

st.set_page_config(page_title="rewatt", page_icon=":zap:", layout="wide")
if (chosen := choice.choose()) is not None:
    pages = ranking_page.page, trust_page.page, data_page.page
    rank, trust, data = (partial(page, *chosen) for page in pages)
    first = st.Page(rank, title="Map and ranking", url_path="ranking")
    second = st.Page(trust, title="How sure is it?", url_path="trust")
    third = st.Page(data, title="Data", url_path="data")
    st.navigation([first, second, third], position="top").run()
