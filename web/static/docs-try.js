// A form that sends the request for real, and shows what came back.
import { headers, key } from "./docs-key.js";
import { make } from "./docs-make.js";
import { jsonView } from "./docs-types.js";

const SHOWN = ["retry-after", "location", "etag", "idempotency-replayed", "content-type"];

function field(one, types) {
  const label = make("label");
  label.append(make("span", "", one.name));
  const said = types.of(types.some(one.schema));
  const choices = said.enum ?? (said.type === "boolean" ? [true, false] : null);
  let input;
  if (choices) {
    input = make("select");
    if (!one.required) input.append(make("option"));
    choices.forEach((choice) => input.append(make("option", "", String(choice))));
  } else {
    input = make("input");
    const preset = one.schema.default;
    input.placeholder = preset !== undefined && preset !== null && !Array.isArray(preset) ? String(preset) : types.words(one.schema);
    if (said.type === "integer" || said.type === "number") input.inputMode = "decimal";
  }
  input.required = one.required && one.in === "path";
  input.dataset.name = one.name;
  input.dataset.in = one.in;
  label.append(input);
  return label;
}

function request(form, path, method) {
  const query = new URLSearchParams();
  const sent = headers();
  let where = path;
  for (const input of form.querySelectorAll("[data-name]")) {
    const value = input.value.trim();
    if (input.dataset.in === "path") where = where.replace(`{${input.dataset.name}}`, encodeURIComponent(value));
    else if (value && input.dataset.in === "header") sent[input.dataset.name] = value;
    else if (value) query.append(input.dataset.name, value);
  }
  const text = form.querySelector("textarea")?.value;
  if (text !== undefined) sent["Content-Type"] = "application/json";
  return { url: where + (query.size ? `?${query}` : ""), method: method.toUpperCase(), headers: sent, body: text };
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function curl(asked, open) {
  const parts = ["curl", ...(asked.method === "GET" ? [] : ["-X", asked.method])];
  for (const [name, value] of Object.entries(asked.headers)) {
    parts.push("-H", quoted(`${name}: ${name === "X-Api-Key" ? "$CLIPPER_API_KEY" : value}`).replace("'X-Api-Key: $CLIPPER_API_KEY'", '"X-Api-Key: $CLIPPER_API_KEY"'));
  }
  if (!key() && !open) parts.push("-H", '"X-Api-Key: $CLIPPER_API_KEY"');
  if (asked.body !== undefined) parts.push("--data", quoted(asked.body.replace(/\s*\n\s*/g, " ")));
  parts.push(quoted(location.origin + asked.url));
  return parts.join(" ");
}

function headLine(answer, took) {
  const line = make("div", "line");
  const tone = answer.ok ? "good" : answer.status < 500 ? "other" : "bad";
  line.append(make("span", `pill ${tone}`, `${answer.status}`), make("span", "", `${took.toFixed(0)} ms`));
  for (const name of SHOWN) {
    const value = answer.headers.get(name);
    if (value) line.append(make("span", "", `${name}: ${value}`));
  }
  return line;
}

async function content(answer, stopper) {
  const kind = answer.headers.get("content-type") ?? "";
  if (kind.includes("json")) {
    const text = await answer.text();
    return jsonView(text ? JSON.parse(text) : null);
  }
  if (kind.startsWith("text/event-stream")) return following(answer, stopper);
  if (/^(image|video|audio)\//.test(kind)) {
    const media = make(kind.startsWith("image/") ? "img" : "video");
    media.src = URL.createObjectURL(await answer.blob());
    if (media.tagName === "VIDEO") media.controls = true;
    return media;
  }
  const text = await answer.text();
  return text ? jsonView(text) : make("p", "about", "No content.");
}

// Events as they come, newest below, until somebody stops.
function following(answer, stopper) {
  const box = make("div");
  const view = make("pre");
  const stop = make("button", "quiet", "Stop");
  stop.type = "button";
  stop.addEventListener("click", () => stopper.abort());
  box.append(view, stop);
  (async () => {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        view.append(value);
        view.scrollTop = view.scrollHeight;
      }
    } catch { /* stopped */ }
    stop.disabled = true;
  })();
  return box;
}

export function tryForm(operation, method, path, types) {
  const form = make("form", "try");
  form.append(make("h3", "", "Try it"));
  if (operation.parameters.length) {
    const asks = make("div", "asks");
    operation.parameters.forEach((one) => asks.append(field(one, types)));
    form.append(asks);
  }
  const schema = operation.requestBody?.content["application/json"].schema;
  if (schema) {
    const label = make("label", "body");
    const text = make("textarea");
    text.value = JSON.stringify(types.least(schema), null, 2);
    text.rows = Math.min(14, text.value.split("\n").length + 1);
    text.spellcheck = false;
    label.append(make("span", "", "body"), text);
    form.append(label);
  }
  const row = make("div", "row");
  const send = make("button", method === "delete" ? "danger" : "", `Send ${method.toUpperCase()}`);
  send.type = "submit";
  row.append(send);
  const answerBox = make("div", "answer");
  answerBox.setAttribute("aria-live", "polite");
  const command = make("pre", "curl");
  const show = () => { command.textContent = curl(request(form, path, method), !operation.security.length); };
  form.addEventListener("input", show);
  form.append(row, command, answerBox);
  show();
  let stopper = new AbortController();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    stopper.abort();
    stopper = new AbortController();
    show();
    send.disabled = true;
    const { url, ...asked } = request(form, path, method);
    const began = performance.now();
    try {
      const answer = await fetch(url, { ...asked, signal: stopper.signal });
      answerBox.replaceChildren(headLine(answer, performance.now() - began), await content(answer, stopper));
    } catch (error) {
      answerBox.replaceChildren(make("p", "note", `It could not be sent: ${error.message}`));
    }
    send.disabled = false;
  });
  return form;
}
