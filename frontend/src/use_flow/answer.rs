use std::rc::Rc;

use gloo_timers::future::sleep;

use super::driver::Driver;
use crate::api::{ApiError, Ticket};
use crate::phase::Failure;
use crate::poll::{Heard, Next, PollSchedule};

const ATTEMPTS: u32 = 4;

/// What DingTalk gave to this browser.
pub(super) enum Answer {
    /// The workspace's code.
    Code(String),
    /// What follows `#dingtalk-qr-proof=`.
    Proof(String),
}

/// Sends `answer` to the backend.
///
/// Both are good once. So when an attempt was lost and the next is refused, the first may have arrived: then the flow
/// itself says what came of it.
pub(super) async fn present(driver: Rc<Driver>, answer: Answer) {
    let question = driver.flow.borrow().as_ref().map(|flow| (flow.id.clone(), flow.poll_token.clone()));
    let Some((flow_id, poll_token)) = question else { return };
    let ticket = Ticket { flow_id: &flow_id, poll_token: &poll_token };
    let mut schedule = PollSchedule::new(1);
    for attempt in 1..=ATTEMPTS {
        let sent = match &answer {
            Answer::Code(code) => driver.api.present_code(ticket, code).await,
            Answer::Proof(proof) => driver.api.present_proof(ticket, proof).await,
        };
        match sent {
            Err(error @ ApiError::Problem { .. }) if attempt == 1 => {
                return driver.fail(Failure::from(&error));
            }
            Ok(()) | Err(ApiError::Problem { .. }) => return,
            Err(ApiError::Unreachable | ApiError::Malformed) => {}
        }
        if let Next::Ask { after } = schedule.next(Heard::Unreachable { retry_after: None }) {
            sleep(after).await;
        }
    }
    driver.fail(Failure::Unreachable);
}
