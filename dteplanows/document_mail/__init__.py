"""The mail that brings a document to its receiver, with the PDF, the signed XML and the address of its page.

``template`` holds what a company may write, ``letter`` makes the mail, ``worker`` sends what is queued, and
``returned`` reads what comes back. Nothing here is in the way of an answer: the queue is part of the ledger.
"""
