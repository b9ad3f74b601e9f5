#!/usr/bin/env bash
# validar-rut (npm) writes on the standard output each time that it judges a RUT: the digits of the RUT, one by one from
# the last to the first, with the colours of a terminal where that is one. The answer itself is right.
#
# Why it matters: a program that gives its result on the standard output (JSON for another program, a flat file that is
# piped to its sender) has these lines in the midst of it, and whoever reads it fails or reads the figures as columns.
# In a server the RUT of every customer who fills in a form comes into the log that nobody knew was written.
#
# Seen: validar-rut 3.1.0, Node 20.20.2; a program that judges 76.354.771-K and prints {"good":true} has six lines
# on its output, of which the last is its own:
#   [
#     '1', '7', '7',
#     '4', '5', '3',
#     '6', '7'
#   ]
#   {"good":true}
# Expected: {"good":true} alone, as with rut.js 2.1.0. Ends with an error when any of these is otherwise.
set -euo pipefail

command -v npm > /dev/null || { echo "Node.js with npm is not installed (Debian: nodejs, npm)." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund validar-rut@3.1.0 rut.js@2.1.0 > log.txt 2>&1 || { cat log.txt >&2; exit 2; }
node --version

told() { # what a program prints that judges a RUT by the library and function $1
    node -e "console.log(JSON.stringify({ good: $1('76.354.771-K') }))"
}
right=$(told "require('rut.js').validate")
found=$(told "require('validar-rut').validarRUT")
echo "$found"
[ "$right" = '{"good":true}' ] || { echo "rut.js: $right" >&2; exit 1; }
[ "$(tail -n 1 <<< "$found")" = '{"good":true}' ] || { echo "The answer is otherwise now." >&2; exit 1; }
digits=$(head -n -1 <<< "$found" | tr -dc '0-9')
[ "$digits" = 17745367 ] || { echo "It prints otherwise now." >&2; exit 1; }
