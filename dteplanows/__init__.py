"""dteplanows: the wsplano.asmx contract, answered on the customer's own machine."""

__version__ = "0.1.0"
