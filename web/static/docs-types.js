// What a JSON Schema says, in words, as a list of fields, and as an example.
import { make, prose } from "./docs-make.js";

const PLAIN = { integer: "whole number", number: "number", string: "text", boolean: "yes or no", null: "nothing", object: "object" };
const SAMPLES = {
  id: 12, video: 7, clip: 31, job: 118, owner: 2, user: 2, name: "ann", title: "The answer nobody expected",
  address: "https://videos.example/talk.mp4", url: "https://videos.example/talk.mp4", role: "editor", total: 1, next: "",
  start: 754.2, end: 793.6, score: 87.4, seconds: 5421.3, progress: 42.5, message: "", step: "transcribe", password: "a few plain words",
  token: "clp_3Jm0…", version: "1.0.0", cursor: "", limit: 50, cron: "30 3 * * *", zone: "Europe/Berlin",
};
const WHEN = "2026-05-04T12:00:00Z";

export class Types {
  constructor(schemas) {
    this.schemas = schemas;
  }

  of(schema) {
    return schema?.$ref ? this.schemas[schema.$ref.split("/").pop()] ?? {} : schema ?? {};
  }

  // The kind that a value has when it is not null.
  some(schema) {
    const kinds = schema.anyOf?.filter((kind) => kind.type !== "null");
    return kinds?.length === 1 ? kinds[0] : schema;
  }

  words(schema) {
    if (schema.anyOf) return schema.anyOf.map((kind) => this.words(kind)).join(" or ");
    const said = this.of(schema);
    if (said.enum) return said.enum.length > 6 ? said.title ?? "one of" : said.enum.filter((one) => one !== null).join(" | ");
    if (said.format === "date-time") return "time";
    if (said.type === "array") return said.items && Object.keys(said.items).length ? `list of ${this.words(said.items)}` : "list";
    if (said.properties && said.title) return said.title;
    if (said.type === "object" && said.additionalProperties && said.additionalProperties !== true) return `${this.words(said.additionalProperties)} by name`;
    return PLAIN[said.type] ?? "anything";
  }

  bounds(schema) {
    const said = this.of(this.some(schema));
    const parts = [];
    const least = said.minimum ?? said.exclusiveMinimum, most = said.maximum ?? said.exclusiveMaximum;
    const small = most !== undefined && most < 1e12;
    if (least !== undefined && small) parts.push(`${least} to ${most}`);
    else if (least !== undefined && least !== 0 && least !== 1) parts.push(`${least} or more`);
    else if (small) parts.push(`up to ${most}`);
    if (said.enum?.length > 6) parts.push(said.enum.join(", "));
    if (said.minLength > 1) parts.push(`at least ${said.minLength} signs`);
    if (said.maxLength) parts.push(`at most ${said.maxLength} signs`);
    const preset = schema.default;
    if (Array.isArray(preset) ? preset.length : !["undefined", "object"].includes(typeof preset) && preset !== "") {
      parts.push(`else ${preset}`);
    }
    return parts.join(" · ");
  }

  about(schema) {
    const said = this.of(schema);
    return said.description && said.properties ? [prose("p", "about", said.description)] : [];
  }

  // What is inside a type that is worth unfolding: an object, or what a list or a map holds.
  inner(schema) {
    const kind = this.some(schema);
    const said = this.of(kind);
    if (said.properties) return kind;
    if (said.type === "array" && said.items) return this.inner(said.items);
    if (said.additionalProperties && said.additionalProperties !== true) return this.inner(said.additionalProperties);
    return null;
  }

  example(schema, name = "", depth = 0) {
    const kind = this.some(schema);
    const said = this.of(kind);
    if (schema.anyOf && schema.default === null && depth > 0 && !(name in SAMPLES)) return null;
    if (said.enum) return said.enum.includes(SAMPLES[name]) ? SAMPLES[name] : said.enum[0];
    if (said.properties) {
      if (depth > 4) return {};
      return Object.fromEntries(Object.entries(said.properties).map(([key, value]) => [key, this.example(value, key, depth + 1)]));
    }
    if (said.format === "date-time") return WHEN;
    if (said.type === "array") return said.items && depth < 4 ? [this.example(said.items, name.replace(/e?s$/, ""), depth + 1)] : [];
    const sample = SAMPLES[name];
    if (said.type === "integer") return typeof sample === "number" ? Math.round(sample) : said.default ?? said.minimum ?? 3;
    if (said.type === "number") return typeof sample === "number" ? sample : said.default ?? said.minimum ?? 1.5;
    if (said.type === "boolean") return said.default ?? kind.default ?? false;
    if (said.type === "string") return typeof sample === "string" ? sample : schema.default || name || "text";
    if (said.type === "object") return {};
    return null;
  }

  // Only what has to be said.
  least(schema) {
    const said = this.of(schema);
    const needed = said.required ?? [];
    const names = needed.length ? needed : Object.keys(said.properties ?? {}).slice(0, 1);
    return Object.fromEntries(names.map((name) => [name, this.example(said.properties[name], name, 1)]));
  }
}

export function fieldsOf(schema, types, asked, depth = 0) {
  const inner = types.inner(schema);
  if (!inner) return make("p", "about", types.words(schema));
  const said = types.of(inner);
  const list = make("ul", "fields");
  for (const [name, field] of Object.entries(said.properties)) {
    const item = make("li");
    item.append(make("span", "name", name), make("span", "type", types.words(field)));
    if (asked && said.required?.includes(name)) item.append(make("span", "must", "needed"));
    const extra = types.bounds(field);
    if (extra) item.append(make("span", "extra", extra));
    const below = types.inner(field);
    if (below && depth < 4) item.append(unfolding(below, types, asked, depth));
    list.append(item);
  }
  return list;
}

function unfolding(schema, types, asked, depth) {
  const more = make("details");
  more.append(make("summary", "", `fields of ${types.of(schema).title ?? "it"}`));
  more.addEventListener("toggle", () => {
    if (more.open && more.childElementCount === 1) more.append(...types.about(schema), fieldsOf(schema, types, asked, depth + 1));
  });
  return more;
}

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;

// JSON with colours, as text nodes.
export function jsonView(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  const view = make("pre");
  let last = 0;
  for (const found of text.matchAll(TOKEN)) {
    view.append(text.slice(last, found.index));
    const [whole, string, colon, word] = found;
    if (string) {
      view.append(make("span", colon ? "k" : "s", string), colon ?? "");
    } else view.append(make("span", word ? "w" : "n", whole));
    last = found.index + whole.length;
  }
  view.append(text.slice(last));
  return view;
}
