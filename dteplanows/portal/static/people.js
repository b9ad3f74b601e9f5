// Copies the link of an invitation, which is shown once.

for (const button of document.querySelectorAll("[data-copies]")) {
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.copies);
    field.focus();
    field.select();
    // The newer way is there only where the page came by https.
    if (navigator.clipboard) navigator.clipboard.writeText(field.value).catch(() => document.execCommand("copy"));
    else document.execCommand("copy");
    button.textContent = button.parentElement.dataset.copied;
  });
}
