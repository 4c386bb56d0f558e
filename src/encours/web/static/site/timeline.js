// The time line of a scenario: steps stand at their day, are dragged, or moved by the arrows.
// Without this file the steps are a list, and their form moves them.
(() => {
  "use strict";
  const WEEK = 7;
  const WAIT_MS = 400;
  const LANE = 3.6; // rem, the height of a step
  let held = null;
  let moved = false;
  let timer = 0;

  const label = (day) => (day < 0 ? `J${day}` : `J+${day}`);
  const bounds = (line) => [Number(line.dataset.least), Number(line.dataset.most)];

  // Put each step at its day, on the lowest lane where it covers no other.
  const place = (line) => {
    const [least, most] = bounds(line);
    line.classList.add("is-placed");
    const width = line.clientWidth;
    const lanes = [];
    const pins = [...line.querySelectorAll(".timeline-pin")];
    pins.sort((one, other) => Number(one.dataset.day) - Number(other.dataset.day));
    for (const one of [...pins, ...line.querySelectorAll(".timeline-due")]) {
      one.style.left = `${(100 * (Number(one.dataset.day) - least)) / (most - least)}%`;
    }
    for (const pin of pins) {
      const middle = (width * (Number(pin.dataset.day) - least)) / (most - least);
      const half = pin.offsetWidth / 2 + 4;
      let lane = lanes.findIndex((end) => end <= middle - half);
      if (lane < 0) lane = lanes.length;
      lanes[lane] = middle + half;
      pin.dataset.lane = lane;
    }
    for (const pin of pins) {
      const up = Number(pin.dataset.lane) * LANE + 2;
      pin.style.bottom = `${up}rem`;
      pin.style.setProperty("--stem", `${up}rem`);
    }
    line.style.height = `${lanes.length * LANE + 2.2}rem`;
    // On a narrow screen the line scrolls: show the chosen step.
    const frame = line.parentElement;
    const chosen = line.querySelector(".is-chosen");
    if (chosen && frame.scrollWidth > frame.clientWidth) {
      frame.scrollLeft = chosen.offsetLeft + line.offsetLeft - frame.clientWidth / 2;
    }
  };

  const show = (pin, day) => {
    const line = pin.closest("[data-timeline]");
    const [least, most] = bounds(line);
    const inside = Math.max(least, Math.min(most, day));
    const item = pin.parentElement;
    item.dataset.day = inside;
    item.style.left = `${(100 * (inside - least)) / (most - least)}%`;
    pin.querySelector(".timeline-day").textContent = label(inside);
    return inside;
  };

  const send = (pin) => {
    const form = document.getElementById("move");
    form.elements.etape.value = pin.dataset.pin;
    form.elements.day.value = pin.parentElement.dataset.day;
    form.requestSubmit();
  };

  document.addEventListener("pointerdown", (event) => {
    const pin = event.target.closest("[data-timeline] a[data-pin]");
    if (!pin || event.button !== 0) return;
    const line = pin.closest("[data-timeline]");
    held = { pin, line, from: event.clientX, day: Number(pin.parentElement.dataset.day) };
    moved = false;
    pin.setPointerCapture(event.pointerId);
    pin.classList.add("is-held");
  });

  document.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [least, most] = bounds(held.line);
    const days = Math.round(((event.clientX - held.from) * (most - least)) / held.line.clientWidth);
    if (days) moved = true;
    if (moved) show(held.pin, held.day + days);
  });

  const release = () => {
    if (!held) return;
    const { pin, day } = held;
    pin.classList.remove("is-held");
    held = null;
    if (moved && Number(pin.parentElement.dataset.day) !== day) send(pin);
  };
  document.addEventListener("pointerup", release);
  document.addEventListener("pointercancel", release);
  document.addEventListener("dragstart", (event) => {
    if (event.target.closest?.("a[data-pin]")) event.preventDefault();
  });

  // The click that ends a drag opens nothing.
  document.addEventListener(
    "click",
    (event) => {
      if (!moved || !event.target.closest("a[data-pin]")) return;
      moved = false;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );

  document.addEventListener("keydown", (event) => {
    const pin = event.target.closest?.("[data-timeline] a[data-pin]");
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!pin || !way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    show(pin, Number(pin.parentElement.dataset.day) + way * (event.shiftKey ? WEEK : 1));
    window.clearTimeout(timer);
    timer = window.setTimeout(() => send(pin), WAIT_MS);
  });

  const placeAll = () => document.querySelectorAll("[data-timeline]").forEach(place);
  document.addEventListener("htmx:afterSettle", placeAll);
  window.addEventListener("resize", placeAll);
  placeAll();
})();
