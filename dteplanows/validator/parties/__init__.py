"""Who takes part in a document: the issuer as the account knows it, the receiver, and the buyer of a large boleta."""
