<?php
// Reads certificates in PEM with ext-openssl: one line for each, the serial number or "-". Arguments: the files.
foreach (array_slice($argv, 1) as $file) {
    $read = @openssl_x509_read(file_get_contents($file));
    echo $read ? openssl_x509_parse($read)['serialNumberHex'] : '-', "\n";
}
