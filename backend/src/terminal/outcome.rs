/// How the wizard ended. [`Outcome::code`] is how the program does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// The credentials are where they belong.
    Saved,
    /// Credentials are there already, and whoever was asked kept them.
    Unchanged,
    /// Credentials are there already, and nobody could be asked.
    Configured,
    /// The request was refused, on the phone or by an administrator.
    Denied,
    /// Nobody approved in time.
    Expired,
    /// DingTalk, or the backend, cannot be reached or does not do what it should.
    Failed,
    /// The credentials are kept, but could not be put where they were wanted.
    NotHandedOver,
    /// Ctrl-C.
    Interrupted,
}

impl Outcome {
    /// Returns the exit code. 1 is for a setting or a store that cannot be used, 2 for a wrong command line.
    pub fn code(self) -> u8 {
        match self {
            Self::Saved | Self::Unchanged => 0,
            Self::Configured => 3,
            Self::Denied => 4,
            Self::Expired => 5,
            Self::Failed => 6,
            Self::NotHandedOver => 7,
            Self::Interrupted => 130,
        }
    }
}
