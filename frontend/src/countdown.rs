use std::borrow::Cow;

use crate::digits::{digits, two_digits};
use crate::el::{El, Words, el};
use crate::intl;
use crate::messages::Text;
use crate::panel::Cx;

/// Below this many seconds the remaining time is announced, once.
const ANNOUNCED: u32 = 60;

/// Shows how long the code is valid, outside of any live region: a screen reader would talk every second. It is announced
/// when the focus first comes in, and before the last minute.
pub(crate) fn countdown(cx: Cx) -> [El; 3] {
    let left = move || cx.inside().flow.standing.seconds_left.get().unwrap_or(0);
    let is_last_minute = move || left() <= ANNOUNCED;
    let announcement = move || {
        if is_last_minute() {
            return cx.say(Text::OneMinute);
        }
        let minutes = |left| cx.fill(Text::StillValid, &intl::minutes(&cx.lang(), left));
        cx.inside().entered.get().map(minutes).map(Cow::Owned).unwrap_or_default()
    };
    let width = move || digits(per_mille(left(), cx.inside().flow.standing.lifetime.get()));
    let clock = el("time.clock[role=timer]")
        .set("data-last", Words::live(move || is_last_minute().then_some("")))
        .text(Words::live(move || clock(left())));
    let bar = el("svg.bar[viewBox=0 0 1000 3][preserveAspectRatio=none][aria-hidden=true]")
        .with(el("rect[height=3]").set("width", Words::live(width)));
    [
        el("span.time").text(cx.text(Text::TimeLeft)).text(" ").with(clock),
        el("span.hidden[role=status]").text(Words::live(announcement)),
        bar,
    ]
}

/// Formats seconds as minutes and seconds.
fn clock(seconds: u32) -> String {
    [&*digits(seconds / 60), ":", &two_digits(seconds % 60)].concat()
}

fn per_mille(left: u32, lifetime: u32) -> u32 {
    // Days would overflow; what is left of them is not to be seen in the bar.
    let lifetime = lifetime.clamp(1, 1_000_000);
    left.min(lifetime) * 1000 / lifetime
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_minutes_and_two_digits_of_seconds() {
        let shown: Vec<String> = [0, 9, 60, 599, 7200].map(clock).into();

        assert_eq!(shown, ["0:00", "0:09", "1:00", "9:59", "120:00"]);
    }

    #[test]
    fn the_bar_is_never_longer_than_itself() {
        let shown =
            [(300, 600), (0, 600), (900, 600), (5, 0), (u32::MAX, 1)].map(|(left, all)| per_mille(left, all));

        assert_eq!(shown, [500, 0, 1000, 1000, 1000]);
    }
}
