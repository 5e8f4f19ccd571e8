use super::*;

const UNREACHABLE: Heard = Heard::Unreachable { retry_after: None };

#[test]
fn a_change_is_followed_by_the_next_question_at_once() {
    check(&[Heard::Changed], &[Some(0)]);
}

#[test]
fn an_answer_that_waited_is_followed_at_once() {
    check(&[same(25_000), same(2_000)], &[Some(0), Some(0)]);
}

#[test]
fn an_answer_that_did_not_wait_keeps_to_the_interval() {
    check(&[same(0), same(500)], &[Some(2_000), Some(1_500)]);
}

#[test]
fn silence_backs_off_up_to_fifteen_seconds() {
    check(
        &[UNREACHABLE; 6],
        &[Some(1_000), Some(2_000), Some(4_000), Some(8_000), Some(15_000), Some(15_000)],
    );
}

#[test]
fn any_answer_ends_the_back_off() {
    check(
        &[UNREACHABLE, UNREACHABLE, same(9_000), UNREACHABLE],
        &[Some(1_000), Some(2_000), Some(0), Some(1_000)],
    );
}

#[test]
fn the_backend_may_ask_for_more_patience_but_not_for_less() {
    check(&[Heard::Unreachable { retry_after: Some(30) }], &[Some(30_000)]);
    check(
        &[UNREACHABLE, UNREACHABLE, Heard::Unreachable { retry_after: Some(1) }],
        &[Some(1_000), Some(2_000), Some(4_000)],
    );
}

#[test]
fn an_ended_flow_is_not_asked_about() {
    check(&[Heard::Ended], &[None]);
}

#[test]
fn a_hundred_failures_do_not_overflow() {
    let mut schedule = PollSchedule::new(2);

    let last = (0..100).map(|_| schedule.next(UNREACHABLE)).last();

    assert_eq!(last, Some(Next::Ask { after: LONGEST_BACK_OFF }));
}

#[test]
fn an_interval_of_zero_does_not_make_a_busy_loop() {
    assert_eq!(PollSchedule::new(0).next(same(0)), Next::Ask { after: 1000 });
}

#[test]
fn what_was_lost_is_tried_again_a_few_times() {
    let mut schedule = PollSchedule::new(1);

    let tries = [schedule.try_again(3), schedule.try_again(3), schedule.try_again(3)];

    assert_eq!(tries, [Some(1_000), Some(2_000), None]);
}

fn same(took: u32) -> Heard {
    Heard::Same { took: took.into() }
}

#[track_caller]
fn check(heard: &[Heard], expected_millis: &[Option<u32>]) {
    let mut schedule = PollSchedule::new(2);

    let steps: Vec<Next> = heard.iter().map(|heard| schedule.next(*heard)).collect();

    let expected: Vec<Next> = expected_millis
        .iter()
        .map(|millis| millis.map_or(Next::Stop, |millis| Next::Ask { after: millis }))
        .collect();
    assert_eq!(steps, expected);
}
