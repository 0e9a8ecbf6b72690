"""A page with a map and nothing else, for the tests of the map."""

import json
import os
from dataclasses import replace

import pandas as pd
import streamlit as st

from geo.assess import assess
from geo.metrics import measure_sites, together
from geo.question import Question
from geo.scenario import load_scenario
from geo.sites import complete, embedded_sites
from geo.ui.sitemap import show_map
from layers import Store, load_layers

EVIL, EVIL_STATION = os.environ["EVIL"], os.environ["EVIL_STATION"]
st.set_page_config(layout="wide")


@st.cache_resource
def everything():
    layers = load_layers(store=Store.embedded())
    stations = layers["substations"]
    table = stations.table.copy()
    table.loc[table["substation_id"] == EVIL_STATION, "name"] = EVIL
    layers = {**layers, "substations": replace(stations, table=table)}
    listed = embedded_sites(layers)
    place = {"site_id": "mine", "name": EVIL, "lat": 34.9, "lon": -100.5, "coord_precision": "site"}
    brought = complete(pd.DataFrame([place]), brought=True)
    asked = Question(200, "2026-10")
    both = [measure_sites(some, layers, asked) for some in (listed, brought)]
    return layers, pd.concat([listed, brought]), together(*both), asked


state = st.session_state
for name, start in (("runs", 0), ("events", []), ("area", None)):
    state.setdefault(name, start)
state["runs"] += 1


def choose(site):
    state["events"].append(["site", site])
    state["site"] = site


def draw(ring):
    state["events"].append(["area", ring])
    state["area"] = ring


def point(lat, lon):
    state["events"].append(["point", lat, lon])


layers, sites, metrics, asked = everything()
land = st.slider("Land", 0, 100, 0)
page = st.radio("Page", ["map", "other"], horizontal=True)
quiet = st.checkbox("No tools")
st.selectbox("Site", [None, *sites.index], key="site")
scenario = load_scenario("balanced")
weighed = scenario.with_weights({**scenario.weights, "land": float(land)})
if page == "map":
    show_map(
        assess(sites, layers, weighed, asked, metrics=metrics),
        layers,
        key="tried",
        area=state["area"],
        selected=state["site"],
        own=frozenset({"mine"}),
        on_site=choose,
        on_point=None if quiet else point,
        on_area=draw,
    )
st.text("told " + json.dumps({"runs": state["runs"], "events": state["events"]}))
