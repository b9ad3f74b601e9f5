<?php
// A customer's program in PHP: ext-soap from the published contract, then SimpleXML turned into arrays and regular
// expressions on the answer. Arguments: contract, version of SOAP, scenario.
[, $wsdl, $version, $scenario] = $argv;
$client = new SoapClient($wsdl, [
    'trace' => true, 'exceptions' => true, 'cache_wsdl' => WSDL_CACHE_NONE,
    'soap_version' => $version === '1.2' ? SOAP_1_2 : SOAP_1_1,
]);

function read(string $answer): array
{
    $array = json_decode(json_encode(simplexml_load_string($answer)), true);
    $documents = $array['Detalle']['Documento'];
    $first = isset($documents[0]) ? $documents[0] : $documents;
    preg_match('/<Folio>(.*?)<\/Folio>/', $answer, $folio);
    return [
        'resultado' => $array['Resultado'], 'folio' => $folio[1], 'tipo' => $first['TipoDte'],
        'error' => $array['Resultado'] === 'True' ? '' : $array['Mensaje'] . ' - ' . $first['Error'],
    ];
}

$last = ['@folio' => '', '@tipo' => ''];
foreach (file($scenario, FILE_IGNORE_NEW_LINES) as $line) {
    [$name, $address, $operation] = $values = explode("\t", $line);
    $parameters = [];
    foreach (array_slice($values, 3) as $value) {
        [$key, $text] = explode('=', $value, 2);
        $text = $last[$text] ?? $text;
        if (str_starts_with($key, 'login.')) {
            // The other way round than in the contract: the extension puts the parts in order.
            $parameters['login'] = [substr($key, 6) => $text] + ($parameters['login'] ?? []);
        } else {
            $parameters[$key] = $text;
        }
    }
    $client->__setLocation($address);
    $said = ['paso' => $name];
    try {
        // Programs write "online" and "getXmlDte": the extension finds the operation all the same.
        $result = current((array) $client->{lcfirst($operation)}($parameters));
        $said['valor'] = $operation === 'getXMLDte' ? base64_encode($result) : $result;
        if (str_contains($result, '<Documento>')) {
            $said += read($result);
        }
        if (($said['resultado'] ?? '') === 'True') {
            $last = ['@folio' => base64_encode($said['folio']), '@tipo' => base64_encode($said['tipo'])];
        }
    } catch (SoapFault $fault) {
        $said += ['falla' => $fault->faultcode, 'texto' => $fault->faultstring];
    }
    echo json_encode($said), "\n";
}
