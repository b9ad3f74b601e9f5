"""Exportaciones: files of many documents, asked for and fetched."""
