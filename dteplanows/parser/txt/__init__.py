"""The flat TXT (formato 1): its layout, its marks and rows, and the documents that they are."""
