// Who is who by keyboard: 1 to 9 a student, n a new one, s skip, u take the last back.
// A key pressed while an answer is on its way waits for it, so that it never decides the record before.
const KEYS = /^[1-9nsu]$/;
const pressed = [];
let asking = false;

const next = () => {
  if (asking || !pressed.length) return;
  const button = document.querySelector(`#who [data-key="${pressed.shift()}"]`);
  if (button) button.click();
  else next();
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !KEYS.test(event.key)) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog")) return;
  event.preventDefault();
  pressed.push(event.key);
  next();
});

document.addEventListener("htmx:before:request", () => {
  asking = true;
});
document.addEventListener("htmx:error", () => {
  pressed.length = 0;
});
document.addEventListener("htmx:finally:request", () => {
  // What was decided waits no more.
  const decided = document.getElementById("who")?.dataset.decided;
  if (decided) document.querySelector(`[data-row="${CSS.escape(decided)}"]`)?.remove();
  asking = false;
  next();
});
