use std::cell::RefCell;

use dingtalk_qr_shared::LoginMethod;

use super::Resume;
use crate::digits::digits;
use crate::method;

thread_local! {
    /// The places of the panels on this page.
    static CLAIMED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Returns the place of a registration.
pub(crate) fn registration(backend: &str, app_name: Option<&str>) -> String {
    ["dingtalk-qr:", backend, ":", app_name.unwrap_or_default()].concat()
}

/// Returns the place of a login.
pub(crate) fn login(backend: &str, method: LoginMethod, app: Option<&str>, corp_id: Option<&str>) -> String {
    let (app, corp_id) = (app.unwrap_or_default(), corp_id.unwrap_or_default());
    ["dingtalk-qr-login:", method::name(method), ":", backend, ":", app, ":", corp_id].concat()
}

impl Drop for Resume {
    fn drop(&mut self) {
        CLAIMED.with_borrow_mut(|claimed| claimed.retain(|key| *key != self.key));
    }
}

impl Resume {
    /// Takes `place`, or `place#2` and so on where another panel of this page has it.
    pub(crate) fn claim(place: &str) -> Self {
        CLAIMED.with_borrow_mut(|claimed| {
            let mut key = place.to_owned();
            let mut number = 1;
            while claimed.contains(&key) {
                number += 1;
                key = [place, "#", &digits(number)].concat();
            }
            claimed.push(key.clone());
            Self { key }
        })
    }
}
