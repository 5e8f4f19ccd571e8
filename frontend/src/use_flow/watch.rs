use std::rc::Rc;

use dingtalk_qr_shared::{ErrorCode, FlowUpdate};
use wasm_bindgen::JsValue;

use super::driver::Driver;
use super::flow::now;
use super::login::exchange;
use crate::api::{ApiError, Response, Watched};
use crate::cut::pieces;
use crate::dom::{address, window};
use crate::phase::{Event, Failure};
use crate::poll::{Heard, Next, PollSchedule};
use crate::task::{Step, settled};
use crate::wire::Begun;

/// A page that cannot begin shows nothing useful, so it says so after a few attempts.
const ATTEMPTS_TO_BEGIN: u32 = 4;

/// Begins the flow; a lost request is repeated with the same key.
pub(super) fn begin(driver: Rc<Driver>) -> Step {
    let schedule = PollSchedule::new(1);
    match driver.taken_over.take() {
        None => ask_for_flow(driver, schedule),
        Some(begun) => Step::after(
            settled(begun),
            Box::new(move |begun| match begun.ok().and_then(|begun| Begun::read(begun).ok()) {
                None => ask_for_flow(driver, schedule),
                Some(begun) => {
                    driver.begun(begun);
                    Step::End
                }
            }),
        ),
    }
}

fn ask_for_flow(driver: Rc<Driver>, schedule: PollSchedule) -> Step {
    let here = page();
    match driver.login_request(&here) {
        Some(login) => {
            let answer = driver.api.start_login(login);
            Step::after(answer, Box::new(move |answer| take_in(&driver, schedule, answer)))
        }
        None => ask_with_token(driver, schedule, Token::First),
    }
}

/// Which token a request bears.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Token {
    First,
    Fresh,
}

fn ask_with_token(driver: Rc<Driver>, schedule: PollSchedule, which: Token) -> Step {
    let asker = Rc::clone(&driver);
    asker.with_token(Box::new(move |token| match token {
        Ok(None) => ask_with(driver, schedule, Token::Fresh, None),
        Ok(token) => ask_with(driver, schedule, which, token),
        Err(error) => take_in(&driver, schedule, Err(error)),
    }))
}

fn ask_with(driver: Rc<Driver>, schedule: PollSchedule, which: Token, token: Option<String>) -> Step {
    let key = driver.idempotency_key.borrow_mut().get_or_insert_with(random_key).clone();
    let answer = driver.api.start(driver.app_name(), &key, token);
    Step::after(
        answer,
        Box::new(move |answer| match answer {
            // A page may have kept its token too long: its source gives a fresh one.
            Err(error) if which == Token::First && error.code() == Some(ErrorCode::EmbedTokenInvalid) => {
                ask_with_token(driver, schedule, Token::Fresh)
            }
            answer => take_in(&driver, schedule, answer),
        }),
    )
}

fn take_in(driver: &Rc<Driver>, mut schedule: PollSchedule, answer: Result<Response, ApiError>) -> Step {
    match answer.and_then(Response::begun) {
        Ok(begun) => driver.begun(begun),
        Err(ApiError::Unreachable) => {
            driver.set_link(|link| link.backend_answers = false);
            if let Some(after) = schedule.try_again(ATTEMPTS_TO_BEGIN) {
                let driver = Rc::clone(driver);
                return Step::Sleep(after, Box::new(move || ask_for_flow(driver, schedule)));
            }
            driver.apply(Event::StartFailed(Failure::Unreachable));
        }
        Err(error) => {
            driver.idempotency_key.take();
            driver.apply(Event::StartFailed(Failure::from(&error)));
        }
    }
    Step::End
}

impl Driver {
    /// Goes on with an embed token of the page, if it gives any.
    pub(super) fn with_token(&self, next: Box<dyn FnOnce(Result<Option<String>, ApiError>) -> Step>) -> Step {
        let Some(source) = &self.token else { return next(Ok(None)) };
        let given = |token: JsValue| token.as_string().filter(|token| !token.is_empty());
        Step::after(
            source(),
            Box::new(move |token| next(token.map(given).map_err(|_| ApiError::Unreachable))),
        )
    }
}

/// Asks how the flow stands until it has ended.
pub(super) fn watch(driver: Rc<Driver>) -> Step {
    let (question, asked) = match driver.flow.borrow().as_ref() {
        Some(flow) => (driver.api.watch(&flow.ticket, flow.etag.clone()), now()),
        None => return Step::End,
    };
    Step::after(
        question,
        Box::new(move |answer| {
            let heard = match answer.and_then(Response::watched) {
                Ok(Watched::Changed { update, etag }) => return exchange(driver, update, etag, asked),
                Ok(Watched::Same) => Heard::Same { took: now() - asked },
                Err(error) if error.code() == Some(ErrorCode::FlowNotFound) => {
                    driver.vanished();
                    Heard::Ended
                }
                Err(error) => Heard::Unreachable { retry_after: error.retry_after() },
            };
            go_on(driver, heard)
        }),
    )
}

/// Takes an answer about the flow in.
pub(super) fn hear(driver: Rc<Driver>, update: FlowUpdate, etag: Option<String>, asked: f64) -> Step {
    let is_new = driver.hear(update, etag);
    go_on(driver, if is_new { Heard::Changed } else { Heard::Same { took: now() - asked } })
}

pub(super) fn go_on(driver: Rc<Driver>, heard: Heard) -> Step {
    let answers = !matches!(heard, Heard::Unreachable { .. });
    driver.set_link(|link| link.backend_answers = answers);
    let next = driver.flow.borrow_mut().as_mut().map_or(Next::Stop, |flow| flow.schedule.next(heard));
    match next {
        Next::Stop => Step::End,
        Next::Ask { after: 0 } => watch(driver),
        Next::Ask { after } => Step::Sleep(after, Box::new(move || watch(driver))),
    }
}

/// Returns the address of the page without its fragment.
fn page() -> String {
    let address = address("href");
    pieces(&address, b'#').next().unwrap_or_default().to_owned()
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
