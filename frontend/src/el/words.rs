use std::borrow::Cow;

/// Text that stands, or that follows the signals it is made from.
pub(crate) enum Words {
    Still(Cow<'static, str>),
    Live(Box<dyn Fn() -> Cow<'static, str>>),
}

impl Words {
    /// Returns text that is made again whenever a signal that `text` reads has changed.
    pub(crate) fn live<T: Into<Cow<'static, str>>>(text: impl Fn() -> T + 'static) -> Self {
        Self::Live(Box::new(move || text().into()))
    }
}

impl From<&'static str> for Words {
    fn from(text: &'static str) -> Self {
        Self::Still(text.into())
    }
}

impl From<String> for Words {
    fn from(text: String) -> Self {
        Self::Still(text.into())
    }
}
