#!/usr/bin/env bash
# A loop over the days of September, from the first to the last by steps of one day, misses the last one in Chile. The
# clocks go forward at midnight there, from Saturday 24:00 to Sunday 01:00, so the first Sunday has no 00:00. The usual
# loops of Node and PHP (DateTime) come to 01:00 of that Sunday and stay at 01:00 from then on; at the end 01:00 of the
# 30th is later than the 30th. In August and October all days are there. A loop that goes on while the day is before
# the first of October finds all thirty.
#
# Why it matters: an ERP makes its daily totals, and the list of days to ask a service about, in such a loop. The last
# of September is left out of the book of the month, once in a year, and no test on a server that has UTC shows it.
#
# Seen: Node 20.20.2 (npm package node), PHP 8.2.36 (Debian 12: php8.2-cli 8.2.36-1~deb12u1), zone America/Santiago,
# days found from the 1st to the last. OpenJDK 17.0.15 (Calendar.add) and PostgreSQL 15.18 (generate_series over date)
# gave the same figures once; they are not run here.
#                                  August 2025   September 2025   October 2025   September 2025 in UTC
#   Node, setDate                   31            29               31             30
#   PHP, DateTime::modify           31            29               31             30
# Expected: 31, 30, 31, 30. Ends with an error when any of these is otherwise.
#
# Needs npm, apt-get of Debian 12 and the libraries of its php8.2-cli; the pinned packages come into a temporary folder.
set -euo pipefail

command -v npm > /dev/null || { echo "npm is not installed." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
fetch() { # pinned Debian packages, unpacked in the temporary folder
    command -v apt-get > /dev/null && command -v dpkg-deb > /dev/null || { echo "apt-get and dpkg-deb are needed." >&2; exit 2; }
    apt-get download "$@" > log.txt 2>&1 || { cat log.txt >&2; echo "These versions cannot be had here: $*" >&2; exit 2; }
    for package in ./*.deb; do dpkg-deb -x "$package" .; done
}
fetch php8.2-cli=8.2.36-1~deb12u1 php8.2-common=8.2.36-1~deb12u1
npm install --silent --no-audit --no-fund --prefix "$folder" node@20.20.2 > log.txt 2>&1 || { cat log.txt >&2; exit 2; }
node=$folder/node_modules/node/bin/node
php=$folder/usr/bin/php8.2
"$node" --version
"$php" -n -r 'echo "PHP ", PHP_VERSION, "\n";'

cat > days.js <<'NODE'
const [month, end] = process.argv.slice(2).map(Number);
const last = new Date(2025, month - 1, end);
let days = 0;
for (const day = new Date(2025, month - 1, 1); day <= last; day.setDate(day.getDate() + 1)) days++;
console.log(days);
NODE
cat > days.php <<'PHP'
<?php
date_default_timezone_set(getenv('TZ'));
$last = new DateTime("2025-$argv[1]-$argv[2]");
$days = 0;
for ($day = new DateTime("2025-$argv[1]-01"); $day <= $last; $day->modify('+1 day')) {
    $days++;
}
echo $days, "\n";
PHP

wrong=0
days() { # zone, month, last day, days that both find
    export TZ=$1
    found="$("$node" days.js "$2" "$3") $("$php" -n days.php "$2" "$3")"
    echo "$1, month $2: $found"
    [ "$found" = "$4 $4" ] || wrong=1
}
days America/Santiago 08 31 31
days America/Santiago 09 30 29
days America/Santiago 10 31 31
days UTC 09 30 30
exit "$wrong"
