use dingtalk_qr_shared::{Door, FlowStarted, Qr};

/// What there is to scan or to open, and what to say beside it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Prompt {
    /// The code: of a registration, and of a login by [`Door::Qr`].
    pub qr: Option<Qr>,
    /// The code that DingTalk's page shows, for comparison; of a registration.
    pub user_code: Option<String>,
    /// How the person signs in; of a login.
    pub door: Option<Door>,
    /// The brand that DingTalk's page shows instead of ours.
    pub brand: Option<String>,
    /// Whether a simulator plays DingTalk.
    pub simulated: bool,
}

impl From<FlowStarted> for Prompt {
    fn from(started: FlowStarted) -> Self {
        let FlowStarted { qr, user_code, door, brand, simulated, .. } = started;
        Self { qr, user_code, door, brand, simulated }
    }
}

impl From<&FlowStarted> for Prompt {
    fn from(started: &FlowStarted) -> Self {
        started.clone().into()
    }
}
