#![doc = include_str!("../README.md")]

mod call;
mod clock;
mod connection;
mod control;
mod fault;
mod organisation;
mod page;
mod random;
mod registration;
mod routes;
mod script;
mod server;
mod settings;
mod status;
mod world;

pub use call::Call;
pub use clock::ClockReading;
pub use control::{Approval, Control, ControlError, RegistrationSummary};
pub use fault::{Disconnect, Fault, FaultRule, Preset};
pub use organisation::{EXISTING_APP_CLIENT_ID, EXISTING_APP_CLIENT_SECRET};
pub use script::{Script, ScriptError};
pub use server::{Simulator, StartError};
pub use settings::{Options, Settings, SettingsPatch};
pub use status::Status;
