// The reference, drawn from /api/openapi.json. Text goes into the page as text only, never as markup.
import { make, prose } from "./docs-make.js";
import { fieldsOf, jsonView, Types } from "./docs-types.js";
import { tryForm } from "./docs-try.js";
import { keyForm } from "./docs-key.js";

const METHODS = ["get", "post", "put", "patch", "delete"];

function rolesOf(operation) {
  if (!operation.security.length) return ["open", "open"];
  const role = /For an? (viewer|editor|admin)/.exec(operation.description)?.[1] ?? "viewer";
  return [role, role];
}

function pathText(path) {
  const said = make("span", "path");
  const base = path.startsWith("/api/v1") ? "/api/v1" : "";
  if (base) said.append(make("span", "base", base));
  for (const part of path.slice(base.length).split(/(\{[^}]+\})/)) {
    said.append(part.startsWith("{") ? make("i", "", part) : part);
  }
  return said;
}

function paramList(parameters, types) {
  const list = make("ul", "fields");
  for (const one of parameters) {
    const item = make("li");
    item.append(make("span", "name", one.name), make("span", "type", types.words(one.schema)));
    if (one.in === "header") item.append(make("span", "type", "header"));
    if (one.required) item.append(make("span", "must", "needed"));
    const extra = [one.description, types.bounds(one.schema)].filter(Boolean).join(" · ");
    if (extra) item.append(make("span", "extra", extra));
    list.append(item);
  }
  return list;
}

function statuses(operation, document_) {
  const row = make("div", "statuses");
  for (const [status, said] of Object.entries(operation.responses)) {
    if (said.$ref) {
      const name = said.$ref.split("/").pop();
      const link = make("a", "");
      link.href = `#problem-${name.replace(/(?<!^)([A-Z])/g, "-$1").toLowerCase()}`;
      link.append(make("b", "", status), document_.components.responses[name].description);
      row.append(link);
    } else {
      const good = make("span", "good");
      good.append(make("b", "", status), said.description.replace(/\.$/, ""));
      row.append(good);
    }
  }
  return row;
}

function side(title, ...content) {
  return [make("h3", "", title), ...content];
}

function inside(operation, method, path, document_, types) {
  const box = make("div", "inside");
  box.append(prose("p", "said", operation.description));
  const left = make("div"), right = make("div");
  if (operation.parameters.length) left.append(...side("Asked with", paramList(operation.parameters, types)));
  const body = operation.requestBody?.content["application/json"].schema;
  if (body) {
    left.append(...side("Body", ...types.about(body), fieldsOf(body, types, true)));
    right.append(...side("Body, for example", jsonView(types.example(body))));
  }
  const answer = Object.entries(operation.responses).find(([status]) => status < "300")?.[1];
  const schema = answer?.content?.["application/json"]?.schema;
  if (schema && schema.type !== "string") {
    left.append(...side("Answer", ...types.about(schema), fieldsOf(schema, types, false)));
    right.append(...side("Answer, for example", jsonView(types.example(schema))));
  } else if (answer?.content) {
    left.append(...side("Answer", make("p", "about", `${answer.description} (${Object.keys(answer.content)[0]})`)));
  }
  right.append(...side("Statuses", statuses(operation, document_)));
  if (left.childElementCount) box.append(left); else right.className = "wide";
  box.append(right, tryForm(operation, method, path, types));
  return box;
}

function endpoint(path, method, operation, document_, types) {
  const entry = make("details", "end");
  entry.id = operation.operationId;
  entry.dataset.words = `${method} ${path} ${operation.summary} ${operation.description}`.toLowerCase();
  const line = make("summary");
  const [role, tone] = rolesOf(operation);
  line.append(make("span", `method ${method}`, method.toUpperCase()), pathText(path), make("span", `role ${tone}`, role));
  line.append(make("span", "summary", operation.summary));
  entry.append(line);
  entry.addEventListener("toggle", () => {
    if (entry.open && entry.childElementCount === 1) entry.append(inside(operation, method, path, document_, types));
  });
  return entry;
}

