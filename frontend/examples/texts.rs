//! Prints the texts of every language as one JSON object, `{"en": {"panel": "…", …}, …}`: what the npm package ships.

use std::collections::BTreeMap;
use std::io::{Write as _, stdout};

use dingtalk_qr::{Language, Text};

fn main() -> std::io::Result<()> {
    let texts = |language: Language| Text::all().map(move |text| (text.key(), language.text(text))).collect();
    let all: BTreeMap<&str, BTreeMap<_, _>> =
        Language::ALL.into_iter().map(|language| (language.tag(), texts(language))).collect();
    serde_json::to_writer(&mut stdout(), &all)?;
    writeln!(stdout())
}
