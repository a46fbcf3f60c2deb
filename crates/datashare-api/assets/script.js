// Shows the description. Builds elements and sets their text; never sets HTML.
"use strict";

const METHODS = ["get", "put", "post", "patch", "delete"];

/** An element with text or children. */
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function follow(description, value) {
  if (!value || !value.$ref) return value;
  return value.$ref.slice(2).split("/").reduce((found, part) => found[part], description);
}

/** A schema in a few words: `string`, `integer or null`, `array of Dataset`. */
function words(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  const several = schema.oneOf || schema.anyOf;
  if (several) return several.map(words).join(" or ");
  if (schema.type === "array") return `array of ${words(schema.items) || "anything"}`;
  const type = [schema.type].flat().filter(Boolean).join(" or ");
  return schema.format ? `${type} (${schema.format})` : type;
}

function table(head, rows) {
  const cells = (tag, texts) => make("tr", {}, ...texts.map((text) => make(tag, {}, text)));
  return make("table", {}, make("thead", {}, cells("th", head)), make("tbody", {}, ...rows.map((row) => cells("td", row))));
}

function fields(schema) {
  const required = schema.required || [];
  return Object.entries(schema.properties || {}).map(([name, field]) => [
    make("code", {}, name),
    words(field),
    required.includes(name) ? "required" : "",
    field.description || "",
  ]);
}

function schemaOf(content) {
  const [mediaType, body] = Object.entries(content || {})[0] || [];
  return { mediaType, schema: body && body.schema };
}

function section(title, ...children) {
  return [make("h4", {}, title), ...children];
}

function curl(path, method, operation) {
  const lines = [`curl --request ${method.toUpperCase()} '${location.origin}${path}'`, `  --header "Authorization: Bearer $TOKEN"`];
  if (operation.requestBody) lines.push("  --header 'Content-Type: application/json'", "  --data @request.json");
  return lines.join(" \\\n");
}

function inside(description, path, method, operation) {
  const parts = [make("p", {}, operation.description), make("pre", {}, curl(path, method, operation))];
  const parameters = (operation.parameters || []).map((parameter) => follow(description, parameter));
  if (parameters.length > 0) {
    const rows = parameters.map((parameter) => [
      make("code", {}, parameter.name),
      `${words(parameter.schema)}, in the ${parameter.in}`,
      parameter.required ? "required" : "",
      parameter.description || "",
    ]);
    parts.push(...section("Parameters", table(["Name", "Type", "", "What it is"], rows)));
  }
  if (operation.requestBody) {
    const { schema } = schemaOf(operation.requestBody.content);
    parts.push(...section("Request", table(["Field", "Type", "", "What it is"], fields(schema))));
  }
  const [status, answer] = Object.entries(operation.responses)[0];
  const { mediaType, schema } = schemaOf(answer.content);
  parts.push(...section(`Answer ${status}`, make("p", {}, mediaType ? `${mediaType}: ${words(schema) || "any"}` : "nothing")));
  const shown = follow(description, schema);
  if (shown && shown.properties) parts.push(table(["Field", "Type", "", "What it is"], fields(shown)));
  return make("div", {}, ...parts);
}

/** One operation; what is inside is made when it is opened. */
function shown(description, path, method, operation) {
  const summary = make(
    "summary",
    {},
    make("span", { className: "method" }, method.toUpperCase()),
    make("code", {}, path),
    make("span", { className: "quiet" }, ` ${operation.summary}`),
  );
  const details = make("details", { id: operation.operationId }, summary);
  details.dataset.words = `${method} ${path} ${operation.summary} ${operation.operationId}`.toLowerCase();
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(inside(description, path, method, operation));
  });
  return details;
}

function show(description) {
  document.getElementById("about").textContent = `${description.info.description} Version ${description.info.version}.`;
  const places = new Map();
  for (const { name } of description.tags) {
    const place = make("section", { id: `resource-${name}` }, make("h2", {}, name));
    places.set(name, place);
    document.getElementById("resources").append(make("a", { href: `#resource-${name}` }, name));
    document.getElementById("operations").append(place);
  }
  for (const [path, item] of Object.entries(description.paths)) {
    for (const method of METHODS.filter((method) => item[method])) {
      places.get(item[method].tags[0]).append(shown(description, path, method, item[method]));
    }
  }
}

function find(text) {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of document.querySelectorAll("#operations section")) {
    let any = false;
    for (const details of section.querySelectorAll("details")) {
      const fits = wanted.every((word) => details.dataset.words.includes(word));
      details.hidden = !fits;
      any = any || fits;
    }
    section.hidden = !any;
  }
}

document.getElementById("find").addEventListener("input", (event) => find(event.target.value));
fetch("/v1/openapi.json")
  .then((answer) => answer.json())
  .then(show)
  .catch((error) => {
    document.getElementById("about").textContent = `The description cannot be loaded: ${error.message}`;
  });
