/// How thoroughly a run looks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SyncMode {
    /// It reads everybody.
    Full,
    /// It compares who is where, and reads those who are new.
    Incremental,
}

/// How a run stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SyncState {
    /// It goes on.
    Running,
    /// It came to its end.
    Done,
    /// DingTalk does not let it go on.
    Failed,
    /// Somebody broke it off.
    Cancelled,
}

/// What a run does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SyncStage {
    /// It finds out what the app may see.
    Range,
    /// It goes through the departments.
    Departments,
    /// It asks for those who were in none.
    People,
}

impl SyncMode {
    /// Returns the name, as it is stored and travels.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Incremental => "incremental",
        }
    }

    pub(super) fn from_stored(name: &str) -> Self {
        if name == "incremental" { Self::Incremental } else { Self::Full }
    }
}

impl SyncState {
    /// Returns the name, as it is stored and travels.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    pub(super) fn from_stored(name: &str) -> Self {
        match name {
            "done" => Self::Done,
            "failed" => Self::Failed,
            "cancelled" => Self::Cancelled,
            _ => Self::Running,
        }
    }
}

impl SyncStage {
    pub(super) fn from_stored(name: &str) -> Self {
        match name {
            "departments" => Self::Departments,
            "people" => Self::People,
            _ => Self::Range,
        }
    }
}
