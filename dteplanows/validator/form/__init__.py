"""The form of a document: the element table, the schema made from it, lengths, days."""
