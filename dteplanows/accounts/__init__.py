"""Who calls and who signs: users, their tokens, and the certificates of a company."""
