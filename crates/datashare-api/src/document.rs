//! The OpenAPI 3.1 description, from the table of operations.

use datashare_app::dto::ApiScope;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::input::Field;
use crate::operation::{AnswerShape, Operation};
use crate::page::{MOST, USUAL};
use crate::problem::{MEDIA_TYPE, ProblemDetails};
use crate::router::YAML;
use crate::schema;

const ABOUT: &str = "Everything that Datashare does, for programs. Resources are named as in Azure Data Share. Times are \
                     RFC 3339 in UTC, sizes are bytes, ids are texts; where a name stands, an id can stand too.";

/// The whole description.
pub(crate) fn document(operations: &[Operation]) -> Value {
    let mut generator = schema::of_answers();
    let mut paths = Map::new();
    for operation in operations {
        let item = paths.entry(operation.path).or_insert_with(|| json!({}));
        item[operation.method.as_str().to_lowercase()] = described(operation, &mut generator);
    }
    let _ = generator.subschema_for::<ProblemDetails>();
    let mut schemas = generator.take_definitions(false);
    for definition in schemas.values_mut() {
        if let Ok(schema) = <&mut Schema>::try_from(definition) {
            schema::polish(schema);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Datashare",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Share data between organisations, with no service in between",
            "description": ABOUT,
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/", "description": "This server" }],
        "security": [{ "token": [] }],
        "tags": tags(operations),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": parameters(),
            "responses": responses(),
            "securitySchemes": { "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "Made by 'datashare api token create NAME --scope SCOPE'.",
            } },
        },
    })
}

/// The name of a scope in documents and tokens.
pub(crate) fn scope_name(scope: ApiScope) -> String {
    serde_json::to_value(scope).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

fn tags(operations: &[Operation]) -> Vec<Value> {
    let mut names: Vec<&str> = Vec::new();
    for operation in operations {
        if !names.contains(&operation.resource()) {
            names.push(operation.resource());
        }
    }
    names.into_iter().map(|name| json!({ "name": name })).collect()
}

fn described(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let scopes: Vec<String> = operation.scopes.iter().map(|scope| scope_name(*scope)).collect();
    let mut parameters: Vec<Value> =
        operation.input.path.iter().map(|field| parameter(field, "path")).collect();
    parameters.extend(operation.input.query.iter().map(|field| parameter(field, "query")));
    if let AnswerShape::Page(_) = operation.answer {
        parameters.extend(["Top", "SkipToken"].map(shared));
    }
    if operation.changes() {
        parameters.push(shared("IdempotencyKey"));
    }
    let mut described = json!({
        "tags": [operation.resource()],
        "operationId": operation.id,
        "summary": operation.summary,
        "description": format!("Needs the scope {}.", scopes.join(" or ")),
        "security": [{ "token": scopes }],
        "parameters": parameters,
        "responses": {
            operation.status.as_str(): answer(operation, generator),
            "4XX": { "$ref": "#/components/responses/Problem" },
            "5XX": { "$ref": "#/components/responses/Problem" },
        },
    });
    if !operation.input.body.is_empty() {
        described["requestBody"] = request_body(operation);
    }
    described
}

fn shared(name: &str) -> Value {
    json!({ "$ref": format!("#/components/parameters/{name}") })
}

fn parameter(field: &Field, place: &str) -> Value {
    let mut schema = field.schema.clone();
    let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
    let mut parameter = json!({
        "name": field.name,
        "in": place,
        "required": place == "path" || field.required,
        "schema": schema,
    });
    if place == "path" {
        parameter["schema"]["minLength"] = json!(1);
    } else {
        without_null(&mut parameter["schema"]);
    }
    if let Some(description) = description {
        parameter["description"] = description;
    }
    parameter
}

/// What is null in a body is left out in an address.
fn without_null(schema: &mut Value) {
    if let Some(Value::Array(types)) = schema.get("type")
        && let Some(kept) = types.iter().find(|kept| **kept != "null").cloned()
    {
        schema["type"] = kept;
    }
    if let Some(object) = schema.as_object_mut()
        && object.get("default") == Some(&Value::Null)
    {
        object.remove("default");
    }
}

fn request_body(operation: &Operation) -> Value {
    let fields = &operation.input.body;
    let properties: Map<String, Value> =
        fields.iter().map(|field| (field.name.clone(), field.schema.clone())).collect();
    let required: Vec<&str> =
        fields.iter().filter(|field| field.required).map(|field| field.name.as_str()).collect();
    let schema = json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    let mut content = json!({ "application/json": { "schema": schema } });
    if operation.yaml.is_some() {
        content[YAML] = content["application/json"].clone();
    }
    json!({ "required": !required.is_empty(), "content": content })
}

fn answer(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let done = |media_type: &str, schema: Value| json!({ "description": "Done.", "content": { media_type: { "schema": schema } } });
    match operation.answer {
        AnswerShape::Json(of) => done("application/json", of(generator).to_value()),
        AnswerShape::Page(of) => done("application/json", page(of(generator).to_value())),
        AnswerShape::Nothing => json!({ "description": "Done." }),
        // Texts of any kind, also where they are JSON: whoever gets them keeps them as they are.
        AnswerShape::Text("application/json") => done("application/json", json!({})),
        AnswerShape::Text(media_type) => done(media_type, json!({ "type": "string" })),
        AnswerShape::Events(of) => done("text/event-stream", events(of(generator))),
    }
}

/// One event: its name, and data that is JSON.
fn events(kinds: Vec<(&str, Schema)>) -> Value {
    let kind = |(name, schema): (&str, Schema)| {
        let data =
            json!({ "type": "string", "contentMediaType": "application/json", "contentSchema": schema });
        json!({
            "type": "object",
            "properties": { "event": { "const": name }, "data": data },
            "required": ["event", "data"],
        })
    };
    json!({ "oneOf": kinds.into_iter().map(kind).collect::<Vec<_>>() })
}

fn page(item: Value) -> Value {
    json!({
        "type": "object",
        "properties": {
            "value": { "type": "array", "items": item },
            "nextLink": {
                "type": ["string", "null"],
                "format": "uri-reference",
                "description": "Where the list goes on, relative to this server; null at its end.",
            },
        },
        "required": ["value", "nextLink"],
    })
}

fn parameters() -> Value {
    json!({
        "Top": {
            "name": "$top",
            "in": "query",
            "description": "As many items as are wanted at most.",
            "schema": { "type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL },
        },
        "SkipToken": {
            "name": "$skipToken",
            "in": "query",
            "description": "Goes on after an earlier page: as its nextLink has it.",
            "schema": { "type": "string", "pattern": "^[0-9]{1,15}$" },
        },
        "IdempotencyKey": {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "The same request with the same key is answered as before and not done again, for 24 hours. \
                            Another request with that key is refused with 422.",
            "schema": { "type": "string", "pattern": "^[!-~]{1,255}$" },
        },
    })
}

fn responses() -> Value {
    let name = ProblemDetails::schema_name();
    json!({ "Problem": {
        "description": "What went wrong, why, and what to do next (RFC 9457).",
        "content": { MEDIA_TYPE: { "schema": { "$ref": format!("#/components/schemas/{name}") } } },
    } })
}
