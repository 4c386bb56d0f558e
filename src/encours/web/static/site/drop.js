// A place where a file is dropped: the form works without it.
(() => {
  "use strict";

  for (const place of document.querySelectorAll("[data-drop]")) {
    const input = place.querySelector("input[type=file]");
    const over = (event) => {
      event.preventDefault();
      place.classList.add("drop-over");
    };
    place.addEventListener("dragenter", over);
    place.addEventListener("dragover", over);
    place.addEventListener("dragleave", () => place.classList.remove("drop-over"));
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      place.classList.remove("drop-over");
      if (!event.dataTransfer?.files.length) return;
      input.files = event.dataTransfer.files;
      if (place.reportValidity()) place.requestSubmit();
    });

    const bar = place.querySelector("progress");
    place.addEventListener("htmx:xhr:progress", (event) => {
      if (!event.detail.lengthComputable) return;
      bar.hidden = false;
      bar.value = Math.round((100 * event.detail.loaded) / event.detail.total);
    });
    place.addEventListener("htmx:responseError", () => {
      bar.hidden = true;
    });
  }
})();
