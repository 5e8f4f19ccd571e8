use crate::el::{El, el};

/// A sign beside a text; never the only carrier of a meaning.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Icon {
    Clock,
    Cross,
    Pause,
    Phone,
    Spinner,
    Tick,
    Warning,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Clock => "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M8 4.5V8l2.25 1.5",
            Self::Cross => "M4 4l8 8M12 4l-8 8",
            Self::Pause => "M5.5 3.5v9M10.5 3.5v9",
            Self::Phone => {
                "M5 1.5h6a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1M7.25 12h1.5"
            }
            Self::Spinner => "M8 1.75A6.25 6.25 0 1 1 1.75 8",
            Self::Tick => "M2.75 8.75l3.5 3.5 7-8",
            Self::Warning => "M8 2.25l6.25 11.25H1.75zM8 6.5v3.25M8 11.75v.01",
        }
    }

    /// Draws the icon at the size of the text, in its colour.
    pub(crate) fn view(self) -> El {
        let icon = if self == Self::Spinner {
            el("svg.icon.spin[viewBox=0 0 16 16][aria-hidden=true]")
        } else {
            el("svg.icon[viewBox=0 0 16 16][aria-hidden=true]")
        };
        icon.with(el("path").set("d", self.path()))
    }
}
