// Lo que tiene cada página del manual: copiar un ejemplo, y el botón de la apariencia que rige.
"use strict";

const elegida = document.documentElement.dataset.theme || "auto";
for (const uno of document.querySelectorAll("[data-theme-choice]")) {
  uno.setAttribute("aria-pressed", String(uno.dataset.themeChoice === elegida));
}

for (const boton of document.querySelectorAll("button.copy")) {
  const antes = boton.textContent;
  boton.hidden = false;
  boton.addEventListener("click", async () => {
    const copiado = await window.portal.copy(boton.parentElement.querySelector("pre").textContent);
    boton.textContent = copiado ? "Copiado" : "No se pudo copiar";
    document.getElementById("dicho").textContent = copiado ? "Ejemplo copiado" : "No se pudo copiar: seleccione el ejemplo";
    setTimeout(() => { boton.textContent = antes; }, 2500);
  });
}
