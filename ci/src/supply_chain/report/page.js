"use strict";
// Tables that sort and filter, buttons that copy, and the other colour scheme. Nothing is fetched, nothing is
// made of text: without this script the page holds the same.

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
const keyOf = (row, column) => {
  const cell = row.cells[column];
  return cell.dataset.key ?? cell.textContent.trim();
};

function sort(table, header) {
  const column = header.cellIndex;
  const up = header.getAttribute("aria-sort") !== "ascending";
  for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
  header.setAttribute("aria-sort", up ? "ascending" : "descending");
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [keyOf(row, column), row]);
  rows.sort(([one], [other]) => (up ? collator.compare(one, other) : collator.compare(other, one)));
  body.append(...rows.map(([, row]) => row));
}

function makeSortable(table) {
  for (const header of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = header.textContent;
    button.addEventListener("click", () => sort(table, header));
    header.replaceChildren(button);
    header.setAttribute("aria-sort", "none");
  }
}

function makeFilter(form) {
  const rows = [...document.getElementById(`table-${form.dataset.for}`).tBodies[0].rows];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const search = form.querySelector("input");
  const choices = [...form.querySelectorAll("select")];
  const shown = form.querySelector("output");
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    rows.forEach((row, place) => {
      const fits =
        words.every((word) => texts[place].includes(word)) &&
        choices.every((choice) => !choice.value || row.dataset[choice.dataset.filter] === choice.value);
      row.hidden = !fits;
      left += fits;
    });
    shown.textContent = `${left} of ${rows.length} shown`;
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  filter();
}

function makeCopy(button) {
  const source = button.parentElement.querySelector("code");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(source);
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
}

function makeScheme(button) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.scheme ?? (dark.matches ? "dark" : "light")) === "dark";
  const label = () => (button.textContent = isDark() ? "Light" : "Dark");
  button.addEventListener("click", () => {
    document.documentElement.dataset.scheme = isDark() ? "light" : "dark";
    label();
  });
  dark.addEventListener("change", label);
  button.hidden = false;
  label();
}

document.querySelectorAll("table").forEach(makeSortable);
document.querySelectorAll("form.filters").forEach(makeFilter);
document.querySelectorAll("button.copy").forEach(makeCopy);
makeScheme(document.getElementById("scheme"));
