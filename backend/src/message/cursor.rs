use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A place between two rows of a list. Opaque to whoever gets it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MessageCursor {
    pub(super) number: i64,
    pub(super) id: String,
}

/// The text is not a [`MessageCursor`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a cursor is what the page before gave")]
pub struct InvalidCursor;

impl fmt::Display for MessageCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(format!("{} {}", self.number, self.id)))
    }
}

impl FromStr for MessageCursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let text = text.filter(|text| !text.contains('\0')).ok_or(InvalidCursor)?;
        let (number, id) = text.split_once(' ').ok_or(InvalidCursor)?;
        Ok(Self { number: number.parse().map_err(|_| InvalidCursor)?, id: id.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_nothing_else_is() {
        let cursor = MessageCursor { number: 7, id: "员工 1".to_owned() };

        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", "Nw", "%", "eCBtMQ", "NyAA"] {
            assert_eq!(text.parse::<MessageCursor>(), Err(InvalidCursor), "{text}");
        }
    }
}
