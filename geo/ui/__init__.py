"""The Streamlit pages, one file each."""
