use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Some of a list.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins; `None` after the last row.
    pub next: Option<Cursor>,
}

/// A place between two rows of a list. Opaque to whoever gets it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Cursor(String);

/// The text is not a [`Cursor`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a cursor is what the page before gave")]
pub struct InvalidCursor;

impl<T> Page<T> {
    /// Takes one row more than the page may have, which tells whether there is a next one.
    pub(super) fn of(mut rows: Vec<T>, limit: u32, key: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| has_more).map(|row| Cursor(key(row)));
        Self { rows, next }
    }
}

impl Cursor {
    /// Returns the last row of the page before; the empty text before the first page.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        let key = String::from_utf8(bytes).map_err(|_| InvalidCursor)?;
        if key.is_empty() || key.contains('\0') { Err(InvalidCursor) } else { Ok(Self(key)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_nothing_else_is() {
        let cursor = Cursor("员工 7".to_owned());

        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", "%", "_w", "AA", "a b"] {
            assert_eq!(text.parse::<Cursor>(), Err(InvalidCursor), "{text}");
        }
    }

    #[test]
    fn one_row_too_many_makes_a_next_page() {
        let page = |rows: &[i64]| Page::of(rows.to_vec(), 2, i64::to_string);

        assert_eq!(page(&[]).next, None);
        assert_eq!(page(&[1, 2]).next, None);
        let first = page(&[1, 2, 3]);
        assert_eq!((first.rows, first.next), (vec![1, 2], Some(Cursor("2".to_owned()))));
    }
}
