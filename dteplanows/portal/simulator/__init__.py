"""The page ``simulador``, in ``pruebas``: how the local SII behaves, and the faults that it is to commit."""
