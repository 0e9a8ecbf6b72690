"""The peer of benchmarks/app.py: one slider and an empty st_folium map, and nothing else."""

import folium
import streamlit as st
from streamlit_folium import st_folium

at = st.slider("Land", 0.0, 100.0, 5.0, 0.1)
st_folium(folium.Map((39, -96), zoom_start=4, tiles=None), height=560, returned_objects=[])
st.text(f"moved to {at:g}")
