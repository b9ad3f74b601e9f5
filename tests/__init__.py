"""Tests of dteplanows; the folders mirror the package."""
