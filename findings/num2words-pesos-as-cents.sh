#!/usr/bin/env bash
# num2words (Python) writes an amount in Chilean pesos a hundred times too small when it is given as a whole number, the
# only form that pesos have: 21990 with to="currency" and currency="CLP" gives «doscientos diecinueve pesos con noventa
# centavos», and no error. It takes a whole number for hundredths, as of euros, though of the peso there are none. The
# same amount as a float, a Decimal or a text gives the right pesos, with «cero centavos» behind them. And the number
# without a currency is «veintiuno mil» for 21000, where Spanish says «veintiún mil», as this library does with one.
#
# Why it matters: invoices, receipts and cheques in Chile carry the total in words, and programs take it from the whole
# number that stands in MntTotal. On paper the words then contradict the figures, and on a cheque the words count.
#
# Seen: num2words 0.5.14, Python 3.11.7:
#   21990            doscientos diecinueve pesos con noventa centavos
#   1000000          diez mil pesos con cero centavos
#   21990.0          veintiún mil novecientos noventa pesos con cero centavos
#   "21990"          veintiún mil novecientos noventa pesos con cero centavos
#   21000, alone     veintiuno mil
# Expected: «veintiún mil novecientos noventa pesos» for 21990. Ends with an error when any of these is otherwise.
set -euo pipefail

command -v python3 > /dev/null || { echo "Python 3 is not installed." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check num2words==0.5.14 > "$folder/log.txt" 2>&1 ||
    { cat "$folder/log.txt" >&2; exit 2; }

found=$("$folder/env/bin/python" - <<'PYTHON'
from num2words import num2words


def pesos(amount):
    return num2words(amount, lang="es", to="currency", currency="CLP")


for amount in (21990, 1000000, 21990.0, "21990"):
    print(repr(amount), pesos(amount), sep="\t")
print("alone", num2words(21000, lang="es"), sep="\t")
PYTHON
)
echo "$found"
expected=$(printf '%s\t%s\n' \
    21990 'doscientos diecinueve pesos con noventa centavos' \
    1000000 'diez mil pesos con cero centavos' \
    21990.0 'veintiún mil novecientos noventa pesos con cero centavos' \
    "'21990'" 'veintiún mil novecientos noventa pesos con cero centavos' \
    alone 'veintiuno mil')
[ "$found" = "$expected" ] || { echo "It is otherwise now." >&2; exit 1; }