function problems(document_) {
  const section = make("section", "noun");
  section.id = "refusals";
  section.append(make("h2", "", "Refusals"), make("p", "", "What is refused is told in one form, with the next step in words."));
  const list = make("dl", "list problems");
  const said = document_["x-problems"];
  for (const one of said) {
    const row = make("div");
    row.id = `problem-${one.name}`;
    const head = make("dt");
    head.append(make("b", "", String(one.status)), make("span", "", one.title));
    row.append(head, make("dd", "", one.about));
    list.append(row);
  }
  section.append(list);
  return section;
}

function draw(document_) {
  const types = new Types(document_.components.schemas);
  const [first, ...rest] = document_.info.description.split("\n\n");
  const intro = globalThis.document.getElementById("intro");
  const title = make("h1", "", first);
  const version = make("p");
  const link = make("a", "", "/api/openapi.json");
  link.href = "/api/openapi.json";
  version.append(`Version ${document_.info.version}. The same as a document: `, link);
  intro.replaceChildren(title, ...rest.map((part) => prose("p", "", part)), version);

  const all = globalThis.document.getElementById("endpoints");
  const nouns = globalThis.document.getElementById("nouns");
  const sections = [];
  for (const tag of document_.tags) {
    const section = make("section", "noun");
    section.id = tag.name;
    const list = make("div", "list");
    for (const [path, methods] of Object.entries(document_.paths)) {
      for (const method of METHODS) {
        const operation = methods[method];
        if (operation?.tags.includes(tag.name)) list.append(endpoint(path, method, operation, document_, types));
      }
    }
    section.append(make("h2", "", tag.name), make("p", "", tag.description), list);
    sections.push(section);
    const link = make("a", "", tag.name.charAt(0).toUpperCase() + tag.name.slice(1));
    link.href = `#${tag.name}`;
    link.append(make("small", "", String(list.childElementCount)));
    nouns.append(link);
  }
  const last = problems(document_);
  const link_ = make("a", "", "Refusals");
  link_.href = "#refusals";
  nouns.append(link_);
  const empty = make("p", "empty", "Nothing fits that. Try one word, such as clips or retry.");
  empty.hidden = true;
  all.replaceChildren(...sections, last, empty);
  searching(sections, last, empty);
  whereAmI(nouns, [...sections, last]);
  openNamed();
  globalThis.addEventListener("hashchange", openNamed);
}

function searching(sections, last, empty) {
  const field = globalThis.document.getElementById("search");
  const look = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let any = false;
    for (const section of sections) {
      let here = false;
      for (const entry of section.querySelectorAll(".end")) {
        entry.hidden = !words.every((word) => entry.dataset.words.includes(word));
        here ||= !entry.hidden;
      }
      section.hidden = !here;
      any ||= here;
    }
    last.hidden = words.length > 0;
    empty.hidden = any;
  };
  field.addEventListener("input", look);
  globalThis.document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === "/" && !typing) { event.preventDefault(); field.focus(); }
    if (event.key === "Escape" && event.target === field) { field.value = ""; look(); field.blur(); }
  });
}

function whereAmI(nouns, sections) {
  const links = new Map([...nouns.children].map((link) => [link.hash.slice(1), link]));
  const seen = new Set();
  const watcher = new IntersectionObserver((changes) => {
    for (const change of changes) seen[change.isIntersecting ? "add" : "delete"](change.target.id);
    const first = sections.find((section) => seen.has(section.id));
    for (const [name, link] of links) {
      const here = first?.id === name;
      if (here && !link.hasAttribute("aria-current")) {
        link.setAttribute("aria-current", "true");
        if (nouns.scrollWidth > nouns.clientWidth) nouns.scrollTo({ left: link.offsetLeft - 64 });
      } else if (!here) link.removeAttribute("aria-current");
    }
  }, { rootMargin: "-140px 0px -55% 0px" });
  sections.forEach((section) => watcher.observe(section));
}

function openNamed() {
  const named = globalThis.document.getElementById(decodeURIComponent(globalThis.location.hash.slice(1)));
  if (named?.matches(".end")) named.open = true;
  named?.scrollIntoView();
}

keyForm();
try {
  const answer = await fetch("/api/openapi.json");
  if (!answer.ok) throw new Error(`the box answered ${answer.status}`);
  draw(await answer.json());
} catch (error) {
  const all = globalThis.document.getElementById("endpoints");
  all.replaceChildren(make("p", "note", `The reference could not be read: ${error.message}. Is the box running? Load the page again.`));
}
