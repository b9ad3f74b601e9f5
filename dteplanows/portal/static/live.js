// Parts of a page that change by themselves: an element with data-live="SECONDS" and an id is read anew from the page's
// own address (or data-live-from) and exchanged, as long as the newest one has data-live. The page may be closed at any
// time: the work goes on without it.

{
const MOST = 30; // seconds between two looks once nothing changes

async function look(node, wait, seconds) {
  await new Promise((done) => setTimeout(done, wait * 1000));
  if (document.hidden) return look(node, seconds, seconds);
  let made = null;
  try {
    const response = await portal.ask(node.dataset.liveFrom || location.href);
    const found = new DOMParser().parseFromString(await response.text(), "text/html");
    made = found.getElementById(node.id);
  } catch (error) {
    if (error.status === 401 || error.status === 404) return;
    return look(node, Math.min(wait * 2, MOST), seconds);
  }
  if (!made) return;
  const busy = node.contains(document.activeElement) || node.querySelector("dialog[open], details[open]");
  if (made.innerHTML !== node.innerHTML && !busy) {
    node.replaceWith(made);
    begin(made);
  } else if (made.dataset.live) {
    const slower = busy ? seconds : Math.min(wait * 1.25, MOST);
    look(node, slower, seconds);
  }
}

function begin(node) {
  const seconds = Number(node.dataset.live);
  if (seconds) look(node, seconds, seconds);
}

for (const node of document.querySelectorAll("[data-live]")) begin(node);
}
