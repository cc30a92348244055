"use strict";
// Everything from the account enters the page through textContent: nothing in it can become markup.
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const make = (tag, text, kind) => {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (kind) element.className = kind;
  return element;
};
const SEVERITIES = ["critical", "high", "medium", "low", "info"];
const VERDICTS = ["flagged", "unknown", "clear", "not-applicable"];
const WORDS = { unknown: "not assessed", "not-applicable": "not applicable" };
const [SEVERITY, VERDICT, CHECK, SUBJECT, SAID, ARN, PLACE, TABLE, PRINT, MORE] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const HEIGHT = 40;
const rows = data.rows;
const checks = data.checks;
// Each text stands in the data once, and is referred to by its number.
const text = (at) => data.texts[at];
data.tables = data.tables.map(text);
for (const row of rows) for (const column of [SUBJECT, SAID, ARN, PLACE]) row[column] = text(row[column]);
// One lower-cased text for each row, made when the filter is first used.
let haystack = null;
let shown = rows.map((_, at) => at);
let sorted = { column: null, down: false };

const wanted = { text: byId("q"), severity: byId("f-severity"), verdict: byId("f-verdict"), check: byId("f-check") };
checks.forEach((check, at) => {
  const option = make("option", check.id);
  option.value = String(at);
  wanted.check.append(option);
});

function filter() {
  const words = wanted.text.value.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length && !haystack) {
    haystack = rows.map((row) => [checks[row[CHECK]].id, row[SUBJECT], row[SAID], row[ARN], row[PLACE]].join(" ").toLowerCase());
  }
  const severity = SEVERITIES.indexOf(wanted.severity.value);
  const verdict = VERDICTS.indexOf(wanted.verdict.value);
  const check = wanted.check.value === "" ? -1 : Number(wanted.check.value);
  shown = [];
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at];
    if (severity >= 0 && row[SEVERITY] !== severity) continue;
    if (verdict >= 0 && row[VERDICT] !== verdict) continue;
    if (check >= 0 && row[CHECK] !== check) continue;
    if (words.length && !words.every((word) => haystack[at].includes(word))) continue;
    shown.push(at);
  }
  if (sorted.column !== null) sort();
  byId("view").scrollTop = 0;
  draw();
}

function sort() {
  const { column, down } = sorted;
  const key = (row) => (column === CHECK ? checks[row[CHECK]].id : row[column]);
  shown.sort((a, b) => {
    const [x, y] = [key(rows[a]), key(rows[b])];
    const order = x < y ? -1 : x > y ? 1 : a - b;
    return down ? -order : order;
  });
}

function line(at) {
  const row = rows[at];
  const severity = SEVERITIES[row[SEVERITY]];
  const verdict = VERDICTS[row[VERDICT]];
  const element = make("div", undefined, "row");
  element.setAttribute("role", "row");
  element.append(
    make("span", severity, "sev " + (verdict === "flagged" ? severity : "info")),
    make("span", WORDS[verdict] || verdict, verdict === "unknown" ? "sev unknown" : ""),
    make("span", checks[row[CHECK]].id),
    make("span", row[SUBJECT] + (row[PLACE] ? " (" + row[PLACE] + ")" : "")),
    make("span", row[SAID]),
  );
  element.title = row[SAID];
  element.addEventListener("click", () => open(at));
  return element;
}

// Only what is in sight has elements: a hundred thousand rows scroll like ten.
function draw() {
  const view = byId("view");
  byId("spacer").style.height = shown.length * HEIGHT + "px";
  const first = Math.max(0, Math.floor(view.scrollTop / HEIGHT) - 5);
  const last = Math.min(shown.length, Math.ceil((view.scrollTop + view.clientHeight) / HEIGHT) + 5);
  const holder = byId("rows");
  holder.style.transform = "translateY(" + first * HEIGHT + "px)";
  holder.replaceChildren(...shown.slice(first, last).map(line));
  byId("shown").textContent = shown.length.toLocaleString("en") + " of " + rows.length.toLocaleString("en");
}

function entry(list, name, value) {
  if (value === "" || value === undefined || value === null) return;
  list.append(make("dt", name));
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 1);
  const cell = make("dd");
  cell.append(typeof value === "string" ? document.createTextNode(text) : make("pre", text, "mono"));
  list.append(cell);
}

// Code with a button that copies it.
function code(form, text) {
  const block = make("div", undefined, "code");
  block.append(make("span", form), make("pre", text));
  copyable(block);
  return block;
}

