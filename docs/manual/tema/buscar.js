// La búsqueda del manual. El índice, INDICE, viene en indice.js: secciones y, de cada palabra, en cuáles está.
"use strict";

const MAS_RESULTADOS = 60;

function palabrasDe(texto) {
  const simple = texto.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  return simple.match(/[0-9a-z]+(?:[-_.][0-9a-z]+)*/g) || [];
}

// «respaldos» encuentra también «respaldo», y «folio», «folios».
function raiz(palabra) {
  return /^[a-z]{5,}s$/.test(palabra) ? palabra.replace(/e?s$/, "") : palabra;
}

// Cuánto vale cada sección para una palabra buscada: lo exacto más que lo que solo comienza igual.
function encontradas(buscada) {
  const valor = new Map(), comienzo = raiz(buscada);
  for (const [palabra, pasos] of Object.entries(INDICE.palabras)) {
    if (!palabra.startsWith(comienzo)) continue;
    const vale = palabra === buscada ? 4 : raiz(palabra) === comienzo ? 3 : 1;
    let numero = 0;
    for (const paso of pasos.split(" ")) {
      numero += parseInt(paso, 36);
      valor.set(numero, Math.max(valor.get(numero) || 0, vale));
    }
  }
  return valor;
}

function buscar(texto) {
  const buscadas = palabrasDe(texto);
  const halladas = buscadas.map(encontradas).filter((una, i) => una.size || buscadas[i].length > 3);
  if (!halladas.length) return [];
  const todas = [...halladas[0].keys()].filter((numero) => halladas.every((una) => una.has(numero)));
  const peso = (numero) => {
    const [, titulo, pagina] = INDICE.secciones[numero];
    const enTitulo = palabrasDe(titulo).map(raiz), enPagina = palabrasDe(pagina).map(raiz);
    return halladas.reduce((suma, una) => suma + una.get(numero), 0)
      + buscadas.reduce((suma, una) => suma
        + (enTitulo.includes(raiz(una)) ? 12 / Math.sqrt(enTitulo.length) : 0)
        + (enPagina.includes(raiz(una)) ? 3 : 0), 0)
      + (pagina ? 0 : 1);
  };
  return todas.map((numero) => [peso(numero), numero]).sort((a, b) => b[0] - a[0] || a[1] - b[1]).map((uno) => uno[1]);
}

function elemento(nombre, texto, clase) {
  const nuevo = document.createElement(nombre);
  nuevo.textContent = texto;
  if (clase) nuevo.className = clase;
  return nuevo;
}

function mostrar(texto) {
  const numeros = buscar(texto), lista = document.createElement("ol");
  for (const numero of numeros.slice(0, MAS_RESULTADOS)) {
    const [direccion, titulo, pagina, comienzo] = INDICE.secciones[numero];
    const uno = document.createElement("li"), enlace = elemento("a", titulo);
    enlace.href = direccion;
    uno.append(enlace);
    if (pagina) uno.append(elemento("span", " " + pagina, "pagina"));
    uno.append(elemento("p", comienzo));
    lista.append(uno);
  }
  const cuantos = numeros.length === 0 ? "Nada en el manual tiene todas esas palabras. Pruebe con menos, o con su comienzo."
    : numeros.length === 1 ? "Una sección."
    : numeros.length > MAS_RESULTADOS ? `${numeros.length} secciones; aquí las primeras ${MAS_RESULTADOS}.` : `${numeros.length} secciones.`;
  document.querySelector(".resultados").replaceChildren(elemento("p", cuantos, "cuantos"), lista);
}

if (typeof document !== "undefined") {
  const texto = new URLSearchParams(location.search).get("q") || "";
  if (texto.trim()) {
    document.querySelector("input[name=q]").value = texto;
    document.title = `${texto} · ${document.title}`;
    mostrar(texto);
  }
}
