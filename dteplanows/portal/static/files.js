// Where files are dropped or chosen in a form: the names of what is chosen are shown, and whoever listens is told by
// the event "portal:files" on the form. A form with data-send-files is sent as soon as something is chosen.

{
for (const zone of document.querySelectorAll("[data-file-drop]")) {
  const input = zone.querySelector("input[type=file]");
  const names = zone.querySelector("[data-file-names]");

  const chosen = () => {
    names.textContent = [...input.files].map((one) => one.name).join(", ");
    input.form?.dispatchEvent(new CustomEvent("portal:files", { detail: [...input.files] }));
    if (input.files.length && input.form?.hasAttribute("data-send-files")) input.form.requestSubmit();
  };
  input.addEventListener("change", chosen);
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("drop-over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("drop-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("drop-over");
    const given = new DataTransfer();
    const files = [...event.dataTransfer.files];
    for (const one of input.multiple ? files : files.slice(0, 1)) given.items.add(one);
    if (!given.files.length) return;
    input.files = given.files;
    chosen();
  });
}

// A file that misses its place is not opened instead of the page.
for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());
}
