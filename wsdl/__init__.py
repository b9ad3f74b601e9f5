"""The published contract; installed as ``dteplanows.wsdl``."""
