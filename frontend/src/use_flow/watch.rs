use std::rc::Rc;

use crate::dom::window;
use dingtalk_qr_shared::{ErrorCode, FlowStarted};
use gloo_timers::future::sleep;

use super::driver::Driver;
use super::flow::{elapsed, now};
use super::login::exchange;
use super::options::{Job, TokenSource};
use crate::api::{ApiError, Ticket, Watched};
use crate::phase::{Event, Failure};
use crate::poll::{Heard, Next, PollSchedule};

/// A page that cannot begin shows nothing useful, so it says so after a few attempts.
const ATTEMPTS_TO_BEGIN: u32 = 4;

/// Begins the flow; a lost request is repeated with the same key.
pub(super) async fn begin(driver: Rc<Driver>) {
    let taken_over = driver.taken_over.take();
    if let Some(begun) = taken_over
        && let Some(started) = begun.await
    {
        return driver.begun(started);
    }
    let mut schedule = PollSchedule::new(1);
    for attempt in 1..=ATTEMPTS_TO_BEGIN {
        let error = match ask_for_flow(&driver).await {
            Ok(started) => return driver.begun(started),
            Err(error) => error,
        };
        if error != ApiError::Unreachable {
            driver.idempotency_key.take();
            return driver.apply(Event::StartFailed(Failure::from(&error)));
        }
        driver.set_link(|link| link.backend_answers = false);
        if attempt < ATTEMPTS_TO_BEGIN {
            wait(schedule.next(Heard::Unreachable { retry_after: None })).await;
        }
    }
    driver.apply(Event::StartFailed(Failure::Unreachable));
}

async fn ask_for_flow(driver: &Driver) -> Result<FlowStarted, ApiError> {
    match &driver.job {
        Job::Registration { app_name } => {
            let key = driver.idempotency_key.borrow_mut().get_or_insert_with(random_key).clone();
            let start = async || {
                let token = embed_token(driver.token.as_ref()).await;
                driver.api.start(app_name.as_deref(), &key, token.as_deref()).await
            };
            match start().await {
                Err(error)
                    if driver.token.is_some() && error.code() == Some(ErrorCode::EmbedTokenInvalid) =>
                {
                    start().await
                }
                answer => answer,
            }
        }
        Job::Login(_) => {
            let here = address();
            let login = driver.login_request(&here).expect("a login has a method");
            driver.api.start_login(login).await
        }
    }
}

/// Asks the page for an embed token.
pub(crate) async fn embed_token(source: Option<&TokenSource>) -> Option<String> {
    source?().await
}

/// Asks how the flow stands until it has ended.
pub(super) async fn watch(driver: Rc<Driver>) {
    loop {
        let heard = ask(&driver).await;
        driver.set_link(|link| link.backend_answers = !matches!(heard, Heard::Unreachable { .. }));
        let next = match driver.flow.borrow_mut().as_mut() {
            Some(flow) => flow.schedule.next(heard),
            None => Next::Stop,
        };
        if next == Next::Stop {
            return;
        }
        wait(next).await;
    }
}

async fn ask(driver: &Rc<Driver>) -> Heard {
    let question = driver
        .flow
        .borrow()
        .as_ref()
        .map(|flow| (flow.id.clone(), flow.poll_token.clone(), flow.etag.clone()));
    let Some((flow_id, poll_token, etag)) = question else { return Heard::Ended };
    let asked = now();
    let ticket = Ticket { flow_id: &flow_id, poll_token: &poll_token };
    match driver.api.watch(ticket, etag.as_deref()).await {
        Ok(Watched::Changed { mut update, etag }) => {
            let Ok(state) = exchange(&driver.api, update.state).await else {
                return Heard::Unreachable { retry_after: None };
            };
            update.state = state;
            if driver.hear(update, etag) { Heard::Changed } else { Heard::Same { took: elapsed(asked) } }
        }
        Ok(Watched::Same) => Heard::Same { took: elapsed(asked) },
        Err(error) if error.code() == Some(ErrorCode::FlowNotFound) => {
            driver.vanished();
            Heard::Ended
        }
        Err(error) => Heard::Unreachable { retry_after: error.retry_after() },
    }
}

async fn wait(next: Next) {
    match next {
        Next::Ask { after } if !after.is_zero() => sleep(after).await,
        Next::Ask { .. } | Next::Stop => {}
    }
}

/// Returns the address of the page without its fragment.
fn address() -> String {
    let address = window().location().href().unwrap_or_default();
    address.split('#').next().unwrap_or_default().to_owned()
}

/// Returns 128 random bits as 32 hexadecimal digits.
fn random_key() -> String {
    use std::fmt::Write as _;

    let mut bytes = [0_u8; 16];
    if let Ok(crypto) = window().crypto() {
        drop(crypto.get_random_values_with_u8_array(&mut bytes));
    }
    bytes.iter().fold(String::new(), |mut key, byte| {
        // Writing to a `String` cannot fail.
        _ = write!(key, "{byte:02x}");
        key
    })
}
