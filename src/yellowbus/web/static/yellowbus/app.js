// The few things that HTML cannot do by itself. No page needs them to be usable, save for what htmx swaps in.
document.documentElement.classList.add("scripted");

// The menu of narrow screens.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-opens]");
  if (!button) return;
  const opened = button.getAttribute("aria-expanded") !== "true";
  button.setAttribute("aria-expanded", String(opened));
  document.getElementById(button.dataset.opens).classList.toggle("open", opened);
});

// A pull-down closes when the focus or a click goes elsewhere, and on Escape.
const closeOthers = (target) => {
  for (const menu of document.querySelectorAll("details.pulldown[open]")) {
    if (!menu.contains(target)) menu.removeAttribute("open");
  }
};
document.addEventListener("click", (event) => closeOthers(event.target));
document.addEventListener("focusin", (event) => closeOthers(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement.closest("details.pulldown[open]");
  closeOthers(null);
  if (menu) menu.querySelector("summary").focus();
});

// A choice that takes effect at once: <select data-submits>.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});

// One box that ticks all others of its form: <input type="checkbox" data-ticks="code">.
document.addEventListener("change", (event) => {
  const box = event.target;
  const form = box.form;
  if (!form) return;
  if (box.dataset.ticks) {
    for (const other of form.querySelectorAll(`input[name="${box.dataset.ticks}"]`)) other.checked = box.checked;
  }
  const count = form.querySelector("[data-counts]");
  if (count) {
    const ticked = form.querySelectorAll(`input[name="${count.dataset.counts}"]:checked`).length;
    count.textContent = ticked === 1 ? "1 chosen" : `${ticked} chosen`;
  }
});

// An error summary takes the focus, so that it is read first.
const summary = document.querySelector("[data-focus]");
if (summary) summary.focus();
