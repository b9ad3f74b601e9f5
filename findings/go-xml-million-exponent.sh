#!/usr/bin/env bash
# Go: encoding/xml writes a float64 of one million or more with an exponent, however round it is: 1190000 becomes
# 1.19e+06. The same struct through encoding/json has plain digits up to 1e21, so has strconv's 'f'. fmt.Print and "%v"
# write as encoding/xml does, text/template too.
#
# Why it matters: pesos have no cents, so an ERP keeps MntTotal in a float64 and sees 999999 in every test. The first
# invoice over a million carries 1.19e+06, which is no xs:integer and no xs:decimal; a receiver that takes digits up to
# the first stranger reads one peso. Whoever moved from JSON to XML expects the digits that JSON had.
#
# Seen: go1.19.8 (Debian 12: golang-1.19-go 1.19.8-2), the standard library alone:
#   value           encoding/xml     encoding/json          fmt.Sprint       text/template
#   999999          999999           999999                 999999           999999
#   1000000         1e+06            1000000                1e+06            1e+06
#   1190000         1.19e+06         1190000                1.19e+06         1.19e+06
#   20999999        2.0999999e+07    20999999               2.0999999e+07    2.0999999e+07
#   1e20            1e+20            100000000000000000000  1e+20            1e+20
# Expected of encoding/xml: what encoding/json writes. Ends with an error when any of these is otherwise.
#
# Needs apt-get of Debian 12; the pinned packages are unpacked in a temporary folder and installed nowhere.
set -euo pipefail

folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
fetch() { # pinned Debian packages, unpacked in the temporary folder
    command -v apt-get > /dev/null && command -v dpkg-deb > /dev/null || { echo "apt-get and dpkg-deb are needed." >&2; exit 2; }
    apt-get download "$@" > log.txt 2>&1 || { cat log.txt >&2; echo "These versions cannot be had here: $*" >&2; exit 2; }
    for package in ./*.deb; do dpkg-deb -x "$package" .; done
}
fetch golang-1.19-go=1.19.8-2 golang-1.19-src=1.19.8-2
# The two packages point at each other by links that hold only where they are installed.
root=$folder/usr/lib/go-1.19
for name in src misc api test; do rm -rf "${root:?}/$name"; ln -s "$folder/usr/share/go-1.19/$name" "$root/$name"; done
export GOROOT=$root GOPATH=$folder/go GOCACHE=$folder/cache GO111MODULE=off PATH=$root/bin:$PATH
go version

cat > amounts.go <<'GO'
package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"strings"
	"text/template"
)

type Totales struct {
	MntTotal float64
}

func written(total float64) string {
	x, _ := xml.Marshal(Totales{total})
	j, _ := json.Marshal(total)
	var t strings.Builder
	template.Must(template.New("").Parse("{{.}}")).Execute(&t, total)
	digits := strings.TrimSuffix(strings.TrimPrefix(string(x), "<Totales><MntTotal>"), "</MntTotal></Totales>")
	return strings.Join([]string{digits, string(j), fmt.Sprint(total), t.String()}, " ")
}

func main() {
	cases := []struct {
		total    float64
		expected string
	}{
		{999999, "999999 999999 999999 999999"},
		{1000000, "1e+06 1000000 1e+06 1e+06"},
		{1190000, "1.19e+06 1190000 1.19e+06 1.19e+06"},
		{20999999, "2.0999999e+07 20999999 2.0999999e+07 2.0999999e+07"},
		{1e20, "1e+20 100000000000000000000 1e+20 1e+20"},
	}
	wrong := 0
	for _, one := range cases {
		found := written(one.total)
		fmt.Println(found)
		if found != one.expected {
			wrong = 1
		}
	}
	os.Exit(wrong)
}
GO
go run amounts.go
