"""The services of the SII, one module each: a request in, a response out."""
