#!/usr/bin/env bash
# mawk, which is "awk" on Debian 12: a sum that is a whole number of 2147483648 or more is printed with six digits,
# 2147483647 is printed in full. printf "%d" of all that is larger prints 2147483647 without a word. What helps is
# printf "%.0f". A column that is only passed on keeps its digits; one that was computed with, even "+ 0", does not.
#
# Why it matters: shell scripts around an ERP add up a column of a ";" file, the total of a book of sales or purchases.
# 2147483647 pesos are two million dollars, which a middling firm sells in a month. The total is then 2.98765e+09
# in place of 2987654321, or, with %d, the wrong amount 2147483647, which looks like a right one; a barcode of 13 digits
# after "+ 0" loses all behind the sixth, so that different ones become the same key. gawk writes whole numbers in full,
# and scripts come from machines where awk is gawk.
#
# Seen: mawk 1.3.4 20200120 (Debian 12: mawk 1.3.4.20200120-3.1), two lines whose second column is summed up:
#   amounts                     print sum      printf "%d"     printf "%.0f"
#   1000000000, 1147483647      2147483647     2147483647      2147483647
#   1000000000, 1147483648      2.14748e+09    2147483647      2147483648
#   1987654321, 1000000000      2.98765e+09    2147483647      2987654321
#   7800000000001 + 0 and 7800000000002 + 0 as keys of an array: one key, 7.8e+12
# Expected: in each line the amount of the last column, and two keys. POSIX has whole numbers become strings as by %d.
# Ends with an error when any of these is otherwise.
#
# Needs apt-get of Debian 12; the pinned package is unpacked in a temporary folder and installed nowhere.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
fetch() { # pinned Debian packages, unpacked in the temporary folder
    command -v apt-get > /dev/null && command -v dpkg-deb > /dev/null || { echo "apt-get and dpkg-deb are needed." >&2; exit 2; }
    apt-get download "$@" > log.txt 2>&1 || { cat log.txt >&2; echo "These versions cannot be had here: $*" >&2; exit 2; }
    for package in ./*.deb; do dpkg-deb -x "$package" .; done
}
fetch mawk=1.3.4.20200120-3.1
PATH=$folder/usr/bin:$PATH
mawk -W version 2>&1 | sed -n 1p

wrong=0
sums() { # first amount, second amount, expected
    found=$(printf '33;%s\n33;%s\n' "$1" "$2" |
        mawk -F';' '{ sum += $2 } END { print sum; printf "%d\n%.0f\n", sum, sum }' | paste -sd' ')
    echo "$1 + $2: $found"
    [ "$found" = "$3" ] || wrong=1
}
sums 1000000000 1147483647 "2147483647 2147483647 2147483647"
sums 1000000000 1147483648 "2.14748e+09 2147483647 2147483648"
sums 1987654321 1000000000 "2.98765e+09 2147483647 2987654321"

keys=$(printf '7800000000001;2\n7800000000002;3\n' |
    mawk -F';' '{ of[$1 + 0] += $2 } END { for (k in of) print k, of[k] }')
echo "keys: $keys"
[ "$keys" = "7.8e+12 5" ] || wrong=1
exit "$wrong"
