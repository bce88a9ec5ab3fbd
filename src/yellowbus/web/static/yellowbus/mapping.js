// The Field Mapping tab: keys, search, the side panel, and boxes that show what the server made of them.
const rows = () => [...document.querySelectorAll("#rows tbody")].filter((row) => row.checkVisibility());
const opener = (row) => row.querySelector("button") || row;
const isText = (box) => box.matches("input:not([type=checkbox], [type=radio]), textarea, select");
htmx.config.morphIgnore.push("open"); // what a person has opened stays open

// --- rows and keys ---
const move = (from, step) => {
  const all = rows();
  const row = from.closest("#rows tbody");
  const next = row ? all[all.indexOf(row) + step] : all[step > 0 ? 0 : all.length - 1];
  if (!next) return;
  const same = from.name && next.querySelector(`[name="${from.name}"]`);
  (same || opener(next)).focus();
};

document.addEventListener("keydown", (event) => {
  const at = event.target;
  if (document.querySelector("dialog[open]") || event.altKey || event.metaKey) return;
  const typing = isText(at);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && (at.closest("#rows tbody") ? !typing || event.ctrlKey : at.id === "search")) move(at, step);
  else if (event.key === "Escape" && at.closest("#rows tbody")) opener(at.closest("tbody")).focus();
  else if (event.key === "Enter" && at.id === "search") move(at, 1);
  else if (event.key === "Enter" && at.matches("#rows [type=checkbox]")) opener(at.closest("tbody")).click();
  else if (event.key === "/" && !typing) document.getElementById("search").focus();
  else if (event.key === "?" && !typing) document.getElementById("keys").showModal();
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("#keys-open")) document.getElementById("keys").showModal();
  const dialog = event.target.closest("[data-closes]");
  if (dialog) dialog.closest("dialog").close();
});

// --- search: what is on the page is found at once ---
const search = () => {
  const box = document.getElementById("search");
  const asked = box.value.trim().toLowerCase();
  let seen = 0;
  for (const part of document.querySelectorAll("details.part")) {
    let inside = 0;
    for (const row of part.querySelectorAll("tbody")) {
      const source = row.querySelector("[name=source]");
      const told = `${row.querySelector("th").textContent} ${source ? source.value : row.querySelector("td").textContent}`;
      row.hidden = asked !== "" && !told.toLowerCase().includes(asked);
      inside += !row.hidden;
    }
    part.hidden = asked !== "" && inside === 0;
    if (asked && inside) part.open = true;
    seen += inside;
  }
  document.getElementById("none").hidden = seen > 0;
};
document.addEventListener("input", (event) => {
  if (event.target.id === "search") search();
});

// --- what was sent shows what the server made of it; what is being typed stays ---
const settle = (part) => {
  for (const box of part.querySelectorAll("input:not([type=radio]), select")) {
    if (box.matches("[type=checkbox]")) box.checked = box.defaultChecked;
    else if (box.matches("select")) box.value = [...box.options].find((each) => each.defaultSelected)?.value ?? box.value;
    else if (box !== document.activeElement || box.dataset.sent === box.value) box.value = box.defaultValue;
  }
};
document.addEventListener("change", (event) => {
  if (event.target.matches("#rows [name=source]")) event.target.dataset.sent = event.target.value;
});
document.addEventListener("htmx:after:settle", (event) => {
  const at = event.target;
  if (at.matches?.("#rows tbody")) settle(at);
  if (at.id === "mapping") {
    settle(document.getElementById("rows"));
    search();
  }
  const panel = document.getElementById("panel");
  if (at !== panel || !panel.childElementCount) return;
  settle(panel);
  if (!panel.open) panel.showModal();
  else if (!panel.contains(document.activeElement)) (panel.querySelector("#b-new") || panel).focus();
});

// --- a box that is typed but not sent ---
const isUnsent = () => {
  const box = document.activeElement;
  return Boolean(box && box.matches("#rows [name=source], #panel input, #panel textarea") && box.value !== box.defaultValue && box.dataset.sent !== box.value);
};
window.addEventListener("beforeunload", (event) => {
  if (isUnsent()) event.preventDefault();
});
