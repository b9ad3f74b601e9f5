"""Autoimpresión: what a company's documents are printed on by themselves.

``routing`` says which printer a document goes to, in the transaction that issues it; ``worker`` sends what is queued,
by the sender of the printer's kind (``raw``, ``lpd``, ``folder``; ``sending`` says what is asked of one), and
``content`` makes what is sent. ``managing`` is what people do: printers, routes, copies once more.
"""
