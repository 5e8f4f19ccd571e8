//! The two questions that the phone asks: go on to DingTalk, and which number the other screen shows.

use maud::{Markup, html};

use super::Asking;
use super::layout::{Named, Sign};
use super::texts::Texts;
use crate::clock::Timestamp;

/// Where an answer goes, and what proves that it came from our page.
#[derive(Clone, Copy)]
pub(super) struct Form<'a> {
    /// The address that takes the answer.
    pub(super) action: &'a str,
    /// Goes along in a hidden field.
    pub(super) token: &'a str,
}

impl Form<'_> {
    fn post(self, fields: &Markup) -> Markup {
        html! {
            form method="post" action=(self.action) {
                input type="hidden" name="token" value=(self.token) autocomplete="off";
                (fields)
            }
        }
    }
}

/// Who asks; both answers weigh the same.
pub(super) fn ask(texts: &Texts, asking: &Asking, form: Form<'_>) -> Markup {
    let go_on = html! { button .strong name="do" value="continue" { (texts.go_on) } };
    let deny = html! { button .strong.plain name="do" value="deny" { (texts.deny) } };
    html! {
        main data-page="ask" {
            header {
                (Sign::Screens)
                h1 { (texts.ask_title) }
                p { ((texts.ask)(Named(&asking.site))) }
            }
            (facts(texts, asking))
            (warning(texts.ask_warning))
            div .answers {
                (form.post(&go_on))
                (form.post(&deny))
            }
            p .small { (texts.ask_next) }
        }
    }
}

/// Whom DingTalk named, and three numbers to choose from.
pub(super) fn confirm(
    texts: &Texts,
    asking: &Asking,
    form: Form<'_>,
    name: &str,
    numbers: [u8; 3],
) -> Markup {
    let pick = html! {
        fieldset {
            legend { (texts.which_number) }
            div .numbers {
                @for number in numbers {
                    button .strong name="number" value=(number) { (number) }
                }
            }
        }
    };
    let deny = html! { button .strong.plain name="do" value="deny" { (texts.deny_number) } };
    html! {
        main data-page="confirm" {
            header {
                (Sign::Person)
                h1 { (texts.confirm_title) }
                p { ((texts.confirm)(Named(&asking.site), Named(name))) }
            }
            div .answers {
                (form.post(&pick))
                (form.post(&deny))
            }
            (warning(texts.confirm_warning))
            (facts(texts, asking))
        }
    }
}

fn warning(text: &str) -> Markup {
    html! { p .warning { (text) } }
}

fn facts(texts: &Texts, asking: &Asking) -> Markup {
    let known = [
        (texts.site, &asking.site),
        (texts.app, &asking.app),
        (texts.browser, &asking.browser),
        (texts.address, &asking.address),
    ];
    let begun_at = Utc::of(asking.begun_at);
    html! {
        section aria-label=(texts.who_asks) {
            h2 { (texts.who_asks) }
            dl .facts {
                @for (label, value) in known.into_iter().filter(|(_, value)| !value.is_empty()) {
                    div { dt { (label) } dd { bdi { (value) } } }
                }
                div {
                    dt { (texts.begun_at) }
                    dd { time datetime=(begun_at.machine) { (begun_at.person) } }
                }
            }
        }
    }
}

/// A moment in the words of RFC 3339 and of a person anywhere.
#[derive(Debug, Eq, PartialEq)]
struct Utc {
    machine: String,
    person: String,
}

impl Utc {
    fn of(moment: Timestamp) -> Self {
        let seconds = moment.as_millis().div_euclid(1000);
        let (year, month, day) = date(seconds.div_euclid(86_400));
        let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        Self {
            machine: format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"),
            person: format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC"),
        }
    }
}

/// The date in the Gregorian calendar. Years are counted from March, so that the leap day is the last one, and in
/// cycles of 400 years, which have 146 097 days; 719 468 days lie between March of the year 0 and the epoch.
fn date(days_since_epoch: i64) -> (i64, i64, i64) {
    let days = days_since_epoch + 719_468;
    let cycle = days.div_euclid(146_097);
    let day_of_cycle = days.rem_euclid(146_097);
    let year_of_cycle =
        (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36_524 - day_of_cycle / 146_096) / 365;
    let day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = cycle * 400 + year_of_cycle + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::{Timestamp, Utc};

    #[track_caller]
    fn check(millis: i64, machine: &str, person: &str) {
        let expected = Utc { machine: machine.to_owned(), person: person.to_owned() };
        assert_eq!(Utc::of(Timestamp::from_millis(millis)), expected);
    }

    #[test]
    fn moments_are_told_in_utc() {
        check(0, "1970-01-01T00:00:00Z", "1970-01-01 00:00 UTC");
        check(951_782_400_000, "2000-02-29T00:00:00Z", "2000-02-29 00:00 UTC");
        check(1_709_251_199_999, "2024-02-29T23:59:59Z", "2024-02-29 23:59 UTC");
        check(1_709_251_200_000, "2024-03-01T00:00:00Z", "2024-03-01 00:00 UTC");
        check(1_785_592_980_000, "2026-08-01T14:03:00Z", "2026-08-01 14:03 UTC");
        check(4_107_542_399_000, "2100-02-28T23:59:59Z", "2100-02-28 23:59 UTC");
        check(4_107_542_400_000, "2100-03-01T00:00:00Z", "2100-03-01 00:00 UTC");
    }
}
