//! Prints the texts of every language as one JSON object, `{"en": {"panel": "…", …}, …}`: what the npm package ships.
//!
//! The order is that of [`Text::all`], by which the element finds them.

use std::io::{Write as _, stdout};

use dingtalk_qr::{Language, Text};

fn main() -> std::io::Result<()> {
    let languages = Language::ALL.map(|language| {
        let texts: Vec<_> = Text::all().map(|text| pair(&text.key(), &quoted(language.text(text)))).collect();
        pair(language.tag(), &format!("{{{}}}", texts.join(",")))
    });
    writeln!(stdout(), "{{{}}}", languages.join(","))
}

fn pair(key: &str, value: &str) -> String {
    format!("{}:{value}", quoted(key))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
