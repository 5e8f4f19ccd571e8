//! Errors as the log shows them.

use std::error::Error;
use std::fmt;

/// An error and all that caused it, in one line: of an error that it is given as such, a JSON log shows the outermost
/// message only.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Causes<'a>(pub(crate) &'a dyn Error);

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the outer one")]
    struct Outer(#[source] Inner);

    #[derive(Debug, thiserror::Error)]
    #[error("the inner one")]
    struct Inner;

    #[test]
    fn every_cause_is_told() {
        assert_eq!(Causes(&Outer(Inner)).to_string(), "the outer one: the inner one");
        assert_eq!(Causes(&Inner).to_string(), "the inner one");
    }
}
