"""The Streamlit app: page settings, sidebar and navigation. `rewatt app` starts it."""

import streamlit as st

from geo.ui import choice, pages

st.set_page_config(page_title="rewatt", page_icon=":zap:", layout="wide")
st.navigation(pages.pages(choice.choose()), position="top").run()
