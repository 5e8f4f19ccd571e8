use std::borrow::Cow;

/// Text that stands, or that follows the signals it is made from.
pub(crate) enum Words {
    Still(Cow<'static, str>),
    Live(Box<dyn Say>),
}

/// Makes a text, whenever a signal that it reads has changed; or none.
pub(crate) trait Say {
    fn say(&self) -> Option<Cow<'static, str>>;
}

impl<T: Said, F: Fn() -> T> Say for F {
    fn say(&self) -> Option<Cow<'static, str>> {
        self().said()
    }
}

/// What a [`Say`] may give.
pub(crate) trait Said {
    fn said(self) -> Option<Cow<'static, str>>;
}

impl Said for &'static str {
    fn said(self) -> Option<Cow<'static, str>> {
        Some(self.into())
    }
}

impl Said for String {
    fn said(self) -> Option<Cow<'static, str>> {
        Some(self.into())
    }
}

impl Said for Cow<'static, str> {
    fn said(self) -> Option<Cow<'static, str>> {
        Some(self)
    }
}

impl Said for Option<Cow<'static, str>> {
    fn said(self) -> Self {
        self
    }
}

impl Said for Option<&'static str> {
    fn said(self) -> Option<Cow<'static, str>> {
        self.map(Cow::Borrowed)
    }
}

impl Words {
    pub(crate) fn live(text: impl Say + 'static) -> Self {
        Self::Live(Box::new(text))
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
