// A program of 2026 with Node's fetch: login, version, procesar by GET, both links at once, the PDF.
import { readFileSync } from "node:fs";

const [base, usuario, rut, clave, path] = process.argv.slice(2);
const login = await fetch(`${base}/login`, {
  method: "POST", redirect: "error",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ usuario, rut, clave }),
});
if (!login.ok) {
  const reason = await login.json();
  console.log(JSON.stringify({ status: login.status, error: reason.Error }));
  process.exit(0);
}
const { token } = await login.json();
const ask = async (name, parameters) => {
  const url = new URL(`${base}/wsds/${name}`);
  for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, value);
  const options = { redirect: "error", cache: "no-store", headers: { Authorization: token } };
  const response = await fetch(url.href, options);
  return { status: response.status, body: await response.json() };
};

const version = await ask("version", {});
const file = readFileSync(path).toString("base64");
const sent = await ask("procesar", { file, formato: "1", incluyelink: "1" });
const raw = sent.body.WSPLANO.Detalle.Documento;
const documents = Array.isArray(raw) ? raw : [raw];
const { Folio, TipoDte } = documents[0];
const links = await Promise.all(["True", "False"].map((cedible) =>
  ask("obtenerlink", { tpomov: "V", tipo: TipoDte, folio: Folio, cedible })));
const decoded = links.map(({ body }) => {
  const value = body.WSPLANO.Mensaje;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value)) throw new Error("no es base64");
  return Buffer.from(value, "base64").toString("utf8");
});
const pdf = await fetch(decoded[0], { redirect: "error" });
const start = Buffer.from(await pdf.arrayBuffer()).subarray(0, 5).toString();
const unknown = await ask("obtenerlink", { tpomov: "V", tipo: "33", folio: "1", cedible: "False" });
console.log(JSON.stringify({
  version: /^[0-9]+(\.[0-9]+){1,5}$/.test(version.body.version),
  resultado: sent.body.WSPLANO.Resultado, documents: documents.length, kind: typeof Folio, Folio, TipoDte,
  flat: [sent.body.Resultado, sent.body.Folio], links: decoded, urls: links.map(({ body }) => body.url), start,
  unknown: [unknown.status, unknown.body.Error],
}));
