// The page «Validar archivos»: files are judged as they are dropped, and again while their text is mended. Each file is
// a sheet that the service makes; its parts are exchanged for those of the newest answer, the text never is.

{
const page = document.querySelector("[data-validation]");
const texts = JSON.parse(page.dataset.texts);
const sheets = page.querySelector("[data-sheets]");
const live = page.querySelector("[data-live]");
const notice = page.querySelector("[data-notice]");

const PAUSE = 350; // milliseconds without a key until the text is judged again
const MOST_FILES = 50; // at once
const AT_A_TIME = 2; // calls under way

let numbers = sheets.children.length;
portal.tips(page);

function text(key, facts = {}) {
  return texts[key].replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
}

function element(name, className, words = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = words;
  return made;
}

function button(words, kind, act) {
  const made = element("button", `button button-${kind}`, words);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

// --- One file ---

class Sheet {
  // A file of the person, or a text of the page (then `file` is null), or a sheet that the page came with.
  constructor(name, file, given = "", node = null) {
    this.name = name;
    this.file = file;
    this.given = given;
    this.number = node ? Number(node.dataset.number) : (numbers += 1);
    this.turn = 0;
    this.editor = null;
    this.saved = true;
    this.node = node || this.waiting();
    if (node) this.enhance();
  }

  waiting() {
    const node = element("article", "sheet sheet-waiting");
    node.append(element("h2", "", this.name), element("p", "muted", texts.working));
    sheets.prepend(node);
    return node;
  }

  get text() {
    return this.editor ? this.editor.value : this.given;
  }

  get mended() {
    return !this.file || (this.editor !== null && this.editor.changed);
  }

  form() {
    const form = new FormData();
    form.append("numero", this.number);
    form.append("nombre", this.name);
    if (this.mended) form.append("texto", this.text);
    else form.append("archivo", this.file, this.name);
    return form;
  }

  // Only the newest answer is shown: whatever was asked before is broken off, and passed over if it comes all the same.
  async call(address, again = true) {
    const turn = (this.turn += 1);
    this.under?.abort();
    this.under = new AbortController();
    this.node.classList.add("sheet-busy");
    try {
      const response = await portal.ask(address, { method: "POST", body: this.form(), signal: this.under.signal });
      const answer = await response.text();
      if (turn === this.turn) this.show(answer);
    } catch (error) {
      if (turn !== this.turn || error.name === "AbortError") return;
      const reason = again ? await renewed(error) : error;
      if (reason) this.failed(reason, () => this.call(address));
      else await this.call(address, false);
    } finally {
      if (turn === this.turn) this.node.classList.remove("sheet-busy");
    }
  }

  judge() {
    return this.call(page.dataset.judge);
  }

  show(answer) {
    const made = new DOMParser().parseFromString(answer, "text/html").querySelector(".sheet");
    this.name = made.dataset.name;
    const said = made.dataset.said;
    if (said !== this.node.dataset?.said) live.textContent = said;
    if (!this.editor) {
      this.node.replaceWith(made);
      this.node = made;
      this.enhance();
      return;
    }
    const open = this.node.querySelector("[data-columns]")?.open;
    for (const part of made.querySelectorAll("[data-part]")) {
      this.node.querySelector(`[data-part="${part.dataset.part}"]`)?.replaceWith(part);
    }
    const columns = this.node.querySelector("[data-columns]");
    if (columns) columns.open = Boolean(open);
    this.node.className = made.className;
    Object.assign(this.node.dataset, { said, found: made.dataset.found });
    this.note();
    this.after();
    this.editor.answered(this.text, made.dataset.found);
    if (made.classList.contains("sheet-issued")) this.editor.lock();
  }

  enhance() {
    const form = this.node.querySelector("[data-mend]");
    if (form) {
      this.editor = new portal.Editor(this.node, this.node.dataset.found, texts);
      this.editor.onChange = () => this.typed();
      form.addEventListener("submit", (event) => {
        if (event.submitter?.formTarget) return; // a preview opens beside the page
        event.preventDefault();
        this.act(event.submitter?.value || "again");
      });
    }
    this.node.addEventListener("click", (event) => {
      const act = event.target.closest("[data-needs-file] button");
      if (act) this.act(act.value);
      const link = event.target.closest("a[data-line]");
      if (link && this.editor) {
        event.preventDefault();
        const { line, begin, end } = link.dataset;
        this.editor.go(Number(line), Number(begin), Number(end));
      }
    });
    for (const [kind, on] of [["pointerover", true], ["pointerout", false]]) {
      this.node.addEventListener(kind, (event) => {
        const found = event.target.closest("[data-problem]");
        if (found && this.editor) this.editor.point(found.dataset.problem, on);
      });
    }
    this.after();
  }

  // What the service's parts lack: whatever needs a script.
  after() {
    for (const one of this.node.querySelectorAll("[data-plain]")) one.hidden = true;
    const listing = this.node.querySelector("[data-listing]");
    if (listing) listing.hidden = Boolean(this.editor); // there to be printed
    const acts = this.node.querySelector('[data-part="acts"]');
    if (acts?.hasAttribute("data-needs-file")) acts.hidden = !this.file;
    if (acts && this.editor?.changed) acts.append(button(texts.save, "plain", () => this.save()));
    const title = this.node.querySelector(".sheet-title");
    if (title && !title.querySelector(".sheet-remove")) {
      const remove = button(texts.remove, "quiet sheet-remove", () => this.remove());
      remove.setAttribute("aria-label", `${texts.remove}: ${this.name}`);
      title.append(remove);
    }
    const facts = this.node.querySelector(".sheet-facts");
    if (facts && this.editor?.changed && this.file) facts.textContent = texts.charset_of_text;
  }

  typed() {
    this.saved = !this.editor.changed;
    this.turn += 1; // what is under way is about an older text
    this.under?.abort();
    this.node.classList.add("sheet-busy");
    for (const one of this.node.querySelectorAll('button[value="issue"]')) one.disabled = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.judge(), PAUSE);
  }

  act(what) {
    clearTimeout(this.timer);
    if (what === "issue") this.issue();
    else if (what === "report") this.report();
    else this.judge();
  }

  async issue() {
    const dialog = document.getElementById("emitir");
    dialog.querySelector("[data-issue-words]").textContent = text("issue_text", { name: this.name });
    dialog.returnValue = "";
    dialog.showModal();
    await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
    if (dialog.returnValue !== "si") return;
    live.textContent = texts.sending;
    for (const one of this.node.querySelectorAll('button[value="issue"]')) one.disabled = true;
    this.saved = true;
    await this.call(page.dataset.issue);
  }

  async report() {
    try {
      const response = await portal.ask(page.dataset.report, { method: "POST", body: this.form() });
      const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") || "");
      download(await response.blob(), name ? name[1] : "informe.html");
    } catch (error) {
      this.failed(error, () => this.report());
    }
  }

  save() {
    const dot = this.name.lastIndexOf(".");
    const [stem, end] = dot > 0 ? [this.name.slice(0, dot), this.name.slice(dot)] : [this.name, ".txt"];
    download(new Blob([this.text], { type: "text/plain;charset=utf-8" }), `${stem}-corregido${end}`);
    this.saved = true;
  }

  remove() {
    this.turn += 1;
    this.under?.abort();
    clearTimeout(this.timer);
    this.saved = true;
    this.node.remove();
    page.querySelector("#archivo").focus();
  }

  note(...content) {
    this.node.querySelector(".sheet-note")?.remove();
    if (!content.length) return;
    const note = element("div", "sheet-note");
    note.setAttribute("role", "alert");
    note.append(...content);
    this.node.prepend(note);
  }

  // Nothing is lost: the text stays, the reason is told, and the same may be tried again.
  failed(error, again) {
    const ended = error.status === 401;
    const reason = ended ? texts.ended : error.status ? error.message : texts.offline;
    const content = [element("span", "", reason)];
    if (ended) {
      const link = element("a", "", texts.enter);
      Object.assign(link, { href: error.login, target: "_blank", rel: "noopener" });
      content.push(link);
    }
    content.push(button(texts.retry, "plain", async () => {
      try {
        if (ended) await portal.renew();
        this.note();
        await again();
      } catch (failure) {
        this.failed(failure, again);
      }
    }));
    this.note(...content);
  }
}

// Forms of this page may be out of date, because somebody came in anew in another tab, or the browser forgot who came
// in: null when they are good again and the call may be repeated, else the reason for which it may not.
async function renewed(error) {
  if (error.status !== 400) return error;
  try {
    await portal.renew();
    return null;
  } catch (failure) {
    return failure.status === 401 ? failure : error;
  }
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// --- Files that come ---

const all = [];
const waiting = [];
let working = 0;

function add(sheet) {
  all.push(sheet);
  waiting.push(sheet);
  work();
}

async function work() {
  if (working >= AT_A_TIME || !waiting.length) return;
  working += 1;
  await waiting.shift().judge();
  working -= 1;
  work();
}

function take(files) {
  const found = [...files];
  notice.replaceChildren();
  if (found.length > MOST_FILES) {
    const words = text("left_out", { most: MOST_FILES, count: found.length - MOST_FILES });
    notice.append(element("p", "alert alert-warn", words));
  }
  // the first one given stands on top
  for (const file of found.slice(0, MOST_FILES).reverse()) add(new Sheet(file.name, file));
  if (found.length) page.querySelector("[data-drop]").classList.add("drop-small");
}

const drop = page.querySelector("[data-drop]");
const input = drop.querySelector('input[type="file"]');
input.addEventListener("change", () => {
  take(input.files);
  input.value = "";
});
drop.addEventListener("submit", (event) => event.preventDefault());

let over = 0;
const brings = (event) => event.dataTransfer?.types.includes("Files");
document.addEventListener("dragenter", (event) => {
  if (brings(event)) drop.classList.toggle("drop-over", (over += 1) > 0);
});
document.addEventListener("dragleave", (event) => {
  if (brings(event)) drop.classList.toggle("drop-over", (over -= 1) > 0);
});
document.addEventListener("dragover", (event) => brings(event) && event.preventDefault());
document.addEventListener("drop", (event) => {
  if (!brings(event)) return;
  event.preventDefault();
  over = 0;
  drop.classList.remove("drop-over");
  take(event.dataTransfer.files);
});

page.querySelector("[data-example]").addEventListener("click", async (event) => {
  event.preventDefault();
  const link = event.currentTarget;
  try {
    const response = await portal.ask(link.href);
    take([new File([await response.blob()], link.dataset.example)]);
  } catch (error) {
    notice.replaceChildren(element("p", "alert alert-warn", error.status ? error.message : texts.unreachable));
  }
});

const paste = page.querySelector("[data-paste]");
paste.addEventListener("submit", (event) => {
  event.preventDefault();
  const area = paste.querySelector("textarea");
  if (!area.value.trim()) {
    area.focus();
    return;
  }
  add(new Sheet("", null, area.value));
  area.value = "";
  page.querySelector(".paste").open = false;
});

for (const node of sheets.querySelectorAll(".sheet")) all.push(new Sheet(node.dataset.name, null, "", node));

addEventListener("beforeunload", (event) => {
  if (all.some((one) => !one.saved)) event.preventDefault();
});

}
