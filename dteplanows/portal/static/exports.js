// The files that were asked for: as long as one is still to come, the list is asked for again. Without it the page is
// loaded again by hand.

const WAIT = 2000; // milliseconds between two looks

const files = document.getElementById("archivos");

async function look() {
  if (!files.querySelector("dialog[open]") && !document.hidden) {
    try {
      const answer = await window.portal.ask(files.dataset.address);
      const text = await answer.text();
      const label = files.contains(document.activeElement) && document.activeElement.getAttribute("aria-label");
      if (files.querySelector("dialog[open]")) return again(); // opened meanwhile
      files.innerHTML = text;
      if (label) files.querySelector(`[aria-label="${CSS.escape(label)}"]`)?.focus();
    } catch (error) {
      if (error.status === 401) location.reload(); // to come in again, and then to be here
    }
  }
  again();
}

function again() {
  if (files.querySelector("[data-open]")) setTimeout(look, WAIT);
}

again();
