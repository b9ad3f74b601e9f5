"""The totals of a document against its lines, and the same sale written so that both agree."""
