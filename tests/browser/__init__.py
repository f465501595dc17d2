"""The officers' pages in a real Chromium: what a test without a browser can't see."""
