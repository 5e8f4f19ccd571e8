use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};

use super::Logins;
use super::begin::{Method, Subject};
use crate::flow::{Driver, Question, Step, Unheard};

/// Drives logins: there is nobody to ask. What happens is told by [`Logins`].
#[derive(Clone, Copy, Debug)]
pub struct LoginDriver;

impl Driver for LoginDriver {
    fn kind(&self) -> &'static str {
        Logins::KIND
    }

    fn method(&self, subject: &str) -> &'static str {
        let subject: Subject = serde_json::from_str(subject).unwrap_or_default();
        subject.method.map_or("unknown", Method::name)
    }

    fn poll<'a>(&'a self, _: Question<'a>) -> BoxFuture<'a, Result<Step, Unheard>> {
        ready(Ok(Step::Pending)).boxed()
    }

    fn conclude<'a>(&'a self, _: Question<'a>) -> BoxFuture<'a, Result<Step, Unheard>> {
        ready(Ok(Step::Expired)).boxed()
    }
}

/// Makes the driver ready for the engine.
impl From<LoginDriver> for Arc<dyn Driver> {
    fn from(driver: LoginDriver) -> Self {
        Arc::new(driver)
    }
}
