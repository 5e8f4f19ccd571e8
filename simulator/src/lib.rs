#![doc = include_str!("../README.md")]

mod app;
mod call;
mod clock;
mod connection;
mod control;
mod crowd;
mod fault;
mod organisation;
mod page;
pub mod people;
mod quirk;
mod random;
mod registration;
mod routes;
mod script;
mod server;
mod settings;
mod status;
mod suite;
mod world;

pub use app::App;
pub use call::Call;
pub use clock::ClockReading;
pub use control::{
    Approval, Control, ControlError, Filling, InApp, OrganisationSize, Placement, RegistrationSummary,
};
pub use control::{MessageKind, SentMessage};
pub use fault::{Disconnect, Fault, FaultRule, Preset};
pub use organisation::{
    CLINIC_CORP_ID, EXISTING_APP_CLIENT_ID, EXISTING_APP_CLIENT_SECRET, SCHOOL_CORP_ID, STUDIO_CORP_ID,
};
pub use people::Person;
pub use quirk::{CallbackCodes, CallbackState, FrameMode, JsapiMode};
pub use script::{Script, ScriptError};
pub use server::{Simulator, StartError};
pub use settings::{Options, Settings, SettingsPatch};
pub use status::Status;
pub use suite::{
    CallbackCrypto, CallbackError, Customer, DataShape, Manner, Push, PushSummary, Record, Spelling, Suite,
    SuiteSummary, Wrong,
};
