"""Settings: who works here, and where the workspace is kept."""

from pages.components.guard import require_entrance

require_entrance()

import streamlit as st

st.title("Settings")
