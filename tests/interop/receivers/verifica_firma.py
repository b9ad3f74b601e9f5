"""Verifies signed documents with facturacion_electronica: one line for each, its answer. Arguments: the files."""

import sys
from pathlib import Path

from facturacion_electronica.firma import Firma

for name in sys.argv[1:]:
    state, text = Firma().verificar_firma_xml(Path(name).read_bytes().decode("ISO-8859-1"))
    print(state, text)
