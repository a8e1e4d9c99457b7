"""UPR."""

from pages.components.guard import require_entrance

require_entrance()

import streamlit as st

from calendar_model.calendar import when
from pages.components.context import current

st.title("UPR")
shown = current().filtered
st.caption(f"{len(shown)} items in the calendar.")
for row in shown.head(10).itertuples():
    st.markdown(f"{when(row, current().zone)}: {row.title}")
