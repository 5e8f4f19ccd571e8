use std::rc::Rc;

use super::driver::Driver;
use super::watch::wait;
use crate::api::ApiError;
use crate::phase::Failure;
use crate::poll::{Heard, PollSchedule};

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
    let Some(ticket) = driver.ticket() else { return };
    let mut schedule = PollSchedule::new(1);
    for attempt in 1..=ATTEMPTS {
        let sent = match &answer {
            Answer::Code(code) => driver.api.present_code(&ticket, code),
            Answer::Proof(proof) => driver.api.present_proof(&ticket, proof),
        };
        match sent.await {
            Err(error @ ApiError::Problem { .. }) if attempt == 1 => {
                return driver.fail(Failure::from(&error));
            }
            Ok(_) | Err(ApiError::Problem { .. }) => return,
            Err(ApiError::Unreachable | ApiError::Malformed) => {}
        }
        wait(schedule.next(Heard::Unreachable { retry_after: None })).await;
    }
    driver.fail(Failure::Unreachable);
}
