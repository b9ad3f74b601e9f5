"""The SII: envelopes of issued documents, and each of its services as one module that asks and reads the answer.

Nothing here decides when something is sent or keeps what came of it: the outbox will. A *transport* takes an
:class:`~dteplanows.sii.calls.Http`, asks once and gives a value: what the SII said, or what became of the attempt
(:mod:`dteplanows.sii.outcomes`). None of them raises because of what a network or the SII does.
"""
