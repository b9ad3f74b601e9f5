#!/usr/bin/env bash
# @fdograph/rut-utilities (npm) finds the two RUT invalid that the SII itself prescribes for receivers: 66.666.666-6, the
# buyer of a boleta who gives no RUT, and 55.555.555-5, the foreign buyer of an export document. Both have the right
# check digit. The library takes a RUT of one repeated figure for invented, unless a second argument says otherwise.
# For a list of RUT its documentation gives that argument the other usual value, false; the list is judged the same.
#
# Why it matters: a form or a program of an ERP that looks at the receiver with this library refuses every anonymous
# boleta above the limit that asks for a receiver, and every export invoice, or makes people write another RUT there,
# which is then declared to the SII as the buyer. 60.803.000-K and others pass, so that it is only seen on those days.
#
# Seen: @fdograph/rut-utilities 1.4.0, Node 20.20.2:
#   RUT             validateRut   with false   validateRutList
#   66.666.666-6    false         true         false
#   55.555.555-5    false         true         false
#   60.803.000-K    true          true         true
# Expected: true everywhere; and rut.js 2.1.0 says so of all three. Ends with an error when any of these is otherwise.
set -euo pipefail

command -v npm > /dev/null || { echo "Node.js with npm is not installed (Debian: nodejs, npm)." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund @fdograph/rut-utilities@1.4.0 rut.js@2.1.0 > log.txt 2>&1 || { cat log.txt >&2; exit 2; }
node --version

cat > judge.js <<'NODE'
const one = require("@fdograph/rut-utilities");
const other = require("rut.js");
for (const rut of ["66.666.666-6", "55.555.555-5", "60.803.000-K"]) {
  const list = one.validateRutList([rut]).get(rut);
  console.log(rut, one.validateRut(rut), one.validateRut(rut, false), list, other.validate(rut));
}
NODE
found=$(node judge.js)
echo "$found"
[ "$found" = "66.666.666-6 false true false true
55.555.555-5 false true false true
60.803.000-K true true true true" ] || { echo "It is otherwise now." >&2; exit 1; }
