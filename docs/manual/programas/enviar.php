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

foreach (simplexml_load_string($respuesta)->Detalle->Documento as $documento) {
    if ($documento->Resultado == 'True') {
        echo "Emitido: tipo $documento->TipoDte, folio $documento->Folio\n";
    } else {
        echo "Rechazado: $documento->Error\n";
    }
}
