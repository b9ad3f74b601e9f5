"""How an envelope is judged, in the SII's order: schema, signature of the set, permission, carátula, each document."""
