// The little that HTML and htmx do not do: no page needs it to work.
(() => {
  "use strict";

  // A form marked so is sent when one of its fields changes (switchers in the header).
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-send-on-change]");
    if (form) form.requestSubmit();
  });

  // A button marked so asks before it acts.
  document.addEventListener("submit", (event) => {
    const question = event.submitter?.dataset.confirm || event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // "/" leads to the search box, as in many business tools.
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = document.getElementById("search-box");
    if (box) {
      event.preventDefault();
      box.focus();
    }
  });

  // A button or a link that names a key answers to it, where nobody is typing.
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (event.ctrlKey || event.metaKey || event.altKey || !/^[a-z]$/.test(event.key)) return;
    const wanted = document.querySelector(`[data-key="${event.key}"]`);
    if (!wanted) return;
    event.preventDefault();
    if (wanted.matches("summary")) {
      wanted.parentElement.open = true;
      wanted.parentElement.querySelector("textarea")?.focus();
    } else {
      wanted.click();
    }
  });

  // The head of a column of checkboxes ticks them all.
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-tick-all]")) return;
    const table = event.target.closest("table");
    for (const box of table.querySelectorAll("tbody input[type=checkbox]")) {
      box.checked = event.target.checked;
    }
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-print], [data-copy], [data-dismiss]");
    if (!button) return;
    if (button.matches("[data-print]")) window.print();
    if (button.matches("[data-copy]")) {
      navigator.clipboard?.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    }
    if (button.matches("[data-dismiss]")) button.closest("[data-message]").remove();
  });

  // A button marked so writes its word where one was typing, else in the field that it names.
  let typedIn = null;
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("textarea")) typedIn = event.target;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button) return;
    const field = typedIn || document.getElementById(button.dataset.into);
    field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // On a phone the menu of a section is a strip: show where we are in it. Not by scrollIntoView,
  // from which the keyboard would go on instead of from the top of the page.
  const here = document.querySelector(".sub-nav [aria-current]");
  const strip = here?.closest(".side-list");
  if (strip && strip.scrollWidth > strip.clientWidth) {
    strip.scrollLeft += here.getBoundingClientRect().left - strip.getBoundingClientRect().left - (strip.clientWidth - here.offsetWidth) / 2;
  }

  // A reply that is an error still tells the person something.
  document.addEventListener("htmx:responseError", (event) => {
    const place = document.getElementById("messages");
    if (!place) return;
    const box = document.createElement("div");
    box.className = "alert alert-danger message";
    box.textContent = place.dataset.failure;
    place.replaceChildren(box);
  });
  document.addEventListener("htmx:sendError", () => {
    const place = document.getElementById("messages");
    if (place) {
      const box = document.createElement("div");
      box.className = "alert alert-danger message";
      box.textContent = place.dataset.unreachable;
      place.replaceChildren(box);
    }
  });
})();
