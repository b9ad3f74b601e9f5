// A customer's program in JavaScript: the envelope of a SOAP library over node's own http, every element through its
// text. Arguments: address, file, formato, and the login as JSON. Writes one JSON object.
const fs = require('fs');
const http = require('http');

const [address, file, formato, loginText] = process.argv.slice(2);
const login = JSON.parse(loginText);
const tags = (parts) => Object.entries(parts).map(([name, text]) => `<${name}>${text}</${name}>`).join('');

function call(operation, parts) {
  const body = '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
    + 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:tns="http://tempuri.org"><soap:Body>'
    + `<${operation} xmlns="http://tempuri.org">${parts}</${operation}></soap:Body></soap:Envelope>`;
  const headers = {
    'User-Agent': 'node-soap/0.25.0', Accept: 'text/html,application/xhtml+xml,application/xml,text/xml;q=0.9,*/*;q=0.8',
    'Accept-Encoding': 'none', 'Accept-Charset': 'utf-8', Connection: 'close', 'Content-Length': Buffer.byteLength(body),
    'Content-Type': 'text/xml; charset=utf-8', SOAPAction: `"http://tempuri.org/${operation}"`,
  };
  return new Promise((resolve, reject) => {
    const request = http.request(address, { method: 'POST', headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    });
    request.on('error', reject);
    request.end(body);
  });
}

const unescaped = (text) => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&amp;/g, '&');
const text = (xml, name) => {
  const found = xml.match(new RegExp(`<${name}>([^<]+)</${name}>`));
  if (!found) throw new Error(`no text in ${name}`);
  return found[1];
};
const b64 = (value) => Buffer.from(value).toString('base64');

(async () => {
  // The login goes with every call, also where the contract has none.
  const online = text(await call('Online', `<login>${tags(login)}</login>`), 'OnlineResult');
  const file64 = fs.readFileSync(file).toString('base64');
  const wire = await call('Procesar', `<login>${tags(login)}</login><file>${file64}</file><formato>${formato}</formato>`);
  const answer = unescaped(text(wire, 'ProcesarResult'));
  const documento = answer.split('<Documento>')[1];
  const read = Object.fromEntries(
    ['Folio', 'TipoDte', 'Operacion', 'Fecha', 'Resultado'].map((name) => [name, text(documento, name)]),
  );
  if (Number.isNaN(new Date(read.Fecha).getTime())) throw new Error('no date');
  const asked = tags({ tpomov: b64('V'), folio: b64(read.Folio), tipo: b64(read.TipoDte) });
  const signed = text(await call('getXMLDte', `<login>${tags(login)}</login>${asked}`), 'getXMLDteResult');
  const none = tags({ tpomov: b64('V'), folio: b64('1'), tipo: b64('33') });
  const refused = text(await call('getXMLDte', `<login>${tags(login)}</login>${none}`), 'getXMLDteResult');
  console.log(JSON.stringify({
    online, resultado: read.Resultado, folio: String(parseInt(read.Folio, 10)), links: answer.includes('<urlOriginal>') ? 1 : 0,
    firmado: signed, negado: refused,
  }));
})();
