"""dteplanows: the wsplano.asmx contract, answered on the customer's own machine."""

__version__ = "0.6.0"
"""The only place of the version: three numbers, as ``Version`` answers. ``CHANGELOG.rst`` says what each brought."""
