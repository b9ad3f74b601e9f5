"""The main road: a customer's file in; numbered, stamped, signed, durable documents out, or the reasons why not.

Everything that can be known is checked before a folio is taken. Then one transaction takes the folio, stamps, signs and
records; a crash rolls all of it back. An outcome says accepted only after that transaction is durable.

===================  ==================================================================================================
``road``             the road from top to bottom: parse, judge, what was issued before, transaction, answer
``submission``       what travels along it: who hands which file in, on which day, and who waits for the answer
``transaction``      the one transaction: take the folio, stamp, sign, record
``rehearsal``        ``Validar``: the same in a transaction that is rolled back
``repeats``          the same file again
``annulling``        the note that annuls a document, which ``annulling_note`` prepares
``reissuing``        the folio of a document that the SII refused, issued again
``unfinished``       a file of which a part is issued when something fails
``entering``         documents received from others, which leave the road for the ledger
``signing``          the certificate that signs now
``outcomes``         what is told of each document
===================  ==================================================================================================
"""

from dteplanows.issuing.road import Issuer, open_issuer
from dteplanows.issuing.unfinished import CHUNK

__all__ = ["CHUNK", "Issuer", "open_issuer"]
