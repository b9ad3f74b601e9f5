// The text of one file, to be mended in place. Behind the area in which one writes lie the same lines in transparent
// letters: they carry the numbers, the marks of the problems, and which field each character belongs to.

{

class Editor {
  constructor(sheet, found, texts) {
    this.area = sheet.querySelector(".mend-text");
    this.original = this.area.value;
    this.onChange = () => {};
    this.build(sheet, texts);
    this.sheet = sheet;
    this.signs = [];
    this.answered(this.area.value, found);
    this.area.addEventListener("input", () => {
      this.paint();
      this.onChange();
    });
    for (const kind of ["keyup", "click", "focus"]) this.area.addEventListener(kind, () => this.caret());
    this.area.addEventListener("pointermove", (event) => this.hover(event));
    this.area.addEventListener("pointerleave", () => this.hover(null));
  }

  build(sheet, texts) {
    const form = sheet.querySelector("[data-mend]");
    const details = form.querySelector("[data-mend-details]");
    this.frame = document.createElement("div");
    this.frame.className = "editor";
    this.lines = document.createElement("div");
    this.lines.className = "edit-lines";
    this.lines.setAttribute("aria-hidden", "true");
    this.area.rows = 3; // the lines behind it make it as high as they are
    const both = document.createElement("div");
    both.className = "editor-both";
    both.append(this.lines, this.area);
    this.frame.append(both);
    this.facts = document.createElement("div");
    this.facts.className = "caret-facts muted";
    this.facts.textContent = texts.caret_hint;
    this.help = details.querySelector(".field-note");
    this.help.textContent = texts.edit_help;
    details.replaceWith(this.help, this.frame, this.facts);
  }

  // What was issued is not mended any more.
  lock() {
    this.area.readOnly = true;
    this.help.hidden = true;
  }

  get value() {
    return this.area.value;
  }

  get changed() {
    return this.area.value !== this.original;
  }

  // The service has judged `text`: marks and fields are of its lines.
  answered(text, found) {
    const { marks, fields } = JSON.parse(found || '{"marks":[],"fields":[]}');
    this.known = text.split("\n");
    this.marks = group(marks);
    this.fields = group(fields);
    this.paint();
  }

  // Which line of the text that was judged stands at index `at` now; -1 for one that was changed since.
  mapping(now) {
    const old = this.known;
    let head = 0;
    while (head < now.length && head < old.length && now[head] === old[head]) head += 1;
    let tail = 0;
    const most = Math.min(now.length, old.length) - head;
    while (tail < most && now[now.length - 1 - tail] === old[old.length - 1 - tail]) tail += 1;
    return (at) => {
      if (at < head) return at;
      if (at >= now.length - tail) return at - now.length + old.length;
      return -1;
    };
  }

  paint() {
    const now = this.area.value.split("\n");
    const old = this.mapping(now);
    this.lineOf = old;
    now.forEach((words, at) => {
      const line = old(at) + 1;
      const marks = this.marks.get(line) || [];
      const fields = this.fields.get(line) || [];
      const sign = `${words}\u0000${JSON.stringify([marks, fields])}`;
      if (this.signs[at] === sign) return;
      this.signs[at] = sign;
      const made = lineNode(at + 1, words, marks, fields);
      if (this.lines.children[at]) this.lines.children[at].replaceWith(made);
      else this.lines.append(made);
    });
    this.signs.length = now.length;
    while (this.lines.children.length > now.length) this.lines.lastChild.remove();
  }

  // Puts the caret on a part of line `number` of the text that was judged.
  go(number, begin, end) {
    const now = this.area.value.split("\n");
    let at = number - 1;
    for (let index = 0; index < now.length; index += 1) if (this.lineOf(index) === number - 1) at = index;
    at = Math.min(at, now.length - 1);
    const start = now.slice(0, at).reduce((sum, one) => sum + one.length + 1, 0);
    this.area.focus({ preventScroll: true });
    this.area.setSelectionRange(start + units(now[at], begin), start + units(now[at], end));
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.lines.children[at].scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
    this.caret();
  }

  // Shows where the problem is that the pointer is on.
  point(problem, on) {
    for (const one of this.lines.querySelectorAll(`.mark[data-problem="${CSS.escape(problem)}"]`)) {
      one.classList.toggle("mark-active", on);
    }
  }

  // What the field at the caret holds.
  caret() {
    const before = this.area.value.slice(0, this.area.selectionStart).split("\n");
    const line = this.lineOf(before.length - 1) + 1;
    const words = before[before.length - 1];
    const at = [...words].length;
    const field = (this.fields.get(line) || []).find(([begin, end]) => begin <= at && at <= end);
    const facts = field && this.sheet.querySelector(`.tip-text[data-key="${CSS.escape(field[2])}"]`);
    if (facts) this.facts.replaceChildren(...facts.cloneNode(true).childNodes);
  }

  hover(event) {
    const under = event
      ? document.elementsFromPoint(event.clientX, event.clientY).find((one) => one.dataset?.field)
      : null;
    if (under === this.under) return;
    this.under = under;
    const facts = under && this.sheet.querySelector(`.tip-text[data-key="${CSS.escape(under.dataset.field)}"]`);
    this.area.dispatchEvent(new CustomEvent("tip", { bubbles: true, detail: { facts, near: under } }));
  }
}

function group(rows) {
  const found = new Map();
  for (const [line, ...rest] of rows) {
    if (!found.has(line)) found.set(line, []);
    found.get(line).push(rest);
  }
  return found;
}

// The service counts characters, the browser units of UTF-16.
function units(words, count) {
  return [...words].slice(0, count).join("").length;
}

function lineNode(number, words, marks, fields) {
  const node = document.createElement("div");
  node.className = "edit-line";
  node.dataset.line = number;
  if (marks.length) node.classList.add(`edit-${marks[0][3]}`);
  const signs = [...words];
  const bounds = new Set([0, signs.length]);
  for (const [begin, end] of [...marks, ...fields]) bounds.add(Math.min(begin, signs.length)).add(Math.min(end, signs.length));
  const edges = [...bounds].sort((one, other) => one - other);
  for (let index = 0; index + 1 < edges.length; index += 1) {
    const [begin, end] = [edges[index], edges[index + 1]];
    const inside = ([first, last]) => first <= begin && end <= last;
    const mark = marks.find(inside);
    const field = fields.find(inside);
    const part = document.createElement(mark ? "mark" : "span");
    part.textContent = signs.slice(begin, end).join("");
    if (mark) {
      part.className = `mark mark-${mark[3]}`;
      part.dataset.problem = mark[2];
    }
    if (field) part.dataset.field = field[2];
    node.append(part);
  }
  return node;
}

portal.Editor = Editor;

}