function copyable(block) {
  const button = make("button", "Copy", "copy");
  button.type = "button";
  button.addEventListener("click", () => {
    const text = block.querySelector("pre").textContent;
    const done = () => (button.textContent = "Copied");
    const select = () => getSelection().selectAllChildren(block.querySelector("pre"));
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, select);
    else select();
  });
  block.append(button);
}

// The steps of a recipe. Names that are not the same in every language come made out, as `$steps`.
const FORMS = [["cli", "AWS CLI", ""], ["terraform", "Terraform", '"'], ["cloudformation", "CloudFormation", '"']];
function steps(row) {
  const more = row[MORE] || {};
  if (more.$steps) return more.$steps;
  if (VERDICTS[row[VERDICT]] !== "flagged") return [];
  const names = { ...(more.$names || {}), arn: row[ARN], region: row[PLACE], account: row[ARN].split(":")[4], partition: row[ARN].split(":")[1], id: row[ARN].split(/[:\/]/).pop() };
  if (row[TABLE] >= 0) names.table = data.tables[row[TABLE]].split(":table/")[1];
  const made = [];
  for (const [key, form, quote] of FORMS) {
    const template = checks[row[CHECK]].recipe[key];
    if (!template) continue;
    let whole = true;
    const text = template.replace(/<([a-z_]+)>/g, (_, name) => {
      if (!names[name]) whole = false;
      return quote + names[name] + quote;
    });
    if (whole) made.push([form, text]);
  }
  return made;
}

function show(title, kind, fill) {
  const dialog = byId("detail");
  const close = make("button", "Close", "close");
  close.type = "button";
  close.addEventListener("click", () => dialog.close());
  dialog.replaceChildren(close, make("h3", title, kind));
  fill(dialog);
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
}

function open(at) {
  const row = rows[at];
  const check = checks[row[CHECK]];
  show(check.title, "sev " + SEVERITIES[row[SEVERITY]], (dialog) => {
    const list = make("dl");
    entry(list, "Subject", row[SUBJECT]);
    entry(list, "ARN", row[ARN]);
    entry(list, "Verdict", WORDS[VERDICTS[row[VERDICT]]] || VERDICTS[row[VERDICT]]);
    entry(list, "Seen", row[SAID]);
    entry(list, "Why it matters", check.why);
    entry(list, "What to do", check.fix);
    const more = { ...row[MORE] };
    if (more.Missing) more.Missing = more.Missing.map((parts) => parts.map(text).join(""));
    for (const name of Object.keys(more)) if (!name.startsWith("$")) entry(list, name, more[name]);
    entry(list, "Controls", Object.entries(check.maps).map(([name, ids]) => name + " " + ids.join(", ")).join("\n"));
    entry(list, "Check", check.id);
    entry(list, "Fingerprint", row[PRINT]);
    dialog.append(list, ...steps(row).map(([form, text]) => code(form, text)));
  });
}

const GROUPS = { access: "Access", encryption: "Encryption", exposure: "Indexes, streams, copies", items: "What items hold", monitoring: "Monitoring", recovery: "Recovery" };

// A finding as a line of a table's part; a click opens it.
function brief(at) {
  const row = rows[at];
  const verdict = VERDICTS[row[VERDICT]];
  const word = verdict === "flagged" ? SEVERITIES[row[SEVERITY]] : WORDS[verdict] || verdict;
  const line = make("tr", undefined, "link");
  line.append(make("td", word, "sev " + (verdict === "flagged" ? word : verdict)), make("td", checks[row[CHECK]].title), make("td", row[SAID], "wrap"));
  line.addEventListener("click", () => open(at));
  return line;
}

// Readers by the ways that are open to them: full where outright, half where under a condition.
function matrix(reading) {
  const ways = [...new Set(reading.flatMap((reader) => reader[3].split(", ")))].sort();
  const head = make("tr");
  head.append(make("th", "Reader"), ...ways.map((way) => make("th", way)), make("th", "Only if"));
  const body = make("tbody");
  for (const [names, external, condition, roads] of reading) {
    const open = new Set(roads.split(", "));
    const line = make("tr");
    line.append(make("td", names.join(", "), external ? "wrap sev high" : "wrap"));
    for (const way of ways) {
      const cell = make("td", !open.has(way) ? "" : condition ? "◐" : "●", "n");
      if (open.has(way)) cell.title = way + (condition ? ", under a condition" : ", outright");
      line.append(cell);
    }
    line.append(make("td", condition, "wrap"));
    body.append(line);
  }
  const table = make("table", undefined, "matrix");
  const top = make("thead");
  top.append(head);
  table.append(top, body);
  const scroll = make("div", undefined, "scroll");
  scroll.append(table);
  return scroll;
}

