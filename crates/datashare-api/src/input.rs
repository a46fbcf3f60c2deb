//! From path, query and body to the request of a use case: one object, of fields that the request's schema names.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::problem::Problem;
use crate::schema;

/// A field of a request.
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) schema: Value,
    pub(crate) required: bool,
}

/// Where the fields of a request are.
pub(crate) struct InputShape {
    pub(crate) path: Vec<Field>,
    pub(crate) query: Vec<Field>,
    pub(crate) body: Vec<Field>,
}

impl InputShape {
    /// What the path does not name is in the query or in the body.
    pub(crate) fn of<T: JsonSchema>(path: &str, in_query: bool) -> Self {
        let schema = schema::of_request::<T>();
        let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        let properties = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
        let fields = properties.into_iter().map(|(name, schema)| Field {
            required: required.contains(&Value::String(name.clone())),
            name,
            schema,
        });
        let (path, others) = fields.partition(|field| path.contains(&format!("{{{}}}", field.name)));
        let (query, body) = if in_query { (others, Vec::new()) } else { (Vec::new(), others) };
        Self { path, query, body }
    }

    /// Puts a request together. `query` leaves out what is not the use case's.
    pub(crate) fn gather<'a>(
        &self,
        path: impl Iterator<Item = (&'a str, &'a str)>,
        query: impl Iterator<Item = (String, String)>,
        body: &[u8],
    ) -> Result<Value, Problem> {
        let mut input = self.of_body(body)?;
        for (name, text) in path {
            input.insert(name.to_owned(), Value::String(text.to_owned()));
        }
        for (name, text) in query {
            let field = self.query.iter().find(|field| field.name == name);
            let field = field.ok_or_else(|| {
                Problem::bad_request(format!("The address has an unknown parameter '{name}'."))
            })?;
            let value = value_of(field, text)?;
            match input.get_mut(&name) {
                None => drop(input.insert(name, value)),
                Some(Value::Array(several)) => several.extend(value.as_array().cloned().unwrap_or_default()),
                Some(_) => {
                    return Err(Problem::bad_request(format!(
                        "The address has the parameter '{name}' twice."
                    )));
                }
            }
        }
        Ok(Value::Object(input))
    }

    fn of_body(&self, body: &[u8]) -> Result<Map<String, Value>, Problem> {
        if body.is_empty() && !self.body.iter().any(|field| field.required) {
            return Ok(Map::new());
        }
        let value: Value = serde_json::from_slice(body)
            .map_err(|error| Problem::bad_request(format!("The body is no JSON: {error}.")))?;
        let Value::Object(mut object) = value else {
            return Err(Problem::bad_request("The body is no JSON object."));
        };
        object.values_mut().for_each(write_whole_numbers);
        match object.keys().find(|name| self.body.iter().all(|field| field.name != **name)) {
            Some(unknown) => {
                Err(Problem::bad_request(format!("The body has an unknown field '{}'.", shown(unknown))))
            }
            None => Ok(object),
        }
    }
}

/// To JSON Schema `1.0` is a whole number; here it has to be written so.
fn write_whole_numbers(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(write_whole_numbers),
        Value::Object(fields) => fields.values_mut().for_each(write_whole_numbers),
        Value::Number(number) => {
            // Beyond 2^53 neighbouring numbers are the same one.
            let whole = number.as_f64().filter(|float| float.fract() == 0.0 && (0.0..9e15).contains(float));
            if let (Some(whole), false) = (whole, number.is_u64()) {
                *value = Value::from(whole as u64);
            }
        }
        _ => {}
    }
}

/// A parameter's text as the value that its schema asks for.
fn value_of(field: &Field, text: String) -> Result<Value, Problem> {
    let types = match field.schema.get("type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let name = &field.name;
    if types.contains(&"integer") {
        let number: u64 = text
            .parse()
            .map_err(|_| Problem::bad_request(format!("The parameter '{name}' has to be a whole number.")))?;
        return Ok(number.into());
    }
    if types.contains(&"boolean") {
        return text
            .parse::<bool>()
            .map(Value::Bool)
            .map_err(|_| Problem::bad_request(format!("The parameter '{name}' has to be true or false.")));
    }
    if types.contains(&"array") {
        return Ok(Value::Array(vec![Value::String(text)]));
    }
    Ok(Value::String(text))
}

/// Reads a request; says which field is wrong.
pub(crate) fn read<T: DeserializeOwned>(input: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(input).map_err(|error| {
        let (path, cause) = (error.path().to_string(), error.inner().to_string());
        Problem::bad_request(match path.as_str() {
            "." => format!("The request cannot be read: {cause}."),
            path => format!("The request cannot be read at '{}': {cause}.", shown(path)),
        })
    })
}

/// Reads a body that is YAML; answers what it would be as JSON.
pub(crate) type ReadYaml = fn(&str) -> Result<Value, Problem>;

/// By its type and not by its looks, so that a name such as `007` stays what it is.
pub(crate) fn read_yaml<T: Serialize + DeserializeOwned>(text: &str) -> Result<Value, Problem> {
    let request: T = serde_saphyr::from_str(text).map_err(|error| {
        let error = error.to_string();
        let line = error.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        Problem::bad_request(format!("The body cannot be read as YAML: {}.", line.trim_end_matches('.')))
    })?;
    Ok(serde_json::to_value(request)?)
}

/// A name that somebody else chose, as far as it belongs in a message.
fn shown(name: &str) -> String {
    name.chars().filter(|character| !character.is_control()).take(100).collect()
}
