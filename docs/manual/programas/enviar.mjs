import { readFileSync } from 'node:fs';

const url = 'http://127.0.0.1:8080/WSDS/wsplano.asmx';
const b64 = (valor) => Buffer.from(valor).toString('base64');

const sobre = `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
<Procesar xmlns="http://tempuri.org">
<login><Usuario>${b64('MIUSUARIO')}</Usuario><Rut>${b64('1-9')}</Rut><Clave>${b64('MICLAVE')}</Clave></login>
<file>${b64(readFileSync('33-factura.txt'))}</file><formato>1</formato>
</Procesar></soap:Body></soap:Envelope>`;

const respuesta = await fetch(url, {
  method: 'POST',
  headers: { 'Content-Type': 'text/xml; charset=utf-8', SOAPAction: '"http://tempuri.org/Procesar"' },
  body: sobre,
});
const sinEscapar = (texto) =>
  texto.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&amp;/g, '&');
const resultado = sinEscapar((await respuesta.text()).match(/<ProcesarResult>([^]*)<\/ProcesarResult>/)[1]);

for (const [, documento] of resultado.matchAll(/<Documento>([^]*?)<\/Documento>/g)) {
  const valor = (nombre) => sinEscapar(documento.match(`<${nombre}>([^]*?)</${nombre}>`)[1]);
  console.log(valor('Resultado') === 'True'
    ? `Emitido: tipo ${valor('TipoDte')}, folio ${valor('Folio')}`
    : `Rechazado: ${valor('Error')}`);
}
