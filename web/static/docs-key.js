// The key that is tried with: kept in this tab only.
import { make } from "./docs-make.js";

const NAME = "clipper-docs-key";

export function key() {
  return sessionStorage.getItem(NAME) ?? "";
}

export function headers() {
  return key() ? { "X-Api-Key": key() } : {};
}

async function who() {
  const shown = document.getElementById("who");
  const box = document.getElementById("login");
  let said = key() ? "Key is wrong" : "Key";
  try {
    const answer = await fetch("/api/v1/users/me", { headers: headers() });
    if (answer.ok) {
      const me = await answer.json();
      said = `${me.name}`;
      box.title = `${me.name}, ${me.role}, by ${me.through}`;
    }
    box.classList.toggle("in", answer.ok);
  } catch {
    box.classList.remove("in");
  }
  shown.replaceChildren(make("span", "", said));
}

export function keyForm() {
  const field = document.getElementById("key");
  const box = document.getElementById("login");
  field.value = key();
  document.getElementById("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    sessionStorage.setItem(NAME, field.value.trim());
    box.open = false;
    who();
  });
  document.getElementById("forget").addEventListener("click", () => {
    sessionStorage.removeItem(NAME);
    field.value = "";
    who();
  });
  who();
}
