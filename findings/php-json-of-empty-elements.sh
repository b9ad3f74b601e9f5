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
set -euo pipefail

command -v php > /dev/null || { echo "PHP is not installed (Debian: php-cli, php-xml)." >&2; exit 2; }
php -r 'exit(extension_loaded("SimpleXML") ? 0 : 1);' || { echo "PHP has no SimpleXML (Debian: php-xml)." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
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
