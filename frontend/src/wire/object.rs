use std::cell::Cell;

use js_sys::{Array, JSON, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::Malformed;

/// A JSON object, read field by field.
///
/// A field that is missing or of the wrong kind is noted, and read as something empty: a way out at every field would be
/// half of the code.
pub(crate) struct Object<'a> {
    value: &'a JsValue,
    fault: Cell<Option<&'static str>>,
}

impl<'a> Object<'a> {
    pub(crate) fn new(value: &'a JsValue) -> Self {
        Self { value, fault: Cell::default() }
    }

    /// Returns what was read, unless something was malformed.
    pub(crate) fn checked<T>(&self, read: T) -> Result<T, Malformed> {
        match self.fault.get() {
            Some(field) => Err(Malformed { field }),
            None => Ok(read),
        }
    }

    /// Returns the value, or something empty and takes note.
    fn expect<T: Default>(&self, name: &'static str, value: Option<T>) -> T {
        if value.is_none() && self.fault.get().is_none() {
            self.fault.set(Some(name));
        }
        value.unwrap_or_default()
    }

    /// Returns the field, `undefined` where there is none.
    pub(crate) fn field(&self, name: &str) -> JsValue {
        Reflect::get(self.value, &name.into()).unwrap_or(JsValue::UNDEFINED)
    }

    pub(crate) fn text(&self, name: &'static str) -> String {
        self.expect(name, self.optional_text(name))
    }

    pub(crate) fn optional_text(&self, name: &str) -> Option<String> {
        self.field(name).as_string()
    }

    /// Returns a number that fits, such as a `u8`.
    pub(crate) fn number<N: TryFrom<u32> + Default>(&self, name: &'static str) -> N {
        self.expect(name, whole(&self.field(name)).and_then(|number| number.try_into().ok()))
    }

    pub(crate) fn flag(&self, name: &'static str) -> bool {
        self.expect(name, self.field(name).as_bool())
    }

    /// Returns the flag, `false` where there is none.
    pub(crate) fn optional_flag(&self, name: &'static str) -> bool {
        !self.field(name).is_undefined() && self.flag(name)
    }

    /// Returns what `read` makes of the texts of a list.
    pub(crate) fn each<T>(&self, name: &'static str, read: fn(&str) -> T) -> Vec<T> {
        let list = self.expect(name, self.field(name).dyn_into::<Array>().ok());
        list.iter().map(|item| read(&self.expect(name, item.as_string()))).collect()
    }

    /// Returns what `read` makes of the object in a field.
    pub(crate) fn inner<T>(&self, name: &str, read: fn(&Object<'_>) -> T) -> T {
        let value = self.field(name);
        let inner = Object { value: &value, fault: self.fault.clone() };
        let read = read(&inner);
        self.fault.set(inner.fault.get());
        read
    }

    /// Returns what `read` makes of the object in a field, nothing where there is none.
    pub(crate) fn optional_inner<T>(&self, name: &str, read: fn(&Object<'_>) -> T) -> Option<T> {
        let value = self.field(name);
        let is_there = !value.is_undefined() && !value.is_null();
        is_there.then(|| self.inner(name, read))
    }
}

/// Returns the number, if it is a natural one.
fn whole(value: &JsValue) -> Option<u32> {
    let number = value.as_f64()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "what does not fit is found by comparing"
    )]
    let whole = number as u32;
    #[expect(clippy::float_cmp, reason = "whole numbers have one representation")]
    (f64::from(whole) == number).then_some(whole)
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
