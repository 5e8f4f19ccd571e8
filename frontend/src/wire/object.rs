use js_sys::{Array, JSON, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::Malformed;

/// A JSON object, read field by field.
pub(crate) struct Object<'a>(&'a JsValue);

impl<'a> Object<'a> {
    pub(crate) fn new(value: &'a JsValue) -> Self {
        Self(value)
    }

    /// Returns the field, `undefined` where there is none.
    pub(crate) fn field(&self, name: &str) -> JsValue {
        Reflect::get(self.0, &name.into()).unwrap_or(JsValue::UNDEFINED)
    }

    pub(crate) fn text(&self, name: &'static str) -> Result<String, Malformed> {
        self.optional_text(name).ok_or(Malformed { field: name })
    }

    pub(crate) fn optional_text(&self, name: &str) -> Option<String> {
        self.field(name).as_string()
    }

    pub(crate) fn number(&self, name: &'static str) -> Result<u32, Malformed> {
        let number = self.field(name).as_f64().ok_or(Malformed { field: name })?;
        if number.fract() != 0.0 || !(0.0..=f64::from(u32::MAX)).contains(&number) {
            return Err(Malformed { field: name });
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was checked")]
        Ok(number as u32)
    }

    pub(crate) fn flag(&self, name: &'static str) -> Result<bool, Malformed> {
        self.field(name).as_bool().ok_or(Malformed { field: name })
    }

    /// Returns the flag, `false` where there is none.
    pub(crate) fn optional_flag(&self, name: &'static str) -> Result<bool, Malformed> {
        if self.field(name).is_undefined() { Ok(false) } else { self.flag(name) }
    }

    pub(crate) fn texts(&self, name: &'static str) -> Result<Vec<String>, Malformed> {
        let list: Array = self.field(name).dyn_into().map_err(|_| Malformed { field: name })?;
        list.iter().map(|item| item.as_string().ok_or(Malformed { field: name })).collect()
    }

    /// Returns the texts, none where the field is missing.
    pub(crate) fn optional_texts(&self, name: &'static str) -> Result<Vec<String>, Malformed> {
        if self.field(name).is_undefined() { Ok(Vec::new()) } else { self.texts(name) }
    }
}

/// Writes a JSON object. A field that is `undefined` is left out, as `JSON.stringify` does.
pub(crate) fn to_json(fields: &[(&str, JsValue)]) -> String {
    JSON::stringify(&object(fields)).map(String::from).unwrap_or_default()
}

/// Makes a plain object of `fields`.
pub(crate) fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = js_sys::Object::new();
    for (name, value) in fields {
        // Setting a property of a fresh plain object cannot fail.
        drop(Reflect::set(&object, &(*name).into(), value));
    }
    object.into()
}

/// Returns the text, `undefined` for none.
pub(crate) fn optional(text: Option<&str>) -> JsValue {
    text.map_or(JsValue::UNDEFINED, JsValue::from_str)
}
