//! When what is tried again, and when it is given up. Pure.

use std::time::Duration;

use super::Channel;
use crate::clock::Timestamp;
use crate::dingtalk::ForbiddenReason;
use crate::store::Outcome;

/// For how long a part is tried that DingTalk does not take.
pub(super) const TRIED_FOR: Duration = Duration::from_hours(24);

/// The longest time between two attempts, unless DingTalk asks for a longer one.
const LONGEST_BACKOFF: Duration = Duration::from_mins(5);

/// How far the clock of China is ahead of UTC. DingTalk counts days there.
const CHINA: Duration = Duration::from_hours(8);

/// How long before the end of a day nothing is sent again that counts on that day.
const MARGIN: Duration = Duration::from_mins(2);

/// Returns how long to wait after that many attempts: 1, 2, 4 s, as DingTalk's page 调用频率限制 asks for.
pub(super) fn backoff(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(16);
    (Duration::from_secs(1) * 2_u32.pow(doublings)).min(LONGEST_BACKOFF)
}

/// Returns whether what may have been sent may be sent again: DingTalk keeps the same work notice from the same person, until
/// its day is over. It tells nothing of the kind of templates, and robots repeat themselves.
pub(super) fn may_repeat(channel: Channel, tried_since: Timestamp, now: Timestamp) -> bool {
    match channel {
        Channel::WorkNotice => day(tried_since) == day(now + MARGIN),
        Channel::Template | Channel::Robot | Channel::Group => false,
    }
}

fn day(moment: Timestamp) -> i64 {
    (moment + CHINA).as_secs().div_euclid(24 * 3600)
}

/// Returns when to look what became of a part; `None` if DingTalk does not know any more.
pub(super) fn next_look(sent_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    const SCHEDULE: [(Duration, Duration); 5] = [
        (Duration::from_secs(15), Duration::from_secs(3)),
        (Duration::from_mins(2), Duration::from_secs(30)),
        (Duration::from_mins(30), Duration::from_mins(5)),
        (Duration::from_hours(6), Duration::from_hours(1)),
        (Duration::from_hours(24), Duration::from_hours(6)),
    ];
    let age = now.since(sent_at);
    SCHEDULE.into_iter().find(|(until, _)| age < *until).map(|(_, pause)| now + pause)
}

/// Says what became of it for somebody from whom it was kept, with DingTalk's code.
pub(super) fn kept_from(reason: ForbiddenReason) -> (Outcome, i64) {
    match reason {
        ForbiddenReason::DailyLimit => (Outcome::DailyLimit, 143_105),
        ForbiddenReason::Duplicate => (Outcome::Duplicate, 143_106),
        ForbiddenReason::RateLimit => (Outcome::FlowControlled, 143_103),
        ForbiddenReason::Other(code) => (Outcome::Forbidden, code.unwrap_or(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_five_minutes() {
        let waits = [0, 1, 2, 3, 9, 10, 400].map(|attempts| backoff(attempts).as_secs());

        assert_eq!(waits, [1, 1, 2, 4, 256, 300, 300]);
    }

    #[test]
    fn a_work_notice_may_be_repeated_until_its_day_is_over_in_china() {
        // 2026-09-21 15:57 UTC is three minutes before midnight in Beijing.
        let late = Timestamp::from_millis(1_790_006_220_000);
        for (channel, later, expected) in [
            (Channel::WorkNotice, 0, true),
            (Channel::WorkNotice, 59, true),
            (Channel::WorkNotice, 60, false),
            (Channel::WorkNotice, 3600, false),
            (Channel::Template, 0, false),
            (Channel::Robot, 0, false),
            (Channel::Group, 0, false),
        ] {
            let now = late + Duration::from_secs(later);
            assert_eq!(may_repeat(channel, late, now), expected, "{channel:?} after {later} s");
        }
    }

    #[test]
    fn a_part_is_looked_after_for_a_day_ever_less_often() {
        let sent_at = Timestamp::from_millis(0);
        let (mut now, mut looks) = (sent_at, 0);
        while let Some(next) = next_look(sent_at, now) {
            assert!(next > now);
            (now, looks) = (next, looks + 1);
        }

        assert_eq!(looks, 24);
        assert!(now.since(sent_at) >= Duration::from_hours(24));
    }
}
