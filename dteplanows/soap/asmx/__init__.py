"""The manners of an ASMX server, and kinder: bodies, characters, envelopes, faults, replies, callers and addresses."""
