//! Numbers with units, as the language writes them.

use js_sys::Array;
use js_sys::Intl::NumberFormat;
use wasm_bindgen::JsValue;

use crate::wire::object;

/// Writes `seconds` in the language of the BCP 47 tag `lang`, such as "12 seconds".
pub(crate) fn seconds(lang: &str, seconds: u32) -> String {
    format(lang, seconds, "second")
}

/// Writes `seconds` in minutes, rounded up.
pub(crate) fn minutes(lang: &str, seconds: u32) -> String {
    format(lang, seconds.div_ceil(60), "minute")
}

fn format(lang: &str, number: u32, unit: &str) -> String {
    let options = object(&[("style", "unit".into()), ("unit", unit.into()), ("unitDisplay", "long".into())]);
    let format = NumberFormat::new(&Array::of1(&lang.into()), &options.into());
    let written = format.format().call1(&JsValue::UNDEFINED, &number.into());
    written.ok().and_then(|written| written.as_string()).unwrap_or_default()
}
