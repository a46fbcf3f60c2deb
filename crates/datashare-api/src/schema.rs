//! JSON Schemas of requests and answers, from the types themselves.

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// For answers: each type once, under its name.
pub(crate) fn of_answers() -> SchemaGenerator {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        })
        .into_generator()
}

/// For a request: whole, so that its fields can be told apart.
pub(crate) fn of_request<T: JsonSchema>() -> Map<String, Value> {
    let generator = SchemaSettings::draft2020_12()
        .for_deserialize()
        .with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        })
        .into_generator();
    let mut schema = generator.into_root_schema_for::<T>();
    polish(&mut schema);
    schema.as_object().cloned().unwrap_or_default()
}

/// Says in a schema's words what Rust's types say, and in its reader's words what the comments do.
pub(crate) fn polish(schema: &mut Schema) {
    RecursiveTransform(|schema: &mut Schema| {
        let Some(object) = schema.as_object_mut() else { return };
        if let Some(Value::String(text)) = object.get_mut("description") {
            *text = text.replace("`None`", "null").replace('\n', " ");
        }
        if let Some(largest) = object.get("format").and_then(Value::as_str).and_then(largest) {
            object.insert("maximum".to_owned(), json!(largest));
        }
    })
    .transform(schema);
}

/// Of an unsigned integer.
fn largest(format: &str) -> Option<u64> {
    match format {
        "uint8" => Some(u8::MAX.into()),
        "uint16" => Some(u16::MAX.into()),
        "uint32" => Some(u32::MAX.into()),
        "uint64" | "uint" => Some(u64::MAX),
        _ => None,
    }
}
