"""The simulated SII, over real HTTP, with envelopes made by code that shares nothing with it or our signer."""
