"""The engines that a ledger can lie in, and all that is special to one of them.

The rest of the ledger writes one form of SQL, with ``?`` for each value, and asks :class:`~.base.Database` for the few
things that engines do each in their own way.
"""
