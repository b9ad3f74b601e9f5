#!/usr/bin/env bash
# Three libraries that know the holidays of Chile give three calendars, each year. date-holidays (npm) lacks the Saturday
# of Holy Week, a legal holiday, and has Easter Sunday in its place. workalendar (Python) has 31 December as a day on
# which nobody works: only the banks are closed then; and it lacks Monday 2 January after a Sunday 1 January, a holiday
# since 2017 (Ley 20.983). holidays (Python) has the days that the laws name.
#
# Why it matters: the last day of a term that ends on a holiday is the next working day, and programs ask such a library
# for that: when the tax of the month is due, when a term of working days of the SII ends. A year's declarations and
# many contracts end on 31 December: a program with workalendar waits until 2 January. All other days agree, so that the
# figure is right in the months in which somebody tries it.
#
# Seen: date-holidays 3.37.0 on Node 20.20.2 (type public), workalendar 17.0.0 and holidays 0.109 on Python 3.11.7; the
# days of 2023 and 2026 that not all three have:
#   day          holidays   workalendar   date-holidays
#   2023-01-02   yes        no            yes
#   2023-04-08   yes        yes           no
#   2023-04-09   no         no            yes
#   2023-12-31   no         yes           no
#   2026-04-04   yes        yes           no
#   2026-04-05   no         no            yes
#   2026-12-31   no         yes           no
# Expected: the first column everywhere. Ends with an error when any of these is otherwise.
set -euo pipefail

command -v npm > /dev/null || { echo "Node.js with npm is not installed (Debian: nodejs, npm)." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund date-holidays@3.37.0 > log.txt 2>&1 || { cat log.txt >&2; exit 2; }
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check holidays==0.109 workalendar==17.0.0 > log.txt 2>&1 ||
    { cat log.txt >&2; exit 2; }

cat > public.js <<'NODE'
const Holidays = require("date-holidays");
const found = new Holidays("CL").getHolidays(Number(process.argv[2])).filter((one) => one.type === "public");
for (const one of found) console.log(one.date.slice(0, 10));
NODE
cat > compare.py <<'PYTHON'
import subprocess

import holidays
from workalendar.america import Chile

for year in (2023, 2026):
    said = subprocess.run(["node", "public.js", str(year)], check=True, capture_output=True, text=True).stdout
    calendars = [
        {str(day) for day in holidays.CL(years=year)},
        {str(day) for day, _ in Chile().holidays(year)},
        set(said.split()),
    ]
    for day in sorted(set.union(*calendars) - set.intersection(*calendars)):
        print(day, *("yes" if day in one else "no" for one in calendars))
PYTHON
found=$(env/bin/python compare.py)
echo "$found"
[ "$found" = "2023-01-02 yes no yes
2023-04-08 yes yes no
2023-04-09 no no yes
2023-12-31 no yes no
2026-04-04 yes yes no
2026-04-05 no no yes
2026-12-31 no yes no" ] || { echo "It is otherwise now." >&2; exit 1; }
