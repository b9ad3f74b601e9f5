"""The XML of customers (formato 2): from its bytes to a tree, and from the tree to documents."""
