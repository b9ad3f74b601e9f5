"""The manners of an ASMX server: bodies, characters, envelopes, faults, replies, callers and addresses."""
