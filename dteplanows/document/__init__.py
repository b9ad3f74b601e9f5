"""The DTE model: types, money, codes, RUT and the problems a document can have. No input or output."""
