use std::rc::Rc;

use super::driver::Driver;
use crate::api::ApiError;
use crate::phase::Failure;
use crate::poll::PollSchedule;
use crate::task::Step;

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
pub(super) fn present(driver: Rc<Driver>, answer: Answer) -> Step {
    attempt(driver, answer, PollSchedule::new(1), Attempt::First)
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Attempt {
    First,
    Repeated,
}

fn attempt(driver: Rc<Driver>, answer: Answer, mut schedule: PollSchedule, order: Attempt) -> Step {
    let Some(ticket) = driver.ticket() else { return Step::End };
    let sent = match &answer {
        Answer::Code(code) => driver.api.present_code(&ticket, code),
        Answer::Proof(proof) => driver.api.present_proof(&ticket, proof),
    };
    Step::after(
        sent,
        Box::new(move |result| {
            match result {
                Err(error @ ApiError::Problem { .. }) if order == Attempt::First => {
                    driver.fail(Failure::from(&error));
                }
                Ok(_) | Err(ApiError::Problem { .. }) => {}
                Err(ApiError::Unreachable | ApiError::Malformed) => match schedule.try_again(ATTEMPTS) {
                    Some(after) => {
                        let again = Box::new(move || attempt(driver, answer, schedule, Attempt::Repeated));
                        return Step::Sleep(after, again);
                    }
                    None => driver.fail(Failure::Unreachable),
                },
            }
            Step::End
        }),
    )
}
