"""The delivery of issued documents: envelopes are formed, sent and followed until the SII's last word.

``forming`` makes envelopes of what is due, ``sending`` uploads them, ``doubt`` asks about uploads without an answer,
``following`` asks what became of those that arrived, ``documents`` asks about documents one by one, ``verdicts`` writes
down what the SII said of each, and ``worker`` goes round. Everything that happens is in the ledger before and after
each call to the SII, so a worker may be killed at any moment.
"""
