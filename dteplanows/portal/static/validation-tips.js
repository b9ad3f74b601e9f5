// What a field holds, beside its name: shown while the pointer or the focus is on it, gone with Escape.

portal.tips = function tips(page) {
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  (document.querySelector("main") ?? document.body).append(tip);

  let at = null; // what it is shown for

  const hide = () => {
    at = null;
    tip.hidden = true;
  };

  const place = () => {
    if (!at) return;
    const box = at.getBoundingClientRect();
    const above = box.top - tip.offsetHeight - 8;
    const left = Math.max(8, Math.min(box.left, innerWidth - tip.offsetWidth - 8));
    tip.style.left = `${left}px`;
    tip.style.top = `${above > 60 ? above : Math.min(box.bottom + 8, innerHeight - tip.offsetHeight - 8)}px`;
  };

  const show = (facts, near) => {
    if (!facts || !near) {
      hide();
      return;
    }
    at = near;
    tip.replaceChildren(...facts.cloneNode(true).childNodes);
    tip.hidden = false;
    place();
  };

  const of = (target) => {
    const name = target.closest?.("[data-tip]");
    if (!name) return;
    name.removeAttribute("title"); // else the browser shows its own beside it
    show(document.getElementById(name.dataset.tip), name);
  };

  page.addEventListener("pointerover", (event) => of(event.target));
  page.addEventListener("focusin", (event) => of(event.target));
  page.addEventListener("pointerout", (event) => event.target.closest?.("[data-tip]") && hide());
  page.addEventListener("focusout", (event) => event.target.closest?.("[data-tip]") && hide());
  page.addEventListener("tip", (event) => show(event.detail.facts, event.detail.near));
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  addEventListener("scroll", place, { passive: true, capture: true });
};
