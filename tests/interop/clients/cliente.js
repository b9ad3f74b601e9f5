// A customer's program with node-soap, which reads with xml-js and with xml2js as two known programs do.
// Arguments: contract, version of SOAP, scenario. NODE_PATH says where the libraries are.
const fs = require('fs');
const soap = require('soap');
const xmlJs = require('xml-js');
const xml2js = require('xml2js');

const [contract, version, scenario] = process.argv.slice(2);
const b64 = (text) => Buffer.from(text).toString('base64');

async function read(answer) {
  const whole = JSON.parse(xmlJs.xml2json(answer, { compact: true })).WSPLANO;
  const compact = [whole.Detalle.Documento].flat()[0];
  const arrays = (await xml2js.parseStringPromise(answer)).WSPLANO;
  const documento = arrays.Detalle[0].Documento[0];
  const folio = String(parseInt(compact.Folio._text, 10));
  if (folio !== documento.Folio[0] || Number.isNaN(new Date(compact.Fecha._text).getTime())) throw new Error(answer);
  if (compact.Resultado._text !== 'True' && compact.Error._text !== documento.Error[0]) throw new Error(answer);
  return {
    resultado: arrays.Resultado[0], folio, tipo: compact.TipoDte._text,
    error: arrays.Resultado[0] === 'True' ? '' : documento.Error[0],
  };
}

(async () => {
  const client = await soap.createClientAsync(contract, { forceSoap12Headers: version === '1.2' });
  let last = { '@folio': '', '@tipo': '' };
  for (const line of fs.readFileSync(scenario, 'utf8').split('\n').slice(0, -1)) {
    const [paso, address, operation, ...values] = line.split('\t');
    const parameters = {};
    for (const value of values) {
      const [key, inner] = value.slice(0, value.indexOf('=')).split('.');
      const text = value.slice(value.indexOf('=') + 1);
      if (inner) parameters[key] = { ...parameters[key], [inner]: text };
      else parameters[key] = last[text] ?? text;
    }
    client.setEndpoint(address);
    const port = client.wsplano[version === '1.2' ? 'wsplanoSoap12' : 'wsplanoSoap'];
    const said = { paso };
    try {
      const result = await new Promise((resolve, reject) => {
        port[operation](parameters, (error, found) => (error ? reject(error) : resolve(found)));
      });
      said.valor = result[`${operation}Result`];
      if (Buffer.isBuffer(said.valor)) said.valor = said.valor.toString('base64');
      if (said.valor.includes('<Documento>')) Object.assign(said, await read(said.valor));
      if (said.resultado === 'True') last = { '@folio': b64(said.folio), '@tipo': b64(said.tipo) };
    } catch (error) {
      const fault = error.root && error.root.Envelope.Body.Fault;
      if (!fault) throw error;
      said.falla = fault.faultcode || fault.Code.Value;
      said.texto = fault.faultstring || fault.Reason.Text.$value;
    }
    console.log(JSON.stringify(said));
  }
})();
