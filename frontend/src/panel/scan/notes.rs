use super::super::Cx;
use crate::el::{El, Words, el};
use crate::messages::Text;

/// What to know before approving on the phone (RFC 10027: context against approving somebody else's request).
pub(super) fn notes(cx: Cx) -> El {
    let brand = move || {
        let brand = cx.prompt().and_then(|prompt| prompt.brand.clone());
        let line = |brand: String| el("li").text(Words::live(move || cx.fill(Text::Brand, &brand)));
        brand.map(line).into_iter().collect()
    };
    el("ul.notes")
        .live(brand)
        .with(el("li").text(cx.text(Text::Twice)))
        .with(el("li").with(el("strong").text(cx.text(Text::Warning))))
}
