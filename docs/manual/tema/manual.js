// Lo que tiene cada página del manual: copiar un ejemplo, y el botón de la apariencia que rige.
"use strict";

const elegida = document.documentElement.dataset.theme || "auto";
for (const uno of document.querySelectorAll("[data-theme-choice]")) {
  uno.setAttribute("aria-pressed", String(uno.dataset.themeChoice === elegida));
}

// Por http y desde otro equipo, el navegador no da su portapapeles: se copia entonces lo seleccionado.
async function copiar(bloque) {
  try {
    await navigator.clipboard.writeText(bloque.textContent);
    return true;
  } catch {
    const seleccion = getSelection();
    seleccion.selectAllChildren(bloque);
    const copiado = document.execCommand("copy");
    if (copiado) seleccion.removeAllRanges();
    return copiado;
  }
}

for (const boton of document.querySelectorAll("button.copy")) {
  const antes = boton.textContent;
  boton.hidden = false;
  boton.addEventListener("click", async () => {
    const copiado = await copiar(boton.parentElement.querySelector("pre"));
    const texto = copiado ? "Copiado" : "Seleccionado: Ctrl+C";
    boton.textContent = texto;
    document.getElementById("dicho").textContent = copiado ? "Ejemplo copiado" : "El ejemplo quedó seleccionado. Cópielo con Ctrl+C.";
    setTimeout(() => { boton.textContent = antes; }, 2500);
  });
}
