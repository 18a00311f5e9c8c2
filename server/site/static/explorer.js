// Shows one OpenAPI document at a time: the one named in the address, else the first.
"use strict";

const chooser = document.getElementById("document");
const trouble = document.getElementById("trouble");

// The documents are OpenAPI 3.1 and this Swagger UI reads 3.0: what the two say differently is said here as in 3.0.
function reworded(value) {
  if (Array.isArray(value)) return value.map(reworded);
  if (value === null || typeof value !== "object") return value;
  const made = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, reworded(inner)]));
  if ("const" in made) {
    made.enum = [made.const];
    delete made.const;
  }
  if (Array.isArray(made.enum)) made.type ??= typeof made.enum[0];
  const kinds = Array.isArray(made.anyOf) ? made.anyOf.filter((kind) => kind.type !== "null") : [];
  if (kinds.length === 0 || kinds.length === made.anyOf.length) return made;
  const { anyOf, ...rest } = made;
  if (kinds.length > 1) return { ...rest, anyOf: kinds, nullable: true };
  return "$ref" in kinds[0] ? { ...rest, allOf: kinds, nullable: true } : { ...kinds[0], ...rest, nullable: true };
}

// Whole addresses, so that the shown commands work as they are copied.
function absolute(server) {
  return { ...server, url: new URL(server.url, location.origin).href.replace(/\/$/, "") };
}

async function show(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  const document = await response.json();
  SwaggerUIBundle({
    spec: { ...reworded(document), openapi: "3.0.3", servers: document.servers.map(absolute) },
    dom_id: "#explorer",
    presets: [SwaggerUIBundle.presets.apis],
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    validatorUrl: null,
  });
}

const wanted = new URLSearchParams(location.search).get("document");
const chosen = [...chooser.options].find((option) => option.value === wanted) ?? chooser.options[0];
chosen.selected = true;
chooser.addEventListener("change", () => location.assign(`?document=${encodeURIComponent(chooser.value)}`));
document.getElementById("source").href = chosen.dataset.url;
show(chosen.dataset.url).catch((error) => {
  trouble.textContent = `The document could not be shown: ${error.message}`;
  trouble.hidden = false;
});
