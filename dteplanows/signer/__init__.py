"""Stamps (TED) and signs (XMLDSig) documents and envelopes."""
