#!/usr/bin/env bash
# Go: encoding/xml writes a float64 of one million or more with an exponent, however round it is: 1190000 becomes
# 1.19e+06. The same struct through encoding/json has plain digits up to 1e21, so has strconv's 'f'. fmt.Print and "%v"
# write as encoding/xml does, text/template too.
#
# Why it matters: pesos have no cents, so an ERP keeps MntTotal in a float64 and sees 999999 in every test. The first
# invoice over a million carries 1.19e+06, which is no xs:integer and no xs:decimal; a receiver that takes digits up to
# the first stranger reads one peso. Whoever moved from JSON to XML expects the digits that JSON had.
#
# Seen: go1.19.8 (Debian 12: golang-go 2:1.19~1), the standard library alone:
#   value           encoding/xml     encoding/json          fmt.Sprint       text/template
#   999999          999999           999999                 999999           999999
#   1000000         1e+06            1000000                1e+06            1e+06
#   1190000         1.19e+06         1190000                1.19e+06         1.19e+06
#   20999999        2.0999999e+07    20999999               2.0999999e+07    2.0999999e+07
#   1e20            1e+20            100000000000000000000  1e+20            1e+20
# Expected of encoding/xml: what encoding/json writes. Ends with an error when any of these is otherwise.
set -euo pipefail

command -v go > /dev/null || { echo "Go is not installed (Debian: golang-go)." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
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
