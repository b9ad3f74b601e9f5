"""The page ``envios``: what goes to the SII, what it said, what is stuck, and what a person does about it."""
