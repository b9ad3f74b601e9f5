"""The SOAP service: the contract of ``wsplano.asmx``, answered as an ASMX server does, but more tolerant.

==================  ===================================================================================================
``front``           the application at the address of the service
``pages/``          what a person sees there in a browser
``contract/``       the operations as the WSDL publishes them and as Spyne maps them
``operations/``     what each operation does
``login/``          who may come in, and how often
``asmx/``           the manners of an ASMX server: bodies, envelopes, faults, addresses
``answer/``         the answer string, and how each operation says that it could not do what was asked
``base64text``      the texts of the contract
``limits``          how much of the service one caller may use
==================  ===================================================================================================
"""
