<?php
// What a program does with a document that it received, in order to print it: reads it with ext-dom, writes its stamp
// anew in canonical form with the five characters of the SII's table, flattens it and hands ISO-8859-1 to the barcode.
// Arguments: the files; one line for each, the stamp in hexadecimal.
foreach (array_slice($argv, 1) as $file) {
    $document = new DOMDocument();
    $document->loadXML(str_replace(' xmlns="http://www.sii.cl/SiiDte"', '', file_get_contents($file)));
    $canonical = (new DOMXPath($document))->query('//TED')->item(0)->C14N();
    $pieces = preg_split('/(<[^>]*>)/', $canonical, -1, PREG_SPLIT_DELIM_CAPTURE);
    foreach ($pieces as $at => $piece) {
        if ($at % 2 === 0) { // the text between two tags
            $pieces[$at] = strtr($piece, ['"' => '&quot;', "'" => '&apos;']);
        }
    }
    $flat = preg_replace('/>\s+</', '><', implode('', $pieces));
    echo bin2hex(iconv('UTF-8', 'ISO-8859-1', $flat)), "\n";
}
