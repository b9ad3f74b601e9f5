#!/usr/bin/env bash
# A loop over the days of September, from the first to the last by steps of one day, misses the last one in Chile. The
# clocks go forward at midnight there, from Saturday 24:00 to Sunday 01:00, so the first Sunday has no 00:00. The usual
# loops of Node, Java (Calendar), PHP (DateTime) and PostgreSQL (generate_series, even over two values of type date,
# which it takes for timestamptz) come to 01:00 of that Sunday and stay at 01:00 from then on; at the end 01:00 of the
# 30th is later than the 30th. In August and October all days are there. Python's date and Java's LocalDate have no
# hours and find all thirty; so does a loop that goes on while the day is before the first of October.
#
# Why it matters: an ERP makes its daily totals, and the list of days to ask a service about, in such a loop. The last
# of September is left out of the book of the month, once in a year, and no test on a server that has UTC shows it.
#
# Seen: Node 20.20.2; OpenJDK 17.0.15; PHP 8.2.36; PostgreSQL 15.18 (Debian 12: openjdk-17-jdk-headless, php8.2-cli,
# postgresql-15; nodejs of NodeSource; tzdata 2025b), time zone America/Santiago, days found from the 1st to the last:
#                                  August 2025   September 2025   October 2025   September 2025 in UTC
#   Node, setDate                   31            29               31             30
#   Java, Calendar.add              31            29               31             30
#   PHP, DateTime::modify           31            29               31             30
#   PostgreSQL, generate_series     31            29               31             30
# Expected: 31, 30, 31, 30. Ends with an error when any of these is otherwise.
set -euo pipefail

server=$(find /usr/lib/postgresql -name initdb -printf '%h\n' 2> /dev/null | sort -V | tail -n 1 || true)
for program in node java php psql "$server/initdb"; do
    command -v "$program" > /dev/null || { echo "$program is not installed." >&2; exit 2; }
done
folder=$(mktemp -d)
stop() {
    as_owner "$server/pg_ctl" -D "$folder/data" -m immediate stop > /dev/null 2>&1 || true
    rm -rf "$folder"
}
as_owner() { # PostgreSQL refuses to run as root
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"
    else
        "$@"
    fi
}
trap stop EXIT
[ "$(id -u)" != 0 ] || chown nobody:nogroup "$folder"
cd "$folder"
as_owner "$server/initdb" -D data -A trust -U someone > log.txt
as_owner "$server/pg_ctl" -D data -o "-k $folder -c listen_addresses=" -l "$folder/server.txt" -w start >> log.txt

cat > Days.java <<'JAVA'
import java.util.Calendar;
import java.util.GregorianCalendar;

public class Days {
    public static void main(String[] given) {
        int month = Integer.parseInt(given[0]) - 1;
        Calendar day = new GregorianCalendar(2025, month, 1);
        Calendar last = new GregorianCalendar(2025, month, Integer.parseInt(given[1]));
        int days = 0;
        for (; !day.after(last); day.add(Calendar.DATE, 1)) days++;
        System.out.println(days);
    }
}
JAVA
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
days() { # zone, month, last day, days that each of the four finds
    export TZ=$1
    found="$(node days.js "$2" "$3") $(java Days.java "$2" "$3") $(php days.php "$2" "$3") $(
        PGTZ=$1 psql -XAt -h "$folder" -U someone postgres -c \
            "select count(*) from generate_series(date '2025-$2-01', date '2025-$2-$3', '1 day')")"
    echo "$1, month $2: $found"
    [ "$found" = "$4 $4 $4 $4" ] || wrong=1
}
days America/Santiago 08 31 31
days America/Santiago 09 30 29
days America/Santiago 10 31 31
days UTC 09 30 30
exit "$wrong"
