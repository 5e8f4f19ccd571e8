use dingtalk_qr_shared::{Qr, Sink};

use super::*;

#[test]
fn a_registration_goes_from_the_code_to_the_app() {
    let mut phase = Phase::Starting.next(Event::Started(prompt(), FlowState::Pending));
    assert_eq!(phase, Phase::Ready(prompt()));

    phase = phase.next(Event::Updated(FlowState::Creating));
    assert_eq!(phase, Phase::Creating(prompt()));

    phase = phase.next(Event::Updated(approval()));
    assert_eq!(phase, Phase::ApprovalPending { prompt: prompt(), client_id: "ding1".to_owned() });

    phase = phase.next(Event::Updated(FlowState::Created(app())));
    assert_eq!(phase, Phase::Created(app()));
}

#[test]
fn every_end_the_backend_reports_is_shown() {
    check(ready(), FlowState::Denied { reason: None }, &Phase::Denied { reason: None });
    check(ready(), FlowState::Expired, &Phase::Expired(prompt()));
    check(ready(), FlowState::Cancelled, &Phase::Cancelled);
    check(ready(), FlowState::Failed { code: ErrorCode::Internal }, &failed(ErrorCode::Internal));
}

#[test]
fn an_unknown_state_changes_nothing() {
    check(ready(), FlowState::Unknown, &ready());
    check(Phase::Creating(prompt()), FlowState::Unknown, &Phase::Creating(prompt()));
}

#[test]
fn an_ended_flow_stays_ended() {
    for ended in
        [Phase::Created(app()), Phase::Denied { reason: None }, Phase::Expired(prompt()), Phase::Cancelled]
    {
        check(ended.clone(), FlowState::Pending, &ended);
        assert_eq!(ended.clone().next(Event::Cancelled), ended);
        assert_eq!(ended.clone().next(Event::DeadlinePassed), ended);
        assert_eq!(ended.clone().next(Event::Vanished), ended);
    }
}

#[test]
fn our_clock_ends_an_unscanned_code_only() {
    assert_eq!(ready().next(Event::DeadlinePassed), Phase::Expired(prompt()));
    assert_eq!(Phase::Creating(prompt()).next(Event::DeadlinePassed), Phase::Creating(prompt()));
}

#[test]
fn a_flow_that_vanished_has_expired_unless_its_credentials_are_stored() {
    let approving = Phase::ApprovalPending { prompt: prompt(), client_id: "ding1".to_owned() };

    assert_eq!(ready().next(Event::Vanished), Phase::Expired(prompt()));
    assert_eq!(approving.next(Event::Vanished), failed(ErrorCode::ApprovalOutstanding));
}

#[test]
fn a_page_without_an_operator_is_told_so() {
    let refused = Failure::Code { code: ErrorCode::OperatorRequired, retry_after: None };

    assert_eq!(Phase::Starting.next(Event::StartFailed(refused)), Phase::OperatorRequired);
    let unreachable = Phase::Starting.next(Event::StartFailed(Failure::Unreachable));
    assert_eq!(unreachable, Phase::Failed(Failure::Unreachable));
}

#[test]
fn anything_can_be_started_again_or_replaced_by_hand() {
    for phase in [ready(), Phase::Cancelled, Phase::OperatorRequired, Phase::Failed(Failure::Unreachable)] {
        assert_eq!(phase.clone().next(Event::Start), Phase::Starting);
        assert_eq!(phase.next(Event::Saved(app())), Phase::Created(app()));
    }
}

#[test]
fn an_app_that_exists_cannot_be_cancelled() {
    let approving = Phase::ApprovalPending { prompt: prompt(), client_id: "ding1".to_owned() };

    assert_eq!(approving.next(Event::Cancelled), failed(ErrorCode::ApprovalOutstanding));
    assert_eq!(Phase::Created(app()).next(Event::Cancelled), Phase::Created(app()));
}

#[test]
fn only_a_live_flow_can_be_cancelled() {
    assert_eq!(Phase::Starting.next(Event::Cancelled), Phase::Cancelled);
    assert_eq!(ready().next(Event::Cancelled), Phase::Cancelled);
    assert!(!Phase::Starting.is_watched());
    assert!(ready().is_watched());
    assert!(!Phase::Expired(prompt()).is_live());
}

#[track_caller]
fn check(phase: Phase, state: FlowState, expected: &Phase) {
    assert_eq!(phase.next(Event::Updated(state)), *expected);
}

fn ready() -> Phase {
    Phase::Ready(prompt())
}

fn failed(code: ErrorCode) -> Phase {
    Phase::Failed(Failure::Code { code, retry_after: None })
}

fn approval() -> FlowState {
    FlowState::ApprovalPending { client_id: "ding1".to_owned() }
}

fn prompt() -> Arc<Prompt> {
    let qr = Qr { text: "https://h5.dingtalk.com/x".to_owned(), size: 21, path: "M0 0h7".to_owned() };
    let user_code = Some("AB-CD".to_owned());
    Arc::new(Prompt { qr: Some(qr), user_code, door: None, brand: None, simulated: false })
}

fn app() -> AppSaved {
    AppSaved {
        app: "support-bot".to_owned(),
        client_id: "ding1".to_owned(),
        hint: "ab••••".to_owned(),
        saved_to: vec![Sink::Store],
        verified: true,
        findings: Vec::new(),
    }
}
