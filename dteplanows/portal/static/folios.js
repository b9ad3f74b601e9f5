// The page «Folios»: what the chosen CAF files are is shown before anything is loaded.

{
const form = document.querySelector("[data-caf-form]");
const place = form?.querySelector("[data-caf-found]");
let turn = 0;

form?.addEventListener("portal:files", async (event) => {
  const mine = (turn += 1);
  place.textContent = form.dataset.reading;
  const data = new FormData();
  for (const one of event.detail) data.append("archivo", one, one.name);
  try {
    const answer = await portal.ask(form.dataset.look, { method: "POST", body: data });
    const made = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine === turn) place.replaceChildren(...made.body.childNodes);
  } catch (error) {
    if (mine === turn) place.textContent = error.message;
  }
});
}
