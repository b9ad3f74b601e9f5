"""The lines of a document, each by itself: arithmetic, indicators, retention agents."""
