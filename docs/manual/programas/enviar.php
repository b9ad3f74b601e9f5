<?php
$url = 'http://127.0.0.1:8080/WSDS/wsplano.asmx';
$login = [
    'Usuario' => base64_encode('MIUSUARIO'),
    'Rut' => base64_encode('1-9'),
    'Clave' => base64_encode('MICLAVE'),
];

$servicio = new SoapClient("$url?wsdl", ['exceptions' => true]);
$respuesta = $servicio->Procesar([
    'login' => $login,
    'file' => base64_encode(file_get_contents('33-factura.txt')),
    'formato' => 1,
])->ProcesarResult;

function valor(string $xml, string $nombre): string
{
    preg_match("/<$nombre>(.*?)<\/$nombre>/s", $xml, $hallado);
    return html_entity_decode($hallado[1] ?? '');
}

preg_match_all('/<Documento>(.*?)<\/Documento>/s', $respuesta, $documentos);
foreach ($documentos[1] as $documento) {
    if (valor($documento, 'Resultado') === 'True') {
        echo 'Emitido: tipo ', valor($documento, 'TipoDte'), ', folio ', valor($documento, 'Folio'), "\n";
    } else {
        echo 'Rechazado: ', valor($documento, 'Error'), "\n";
    }
}
