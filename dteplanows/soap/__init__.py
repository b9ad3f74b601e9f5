"""The SOAP contract of wsplano.asmx: what arrives over HTTP, and the answers as an ASMX server gives them."""
