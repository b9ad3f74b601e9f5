"""The page ``certificados``: what a company signs with, until when, and loading another one."""
