use std::future::ready;
use std::rc::Rc;

use crate::dom::window;
use dingtalk_qr_shared::ErrorCode;

use super::driver::Driver;
use super::flow::now;
use super::login::exchange;
use super::options::TokenSource;
use crate::api::{ApiError, Response, Watched};
use crate::phase::{Event, Failure};
use crate::poll::{Heard, Next, PollSchedule};
use crate::task::{Boxed, sleep};
use crate::wire::Begun;

/// A page that cannot begin shows nothing useful, so it says so after a few attempts.
const ATTEMPTS_TO_BEGIN: u32 = 4;

/// Begins the flow; a lost request is repeated with the same key.
pub(super) async fn begin(driver: Rc<Driver>) {
    let taken_over = driver.taken_over.take();
    if let Some(begun) = taken_over
        && let Some(begun) = begun.await
    {
        return driver.begun(begun);
    }
    let mut schedule = PollSchedule::new(1);
    for attempt in 1..=ATTEMPTS_TO_BEGIN {
        let error = match ask_for_flow(&driver).await {
            Ok(begun) => return driver.begun(begun),
            Err(error) => error,
        };
        if error != ApiError::Unreachable {
            driver.idempotency_key.take();
            driver.apply(Event::StartFailed(Failure::from(&error)));
            return;
        }
        driver.set_link(|link| link.backend_answers = false);
        if attempt < ATTEMPTS_TO_BEGIN {
            wait(schedule.next(Heard::Unreachable { retry_after: None })).await;
        }
    }
    driver.apply(Event::StartFailed(Failure::Unreachable));
}

async fn ask_for_flow(driver: &Driver) -> Result<Begun, ApiError> {
    let here = address();
    if let Some(login) = driver.login_request(&here) {
        return driver.api.start_login(login).await?.begun();
    }
    let key = driver.idempotency_key.borrow_mut().get_or_insert_with(random_key).clone();
    let mut is_second = false;
    loop {
        let token = embed_token(driver.token.as_ref()).await?;
        let has_token = token.is_some();
        let answer = driver.api.start(driver.app_name(), &key, token).await;
        match answer {
            // A page may have kept its token too long: its source gives a fresh one.
            Err(error) if has_token && !is_second && error.code() == Some(ErrorCode::EmbedTokenInvalid) => {
                is_second = true;
            }
            answer => return answer?.begun(),
        }
    }
}

/// Asks the page for an embed token.
pub(super) async fn embed_token(source: Option<&TokenSource>) -> Result<Option<String>, ApiError> {
    match source {
        Some(source) => source().await,
        None => Ok(None),
    }
}

/// Asks how the flow stands until it has ended.
pub(super) async fn watch(driver: Rc<Driver>) {
    loop {
        let heard = ask(&driver).await;
        let answers = !matches!(heard, Heard::Unreachable { .. });
        driver.set_link(|link| link.backend_answers = answers);
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
    let (question, asked) = match driver.flow.borrow().as_ref() {
        Some(flow) => (driver.api.watch(&flow.ticket, flow.etag.clone()), now()),
        None => return Heard::Ended,
    };
    match question.await.and_then(Response::watched) {
        Ok(Watched::Changed { mut update, etag }) => {
            let Ok(state) = exchange(&driver.api, update.state).await else {
                return Heard::Unreachable { retry_after: None };
            };
            update.state = state;
            if driver.hear(update, etag) { Heard::Changed } else { Heard::Same { took: now() - asked } }
        }
        Ok(Watched::Same) => Heard::Same { took: now() - asked },
        Err(error) if error.code() == Some(ErrorCode::FlowNotFound) => {
            driver.vanished();
            Heard::Ended
        }
        Err(error) => Heard::Unreachable { retry_after: error.retry_after() },
    }
}

pub(super) fn wait(next: Next) -> Boxed<'static, ()> {
    match next {
        Next::Ask { after } if after > 0 => sleep(after),
        Next::Ask { .. } | Next::Stop => Box::pin(ready(())),
    }
}

/// Returns the address of the page without its fragment.
fn address() -> String {
    let address = window().location().href().unwrap_or_default();
    address.split('#').next().unwrap_or_default().to_owned()
}

/// Returns 128 random bits as 32 hexadecimal digits.
fn random_key() -> String {
    let mut bytes = [0_u8; 16];
    if let Ok(crypto) = window().crypto() {
        drop(crypto.get_random_values_with_u8_array(&mut bytes));
    }
    let digits = bytes.into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from_digit(digit.into(), 16).unwrap_or_default()).collect()
}
