#!/usr/bin/env bash
# PHP: json_encode of a SimpleXMLElement turns an element with text into a string, and one that is empty into {}. An
# element of blanks alone becomes {} as well, and so does one whose text stands in CDATA, whatever is in it: the text is
# lost, although a cast to string of the same element gives it. LIBXML_NOCDATA heals only the CDATA, not the blanks.
# After json_decode(..., true), the usual way to make an array of an answer, {} is array().
#
# Why it matters: PHP programs read answers of SOAP and DTE files this way. A field that is filled on every invoice of
# the test (Glosa, RznRef, DscItem) is once empty or blank in operation, and strlen() or trim() of it throws a
# TypeError, or the database gets "Array". An answer that carries its text in CDATA is gone without a warning.
#
# Seen: PHP 8.2.36 (Debian 12: php8.2-cli, php8.2-xml 8.2.36-1~deb12u1) with libxml 2.9.14:
#   element                        json        cast to string
#   <A>x</A>                       "x"         "x"
#   <A> x</A>                      " x"        " x"
#   <A/>                           {}          ""
#   <A> </A>                       {}          " "
#   <A><![CDATA[x;y]]></A>         {}          "x;y"
#   <A>x<![CDATA[;y]]></A>         "x;y"       "x;y"
#   <A><![CDATA[x;y]]></A>         "x;y"       "x;y"     with LIBXML_NOCDATA
#   <A> </A>                       {}          " "       with LIBXML_NOCDATA
# Expected: in each line the string of the cast. Ends with an error when any of these is otherwise.
#
# Needs apt-get of Debian 12 and the libraries of its php8.2-cli; the pinned packages are unpacked in a temporary folder.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
fetch() { # pinned Debian packages, unpacked in the temporary folder
    command -v apt-get > /dev/null && command -v dpkg-deb > /dev/null || { echo "apt-get and dpkg-deb are needed." >&2; exit 2; }
    apt-get download "$@" > log.txt 2>&1 || { cat log.txt >&2; echo "These versions cannot be had here: $*" >&2; exit 2; }
    for package in ./*.deb; do dpkg-deb -x "$package" .; done
}
fetch php8.2-cli=8.2.36-1~deb12u1 php8.2-common=8.2.36-1~deb12u1 php8.2-xml=8.2.36-1~deb12u1
modules=$(dirname "$(find "$folder/usr/lib/php" -name simplexml.so)")
php() { "$folder/usr/bin/php8.2" -n -d extension_dir="$modules" -d extension=simplexml "$@"; }
php -r 'echo "PHP ", PHP_VERSION, ", libxml ", LIBXML_DOTTED_VERSION, "\n";'

cat > "$folder/elements.php" <<'PHP'
<?php
$cases = [
    ['<A>x</A>', 0, '"x"', 'x'],
    ['<A> x</A>', 0, '" x"', ' x'],
    ['<A/>', 0, '{}', ''],
    ['<A> </A>', 0, '{}', ' '],
    ['<A><![CDATA[x;y]]></A>', 0, '{}', 'x;y'],
    ['<A>x<![CDATA[;y]]></A>', 0, '"x;y"', 'x;y'],
    ['<A><![CDATA[x;y]]></A>', LIBXML_NOCDATA, '"x;y"', 'x;y'],
    ['<A> </A>', LIBXML_NOCDATA, '{}', ' '],
];
$wrong = 0;
foreach ($cases as [$element, $options, $json, $cast]) {
    $document = simplexml_load_string("<Documento>$element</Documento>", SimpleXMLElement::class, $options);
    $found = [json_encode($document), (string) $document->A];
    printf("%-28s %-16s '%s'\n", $element, ...$found);
    $wrong |= $found !== ["{\"A\":$json}", $cast];
}
exit((int) $wrong);
PHP
php "$folder/elements.php"
