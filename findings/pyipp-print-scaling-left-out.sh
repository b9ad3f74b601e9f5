#!/usr/bin/env bash
# pyipp (PyPI, a client of printers and CUPS) leaves a job's attribute out of the message, without a word, where its
# name is not in the library's own table: print-scaling, media-col, page-ranges, multiple-document-handling and more,
# all of them in RFC 8011 or PWG 5100.13. Neither an exception nor a warning; a line for whoever logs at DEBUG.
#
# Whom it hurts: who prints documents that must keep their size. A letter sent to a queue whose paper is A4 is enlarged
# and cropped by the filters of CUPS (cups-filters 1.28) unless the job says print-scaling=none; the caller has said it,
# the printer never hears it, and the barcode and margins of a tax document come out in another size. copies, media and
# sides do leave, so that a first try looks right.
#
# Seen: pyipp 0.17.2, Python 3.11; of {copies: 2, print-scaling: none, page-ranges: 1, media: na_letter_8.5x11in} the
# message has
#   copies, media
# Expected: all four, or an error that names the two. Ends with an error when that is otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check pyipp==0.17.2 2> "$folder/log" ||
    { cat "$folder/log" >&2; exit 2; }
"$folder/env/bin/python" - <<'PYTHON'
import sys
import warnings

from pyipp.enums import IppOperation
from pyipp.serializer import encode_dict

warnings.simplefilter("error")
asked = {"copies": 2, "print-scaling": "none", "page-ranges": "1", "media": "na_letter_8.5x11in"}
message = encode_dict(
    {
        "version": (2, 0),
        "operation": IppOperation.PRINT_JOB,
        "operation-attributes-tag": {
            "attributes-charset": "utf-8",
            "attributes-natural-language": "es",
            "printer-uri": "ipp://localhost/printers/facturas",
            "job-name": "factura-33-120",
            "document-format": "application/pdf",
        },
        "job-attributes-tag": asked,
    }
)
left = [name for name in asked if name.encode() in message]
print(sys.version.split()[0], ", ".join(left))
sys.exit(left != ["copies", "media"])
PYTHON
