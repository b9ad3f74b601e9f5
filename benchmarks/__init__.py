"""What measures speed; never part of the test run.

A service that is measured has no simulator of the SII beside it: what that takes is no time of the service.
"""

import os

os.environ.setdefault("DTEPLANOWS_SIMULADOR_AUTOMATICO", "false")
