// What every page has, those of the manual too: menus that close, dialogs that open, the switch of the look, the clipboard,
// and calls by which a page's own script asks the portal. Pages work without it, but for dialogs.

const body = document.body;

// --- Menus and dialogs ---

document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.dropdown[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.dropdown[open]")) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});

// --- The look ---

function setTheme(choice) {
  const root = document.documentElement;
  const path = new URL(body.dataset.root, location.href).pathname;
  if (choice === "auto") delete root.dataset.theme;
  else root.dataset.theme = choice;
  const age = choice === "auto" ? 0 : 31536000;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${body.dataset.themeCookie}=${choice}; Path=${path}; Max-Age=${age}; SameSite=Lax${secure}`;
  for (const one of document.querySelectorAll("[data-theme-choice]")) {
    one.setAttribute("aria-pressed", String(one.dataset.themeChoice === choice));
  }
}

for (const one of document.querySelectorAll("[data-theme-choice]")) {
  one.addEventListener("click", () => setTheme(one.dataset.themeChoice));
}

// --- The clipboard ---

// Puts a text there; whether that could be done. By http from another machine browsers only let what is selected be copied.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const before = document.activeElement;
    const area = document.createElement("textarea");
    area.className = "visually-hidden";
    area.value = text;
    body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    before?.focus();
    return done;
  }
}

// A link that is shown once, with the button beside it.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copies);
  if (await copy(field.value)) button.textContent = button.parentElement.dataset.copied;
  field.focus();
  field.select();
});

// --- Calls of a page's own script ---

// Asks the portal: a Response, or an Error whose message is for the person and whose status is that of HTTP. A session
// that has ended has status 401; "login" is where to come in again, in another tab, and then the call may be repeated.
async function ask(address, options = {}) {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const headers = { "X-Requested-With": "fetch", "X-CSRFToken": token, ...options.headers };
  const response = await fetch(address, { credentials: "same-origin", ...options, headers });
  if (response.ok) return response;
  const told = await response.json().catch(() => ({}));
  const error = new Error(told.error || response.statusText);
  error.status = response.status;
  error.login = body.dataset.login;
  throw error;
}

// After somebody has come in again in another tab: the page's calls are good once more.
async function renew() {
  const response = await ask(body.dataset.token);
  const { token } = await response.json();
  document.querySelector('meta[name="csrf-token"]').content = token;
  for (const one of document.querySelectorAll('input[name="csrf_token"]')) one.value = token;
}

window.portal = { ask, copy, renew, setTheme };