// Tables: those with findings, the worst first.
function tables() {
  const byTable = new Map();
  rows.forEach((row, at) => {
    if (row[TABLE] < 0) return;
    if (!byTable.has(row[TABLE])) byTable.set(row[TABLE], []);
    byTable.get(row[TABLE]).push(at);
  });
  const ranked = [...byTable].map(([table, its]) => {
    const counts = SEVERITIES.map((_, severity) => its.filter((at) => rows[at][VERDICT] === 0 && rows[at][SEVERITY] === severity).length);
    const open = its.filter((at) => rows[at][VERDICT] === 1).length;
    return { table, its, counts, open };
  });
  ranked.sort((a, b) => {
    for (let s = 0; s < SEVERITIES.length; s++) if (a.counts[s] !== b.counts[s]) return b.counts[s] - a.counts[s];
    return data.tables[a.table] < data.tables[b.table] ? -1 : 1;
  });
  const card = ({ table, its, counts, open }) => {
    const arn = data.tables[table];
    const name = arn.split(":table/")[1] || arn;
    const element = make("button");
    element.type = "button";
    element.title = arn;
    const dots = make("span", undefined, "dots");
    counts.forEach((n, s) => n && dots.append(make("span", n + " " + SEVERITIES[s], SEVERITIES[s])));
    if (open) dots.append(make("span", open + " not assessed", "unknown"));
    if (!dots.childNodes.length) dots.append(make("span", "nothing flagged", "clear"));
    element.append(make("b", name), make("span", arn.split(":")[3] + " ", "muted"), dots);
    element.addEventListener("click", () => show(name, "", (dialog) => {
      dialog.append(make("p", arn, "mono wrap"));
      const groups = [...new Set(its.map((at) => checks[rows[at][CHECK]].group))].sort();
      for (const group of groups) {
        const body = make("tbody");
        for (const at of its.filter((at) => checks[rows[at][CHECK]].group === group)) body.append(brief(at));
        const table = make("table");
        table.append(body);
        dialog.append(make("h3", GROUPS[group] || group), table);
      }
      const reading = data.readers.filter((reader) => reader[4].includes(table));
      // Readers of very many tables are named with the first of them alone.
      const unsure = data.readers.filter((reader) => reader[6] && !reader[4].includes(table)).length;
      if (!reading.length && !unsure) return;
      dialog.append(make("h3", "Who can read"));
      if (reading.length) dialog.append(matrix(reading));
      if (unsure) dialog.append(make("p", unsure + " more groups of readers reach too many tables to name them all here; dynaudit who-can tells whether this is one.", "note"));
    }));
    return element;
  };
  const list = byId("table-list");
  const page = 300;
  let drawn = 0;
  const next = () => {
    list.append(...ranked.slice(drawn, drawn + page).map(card));
    drawn += page;
  };
  next();
  list.addEventListener("scroll", () => {
    if (drawn < ranked.length && list.scrollTop + list.clientHeight > list.scrollHeight - 600) next();
  });
  if (!ranked.length) list.append(make("p", "No finding is about a table.", "note"));
}

document.querySelectorAll("[data-sort]").forEach((head) =>
  head.addEventListener("click", () => {
    const column = Number(head.dataset.sort);
    sorted = { column, down: sorted.column === column && !sorted.down };
    document.querySelectorAll("[data-sort]").forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
    sort();
    draw();
  }),
);
document.querySelectorAll("[data-severity],[data-verdict]").forEach((card) =>
  card.addEventListener("click", () => {
    wanted.severity.value = card.dataset.severity || "";
    wanted.verdict.value = card.dataset.severity ? "flagged" : card.dataset.verdict;
    filter();
    byId("findings").scrollIntoView();
  }),
);
document.querySelectorAll(".code").forEach(copyable);
byId("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});
document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());
wanted.text.addEventListener("input", filter);
[wanted.severity, wanted.verdict, wanted.check].forEach((select) => select.addEventListener("change", filter));
byId("view").addEventListener("scroll", draw);
window.addEventListener("resize", draw);
tables();
filter();
