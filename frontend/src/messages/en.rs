mod failure;

use super::Text;
use failure::failure;

#[expect(clippy::too_many_lines, reason = "one line for each text")]
pub(super) fn text(text: Text) -> &'static str {
    match text {
        Text::Panel => "Create a DingTalk bot",
        Text::Instruction => "Scan with DingTalk",
        Text::WhatHappens => "to create a bot in the organisation you choose",
        Text::QrLabel => "QR code: scan it with DingTalk to create a bot",
        Text::UserCode => "Code",
        Text::TimeLeft => "Valid for",
        Text::OneMinute => "The code is valid for one more minute.",
        Text::StillValid => "The code is valid for another {time}.",
        Text::Brand => "DingTalk's page will say “{brand}”. That is expected.",
        Text::Twice => "Scan once: scanning twice makes two apps.",
        Text::Warning => "Do not approve if you did not start this.",
        Text::Simulated => "Simulator: nothing real is created.",
        Text::SimulatedLink => "Open the phone page",
        Text::Starting => "Preparing a code…",
        Text::Ready => "Waiting for your scan",
        Text::Creating => "Approved. Creating the bot…",
        Text::Approval => "Waiting for an administrator",
        Text::Created => "Your bot is ready",
        Text::Denied => "Declined",
        Text::Expired => "This code has expired",
        Text::Cancelled => "Cancelled",
        Text::Failed => "That did not work",
        Text::Operator => "Operators only",
        Text::Reconnecting => "Connection lost. Reconnecting…",
        Text::UpstreamReconnecting => "DingTalk is slow. Still trying…",
        Text::Offline => "Offline. Goes on when you are back.",
        Text::Paused => "Paused while this tab is hidden",
        Text::Copy => "Copy",
        Text::Copied => "Copied",
        Text::CopyByHand => "Your browser did not allow copying. Select the text:",
        Text::CopyLink => "Copy link",
        Text::OpenLink => "or open this link",
        Text::OpenInDingtalk => "Open in DingTalk",
        Text::NewCode => "Get a new code",
        Text::Retry => "Try again",
        Text::StartAgain => "Start again",
        Text::Cancel => "Cancel",
        Text::ByHand => "Enter by hand",
        Text::Back => "Back to the QR code",
        Text::ApprovalBody => {
            "The app exists and its credentials are already saved. It starts to work when an administrator of the organisation approves it; nothing else is left to do here."
        }
        Text::ApprovalNote => {
            "Please approve the new DingTalk app with client ID {clientId} in the DingTalk admin console (https://oa.dingtalk.com). It was created for our bot and waits for an administrator."
        }
        Text::CopyNote => "Copy text for the administrator",
        Text::OpenConsole => "Open the admin console",
        Text::ClientId => "Client ID",
        Text::ClientSecret => "Client secret",
        Text::SavedTo => "Saved in",
        Text::SinkStore => "the backend's encrypted store",
        Text::SinkEnvFile => "your bot's .env file",
        Text::SinkWebhook => "your own server",
        Text::SinkUnknown => "another place",
        Text::Verified => "DingTalk accepts these credentials.",
        Text::NotVerified => "Saved, but not yet checked with DingTalk.",
        Text::NextStep => "Next: restart your bot, then write to it in DingTalk.",
        Text::Another => "Create another",
        Text::Reveal => "Reveal",
        Text::DownloadEnv => "Download .env",
        Text::RevealOnce => "Shown once, for 30 seconds or until you leave this window.",
        Text::Revealed => "The secret is here for 30 seconds, or until you leave this window.",
        Text::DeniedReason => "DingTalk's words:",
        Text::DeniedBody => {
            "The request was declined on the phone, or by an administrator of the organisation."
        }
        Text::ExpiredBody => "Nobody approved in time. The old code no longer works here.",
        Text::CancelledBody => {
            "The code no longer works here. If it was approved a moment ago, the app is kept in the backend's store."
        }
        Text::OperatorBody => {
            "Creating a bot and entering credentials by hand are reserved for the operator of this server. Open the setup link that the backend printed when it started, then try again."
        }
        Text::Unreachable => "The server does not answer. Check the connection and try again.",
        Text::RetryAfter => "It can be tried again in {time}.",
        Text::ManualTitle => "Enter an existing app",
        Text::ManualBody => {
            "Both values are in DingTalk's developer console, on the app's page “Credentials & Basic Info”."
        }
        Text::AppName => "Name (optional)",
        Text::AppNameHint => "Up to 64 of a–z, 0–9, - and _",
        Text::Show => "Show",
        Text::Save => "Save",
        Text::Saving => "Saving and checking…",
        Text::Required => "Please fill this in.",
        Text::Invalid => "This value is not accepted.",
        Text::LoginPanel => "Sign in with DingTalk",
        Text::LoginInstruction => "Scan with DingTalk or your camera",
        Text::LoginWhatHappens => "to sign in here; you will confirm a number",
        Text::LoginQrLabel => "QR code: scan it with DingTalk or your camera to sign in",
        Text::LoginScannedInstruction => "Pick this number on your phone",
        Text::LoginScannedWarning => "Somebody else showed you this code? Do not confirm.",
        Text::LoginRedirectBody => "You sign in at DingTalk and come back to this page.",
        Text::LoginSimulated => "Simulator: nobody real is signed in.",
        Text::LoginIdle => "You are not signed in yet",
        Text::LoginLeaving => "Taking you to DingTalk…",
        Text::LoginFramed => "Waiting for you to sign in",
        Text::LoginScanned => "Pick {number} on your phone",
        Text::LoginSigningIn => "Signing you in with DingTalk…",
        Text::LoginAuthenticated => "Signed in",
        Text::LoginExpired => "Time is up",
        Text::LoginSignedInAs => "You are signed in as {name}",
        Text::LoginOpenHere => "Open on this device",
        Text::LoginContinueHere => "Continue with DingTalk on this device",
        Text::LoginContinueWith => "Continue with DingTalk",
        Text::LoginUseQr => "Use a QR code instead",
        Text::LoginDeniedBody => "The sign-in was declined, so nobody was signed in.",
        Text::LoginExpiredBody => "Nobody signed in in time. Please start again.",
        Text::LoginCancelledBody => "Nobody was signed in. The old code no longer works.",
        Text::LoginCredentialsRejected => {
            "DingTalk does not accept the app of this site. An administrator has to check its AppKey and AppSecret, and that the app is published."
        }
        Text::LoginWorkspaceDomain => {
            "DingTalk knows no app of your organisation for this site. An administrator has to enter the address of this page as the app's home page in the developer console."
        }
        Text::LoginWorkspaceRefused => {
            "DingTalk gave no workspace code. Open the app in DingTalk's workspace again."
        }
        Text::LoginWorkspaceUnavailable => {
            "DingTalk's script is not available here. Open this page from DingTalk's workspace, or sign in another way."
        }
        Text::Failure(code) => failure(code),
    }
}
