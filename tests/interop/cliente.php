<?php
// A customer's program in PHP: ext-soap from the published contract, then regular expressions on the answer.
// Arguments: contract, file, formato, and the login as JSON. Writes one JSON object.
[, $wsdl, $file, $formato, $login] = $argv;
$client = new SoapClient($wsdl, ['trace' => true, 'exceptions' => true, 'cache_wsdl' => WSDL_CACHE_NONE]);
$parts = json_decode($login, true);
// Not the order of the contract: the extension puts it right.
$entry = ['Rut' => $parts['Rut'], 'Usuario' => $parts['Usuario'], 'Clave' => $parts['Clave'], 'Puerto' => $parts['Puerto']];

$online = $client->online()->OnlineResult;
$data = base64_encode(file_get_contents($file));
$answer = $client->Procesar(['login' => $entry, 'file' => $data, 'formato' => $formato])->ProcesarResult;
preg_match('/<Resultado>(.*?)<\/Resultado>/', $answer, $result);
preg_match('/<Folio>(.*?)<\/Folio>/', $answer, $folio);
preg_match('/<TipoDte>(.*?)<\/TipoDte>/', $answer, $tipo);
$asked = ['login' => $entry, 'tpomov' => base64_encode('V'), 'folio' => base64_encode($folio[1]), 'tipo' => base64_encode($tipo[1])];
$signed = $client->getXmlDte($asked)->getXMLDteResult;
$refused = $client->getXMLDte(['folio' => base64_encode('1')] + $asked)->getXMLDteResult;
echo json_encode([
    'online' => $online,
    'resultado' => $result[1],
    'folio' => $folio[1],
    'links' => preg_match('/<urlOriginal>(.*?)<\/urlOriginal>/', $answer),
    'firmado' => base64_encode($signed),
    'negado' => base64_encode($refused),
]), "\n";
