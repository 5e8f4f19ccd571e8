use crate::messages::LoginMessages;

pub(super) const MESSAGES: LoginMessages = LoginMessages {
    panel: "Sign in with DingTalk",
    instruction: "Scan with DingTalk or your camera",
    what_happens: "to sign in here; you will confirm a number",
    qr_label: "QR code: scan it with DingTalk or your camera to sign in",
    scanned_instruction: "Pick this number on your phone",
    scanned_warning: "Somebody else showed you this code? Do not confirm.",
    redirect_body: "You sign in at DingTalk and come back to this page.",
    simulated: "Simulator: nobody real is signed in.",

    idle: "You are not signed in yet",
    leaving: "Taking you to DingTalk…",
    framed: "Waiting for you to sign in",
    scanned: |number| format!("Pick {number} on your phone"),
    signing_in: "Signing you in with DingTalk…",
    authenticated: "Signed in",
    expired: "The time is over",
    signed_in_as: |name| format!("You are signed in as {name}"),

    open_here: "Open on this device",
    continue_here: "Continue with DingTalk on this device",
    continue_with: "Continue with DingTalk",
    use_qr: "Use a QR code instead",

    denied_body: "The sign-in was declined, so nobody was signed in.",
    expired_body: "Nobody signed in in time. Please start again.",
    cancelled_body: "Nobody was signed in. The old code no longer works.",
    credentials_rejected: "DingTalk does not accept the app of this site. An administrator has to check its AppKey and AppSecret, and that the app is published.",
    workspace_domain: "DingTalk knows no app of your organisation for this site. An administrator has to enter the address of this page as the app's home page in the developer console.",
    workspace_refused: "DingTalk gave no workspace code. Open the app in DingTalk's workspace again.",
    workspace_unavailable: "DingTalk's script is not available here. Open this page from DingTalk's workspace, or sign in another way.",
};
