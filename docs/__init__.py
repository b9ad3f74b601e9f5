"""The manual for integrators: its sources in ``manual/``, and what builds it. Nothing of it runs with the service."""
