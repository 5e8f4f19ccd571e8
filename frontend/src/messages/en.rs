mod failure;
mod login;

use super::Messages;
use failure::failure;

pub(super) static MESSAGES: Messages = Messages {
    panel: "Create a DingTalk bot",
    instruction: "Scan with DingTalk",
    what_happens: "to create a bot in the organisation you choose",
    qr_label: "QR code: scan it with DingTalk to create a bot",
    user_code: "Code",
    time_left: "Valid for",
    one_minute: "The code is valid for one more minute.",
    brand: |brand| format!("DingTalk's page will say “{brand}”. That is expected."),
    twice: "Scan once: scanning twice makes two apps.",
    warning: "Do not approve if you did not start this.",
    simulated: "Simulator: nothing real is created.",
    simulated_link: "Open the phone page",

    starting: "Preparing a code…",
    ready: "Waiting for your scan",
    creating: "Approved. Creating the bot…",
    approval: "Waiting for an administrator",
    created: "Your bot is ready",
    denied: "Declined",
    expired: "This code has expired",
    cancelled: "Cancelled",
    failed: "That did not work",
    operator: "Operators only",
    reconnecting: "Connection lost. Reconnecting…",
    upstream_reconnecting: "DingTalk is slow. Still trying…",
    offline: "Offline. Goes on when you are back.",
    paused: "Paused while this tab is hidden",

    copy: "Copy",
    copied: "Copied",
    copy_by_hand: "Your browser did not allow copying. Select the text:",
    copy_link: "Copy link",
    open_link: "or open this link",
    open_in_dingtalk: "Open in DingTalk",
    new_code: "Get a new code",
    retry: "Try again",
    start_again: "Start again",
    cancel: "Cancel",
    by_hand: "Enter by hand",
    back: "Back to the QR code",

    approval_body: "The app exists and its credentials are already saved. It starts to work when an administrator of the organisation approves it; nothing else is left to do here.",
    approval_note: |client_id| {
        format!(
            "Please approve the new DingTalk app with client ID {client_id} in the DingTalk admin console (https://oa.dingtalk.com). It was created for our bot and waits for an administrator."
        )
    },
    copy_note: "Copy text for the administrator",

    client_id: "Client ID",
    client_secret: "Client secret",
    saved_to: "Saved in",
    sink_store: "the backend's encrypted store",
    sink_env_file: "your bot's .env file",
    sink_unknown: "another place",
    verified: "DingTalk accepts these credentials.",
    not_verified: "Saved, but not yet checked with DingTalk.",
    next_step: "Next: restart your bot, then write to it in DingTalk.",
    another: "Create another",

    denied_reason: "DingTalk's words:",
    denied_body: "The request was declined on the phone, or by an administrator of the organisation.",
    expired_body: "Nobody approved in time. The old code no longer works here.",
    cancelled_body: "The code no longer works here. If it was approved a moment ago, the app is kept in the backend's store.",
    operator_body: "Creating a bot and entering credentials by hand are reserved for the operator of this server. Open the setup link that the backend printed when it started, then try again.",
    unreachable: "The server does not answer. Check the connection and try again.",
    failure,
    retry_after: |seconds| format!("It can be tried again in {seconds} s."),

    manual_title: "Enter an existing app",
    manual_body: "Both values are in DingTalk's developer console, on the app's page “Credentials & Basic Info”.",
    app_name: "Name (optional)",
    app_name_hint: "Up to 64 of a–z, 0–9, - and _",
    show: "Show",
    save: "Save",
    saving: "Saving and checking…",
    required: "Please fill this in.",
    invalid: "This value is not accepted.",

    login: login::MESSAGES,
};
