"""The pages of a company's users: who they are, what they may do, and how they come in."""
