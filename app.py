"""The Streamlit app: page settings and navigation. `rewatt app` starts it."""

import streamlit as st

from geo.ui import ranking_page

st.set_page_config(page_title="rewatt", page_icon=":zap:", layout="wide")
st.navigation([st.Page(ranking_page.page, title="Map and ranking", url_path="ranking")]).run()
