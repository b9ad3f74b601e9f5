"""The contract: the WSDL as it is published, and the operations as Spyne maps them."""
