//! As `str::split_once` and `str::split`, whose search for long texts would weigh more than all that is searched here.

/// Returns what is before the first `separator`, a letter of ASCII, and what is behind it.
pub(crate) fn cut(text: &str, separator: u8) -> Option<(&str, &str)> {
    let place = text.bytes().position(|byte| byte == separator)?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}

/// Returns what is between the separators.
pub(crate) fn pieces(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (piece, behind) =
            cut(text, separator).map_or((text, None), |(piece, behind)| (piece, Some(behind)));
        rest = behind;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_as_ever() {
        for text in ["", "=", "a", "a=b", "=b", "a=", "ключ=値=x", "é"] {
            assert_eq!(cut(text, b'='), text.split_once('='), "{text}");
            assert_eq!(pieces(text, b'=').collect::<Vec<_>>(), text.split('=').collect::<Vec<_>>(), "{text}");
        }
    }
}
