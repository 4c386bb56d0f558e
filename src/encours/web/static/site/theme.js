// Light, dark, or what the machine prefers; runs before the page is painted, hence no flash.
(() => {
  "use strict";
  const root = document.documentElement;
  const night = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const wanted = root.dataset.theme || "auto";
    const dark = wanted === "dark" || (wanted === "auto" && night.matches);
    root.dataset.bsTheme = dark ? "dark" : "light";
    document.dispatchEvent(new CustomEvent("encours:theme"));
  };
  night.addEventListener("change", apply);
  apply();
})();
