// The Libro de Ventas: finds as one types, chooses a month at once, adds up a long period behind the page, and copies
// links. Without it the page does the same with its buttons.

const WAIT = 250; // milliseconds without a key before it asks

const list = document.getElementById("lista");
const form = document.querySelector("[data-filters]");
let timer;
let asking;

function address() {
  const given = [...new FormData(form)].filter(([, value]) => value !== "");
  return `${form.action}?${new URLSearchParams(given)}`;
}

async function find() {
  clearTimeout(timer);
  asking?.abort();
  const mine = (asking = new AbortController());
  const shown = address();
  list.setAttribute("aria-busy", "true");
  try {
    const answer = await window.portal.ask(`${shown}&parte=lista`, { signal: mine.signal });
    const text = await answer.text();
    if (mine !== asking) return;
    list.innerHTML = text;
    history.replaceState(null, "", shown);
  } catch (error) {
    if (error.name === "AbortError") return;
    if (error.status === 401) location.assign(shown); // to come in again, and then to be here
    else say(list, error.status ? error.message : list.dataset.failed);
  } finally {
    if (mine === asking) list.removeAttribute("aria-busy");
  }
}

function say(place, text) {
  const told = document.createElement("p");
  told.className = "alert alert-bad";
  told.setAttribute("role", "alert");
  told.textContent = text;
  place.prepend(told);
}

if (form) {
  form.addEventListener("input", (event) => {
    clearTimeout(timer);
    timer = setTimeout(find, event.target.matches("select") ? 0 : WAIT);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    find();
  });
}

for (const one of document.querySelectorAll("[data-sends]")) {
  one.addEventListener("change", () => one.value && one.form.requestSubmit());
}

for (const place of document.querySelectorAll("[data-load]")) {
  window.portal.ask(place.dataset.load).then(
    async (answer) => { place.outerHTML = await answer.text(); },
    (error) => say(place, error.message),
  );
}

window.portal.tips?.(document.querySelector("main"));

// A link is a link: without a script, it opens.
for (const one of document.querySelectorAll("[data-copy]")) {
  one.addEventListener("click", async (event) => {
    event.preventDefault();
    const said = document.getElementById("dicho");
    const before = one.textContent;
    const text = await window.portal.copy(one.href) ? one.dataset.done : one.dataset.failed;
    one.textContent = text;
    said.textContent = text;
    setTimeout(() => { one.textContent = before; }, 2500);
  });
}
