"use strict";
const filter = document.getElementById("filter");
const shown = document.getElementById("shown");
const tasks = [...document.querySelectorAll("article")].map((task) => ({
  task, items: [...task.querySelectorAll("[data-status]")], passed: task.querySelector("details"),
}));
const label = (name) => filter.elements[name].labels[0].firstChild.data.trim().toLowerCase();
const matches = (element, name, wanted) => !wanted || element.dataset[name] === wanted;
function apply() {
  const wanted = Object.fromEntries(new FormData(filter));
  const names = ["status", "group", "side"].filter((name) => wanted[name]);
  let count = 0;
  for (const { task, items, passed } of tasks) {
    let visible = 0;
    for (const item of items) {
      item.hidden = !names.every((name) => matches(item, name, wanted[name]));
      visible += item.hidden ? 0 : 1;
    }
    task.hidden = !matches(task, "verdict", wanted.verdict) || (names.length > 0 && visible === 0);
    if (passed) passed.open = wanted.status === "passed";
    count += task.hidden ? 0 : 1;
  }
  const words = Object.entries(wanted).filter(([, value]) => value).map(([name, value]) => `${label(name)} ${value}`);
  const partial = names.length > 0 && document.querySelector("article .left-out") !== null;
  shown.value = words.length === 0 ? "" : `Only ${words.join(", ")}: ${count} of ${tasks.length} ${shown.dataset.unit}`
    + (partial ? "; findings that are left out of this file are not filtered" : "");
}
filter.addEventListener("input", apply);
filter.addEventListener("reset", () => setTimeout(apply));
filter.hidden = filter.querySelector("select") === null;
