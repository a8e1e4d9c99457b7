"""Plotly figures from the calendar table: no streamlit, no reading of files, no clock."""
