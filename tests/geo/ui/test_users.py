"""Several people at once: nobody sees what another chose or brought."""

from __future__ import annotations

import pandas as pd
import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from tests.geo.ui.conftest import at_the_map, settled
from tests.geo.ui.session import Session


def ranked():
    import streamlit as st

    from geo.ui import cached, scratch
    from geo.ui.choice import choose

    own = scratch.own_sites()
    st.text("mine: " + ("none" if own is None else ", ".join(own["name"])))
    chosen = choose()
    if chosen is not None:
        table = chosen[1].sites[["name", "energised_mw"]]
        st.dataframe(table.assign(score=chosen[1].scores.score))
        st.text(f"metrics: {chosen[1].metrics.value.sum().sum()}")
        st.text(f"stations: {cached.layers()['substations'].table['max_kv'].sum()} kV")


def spoiled():
    """Change every shared table in place, as a careless page might."""
    import streamlit as st

    from geo.ui import cached
    from geo.ui.choice import choose

    chosen = choose()
    if chosen is not None:
        one = chosen[1]
        for table in (one.sites, one.metrics.value, one.scores.utilities, *one.gates.values()):
            for name in list(table):
                table[name] = None
        sites, stations = cached.sites(), cached.layers()["substations"].table
        sites["name"] = "spoiled"
        sites["energised_mw"] = 0.0
        stations["max_kv"] = 0.0
        value = cached.metrics(200.0).value
        value.loc[:] = 0.0
        st.text("done")


def brought():
    import pandas as pd

    from geo.ui import scratch

    scratch.keep(
        pd.DataFrame(
            {
                "site_id": ["own-1"],
                "name": ["Only mine"],
                "lat": [34.38],
                "lon": [-100.06],
                "coord_precision": ["site"],
            }
        )
    )


def session(function):
    app = AppTest.from_function(function, default_timeout=60).run()
    assert not app.exception
    return app


def scores(app):
    return app.dataframe[0].value["score"]


def mine(app):
    return next(one.value for one in app.text if one.value.startswith("mine: "))


def test_another_session_keeps_its_weights():
    one, other = session(ranked), session(ranked)
    before = scores(other)
    land = next(it for it in one.slider if it.label.startswith("Land"))
    land.set_value(land.max).run()
    assert not one.exception
    other.run()
    assert not scores(one).equals(before)
    pd.testing.assert_series_equal(scores(other), before)
    pd.testing.assert_series_equal(scores(session(ranked)), before)


def test_a_page_that_changes_a_table_spoils_it_for_nobody():
    untouched = session(ranked)
    app = session(spoiled)
    assert [one.value for one in app.text] == ["done"]
    app.run()
    after = session(ranked)
    pd.testing.assert_frame_equal(after.dataframe[0].value, untouched.dataframe[0].value)
    assert [one.value for one in after.text] == [one.value for one in untouched.text]


def test_own_sites_are_seen_by_their_owner_alone():
    def both():
        from tests.geo.ui.test_users import brought, ranked

        brought()
        ranked()

    owner, other = session(both), session(ranked)
    assert mine(owner) == "mine: Only mine"
    assert mine(other) == "mine: none"
    other.run()
    assert mine(other) == "mine: none"


@pytest.mark.browser
def test_two_browsers_do_not_see_each_others_choice(browse):
    one, other = (at_the_map(browse()) for _ in range(2))
    one.get_by_test_id("stSidebar").get_by_text("potential", exact=True).click()
    settled(one)
    expect(one.get_by_role("radio", name="potential")).to_be_checked()
    other.get_by_role("link", name="How sure is it?").first.click()
    other.get_by_text("Rank 1, Rockdale (Dory Creek), is first in").wait_for(timeout=60_000)
    one.get_by_role("link", name="How sure is it?").first.click()
    one.get_by_text("Rank 1, Sweetwater 1, is first in").wait_for(timeout=60_000)
    expect(other.get_by_role("radio", name="score")).to_be_checked()
    expect(other.get_by_text("Rank 1, Rockdale (Dory Creek), is first in")).to_have_count(1)


def test_a_client_that_is_silent_about_its_widgets_keeps_what_it_asked(served):
    with Session(served) as user:
        user.query = "region=louisiana&min_mw=10"
        user.open("")
        for path in ("site", "compare", "what-if", ""):
            user.forget()
            run = user.open(path)
            assert run.exceptions == []
            assert user.query.startswith("region=louisiana")
            assert "min_mw=10" in user.query
