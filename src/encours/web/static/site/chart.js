// Draws every [data-chart] with ECharts: options are data, colours come from the page's theme.
(() => {
  "use strict";
  const english = document.documentElement.lang === "en";
  const locale = english ? "en-GB" : "fr-FR";
  const shortNumber = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
  const writers = {
    money: (currency) => {
      const full = new Intl.NumberFormat(locale, { style: "currency", currency });
      return { full: (v) => full.format(v), axis: (v) => `${shortNumber.format(v)}\u202f€` };
    },
    count: () => {
      const full = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
      return { full: (v) => full.format(v), axis: (v) => shortNumber.format(v) };
    },
    percent: () => ({ full: (v) => `${v}\u00a0%`, axis: (v) => `${v}\u00a0%` }),
  };
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const axis = (given, base) => (Array.isArray(given) ? given.map((one) => ({ ...base, ...one })) : { ...base, ...given });

  const draw = (place) => {
    const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    const writer = (writers[place.dataset.kind] || writers.count)(place.dataset.currency || "EUR");
    const ink = colour("--chart-ink");
    const line = colour("--chart-line");
    const text = { color: ink, fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12 };
    const base = { axisLabel: { ...text }, axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, splitLine: { lineStyle: { color: line } } };
    const valueAxis = { ...base, axisLabel: { ...text, formatter: writer.axis } };
    const dress = (given) => axis(given, (Array.isArray(given) ? given[0] : given)?.type === "value" ? valueAxis : base);
    const options = {
      animation: false,
      color: (data.palette || [1, 2, 3, 4, 5, 6]).map((number) => colour(`--chart-${number}`)),
      textStyle: text,
      grid: { left: 8, right: 12, top: 36, bottom: 4, containLabel: true },
      aria: { enabled: false },
      ...data,
      legend: data.legend === undefined ? undefined : { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 8, textStyle: text, ...data.legend },
      tooltip: { trigger: "axis", renderMode: "richText", confine: true, backgroundColor: colour("--chart-paper"), borderColor: line, textStyle: text, valueFormatter: writer.full, ...data.tooltip },
    };
    if (data.xAxis) options.xAxis = dress(data.xAxis);
    if (data.yAxis) options.yAxis = dress(data.yAxis);
    const known = window.echarts.getInstanceByDom(place);
    const chart = known || window.echarts.init(place, null, { renderer: "svg" });
    chart.setOption(options, true);
    if (!known) new ResizeObserver(() => chart.resize()).observe(place);
  };
  const drawAll = (root) => {
    for (const place of root.querySelectorAll("[data-chart]")) draw(place);
  };
  document.addEventListener("encours:theme", () => drawAll(document));
  document.addEventListener("htmx:load", (event) => drawAll(event.detail.elt.parentElement || document));
  drawAll(document);
})();
