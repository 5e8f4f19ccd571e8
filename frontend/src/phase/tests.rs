use dingtalk_qr_shared::{Identity, Qr, Sink};

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
    for ended in [
        Phase::Created(app()),
        Phase::Authenticated(signed_in()),
        Phase::Denied { reason: None },
        Phase::Expired(prompt()),
        Phase::Cancelled,
    ] {
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

#[test]
fn a_login_goes_from_the_code_over_the_number_to_the_person() {
    let mut phase = Phase::Starting.next(Event::Started(prompt(), FlowState::Pending));
    assert_eq!(phase, ready());
    assert_eq!(phase.number(), None);

    phase = phase.next(Event::Updated(FlowState::Scanned { number: 7 }));
    assert_eq!(phase, Phase::Scanned { prompt: prompt(), number: 7 });
    assert_eq!(phase.number().as_deref(), Some("07"));

    phase = phase.next(Event::Updated(FlowState::Authenticated(signed_in())));
    assert_eq!(phase, Phase::Authenticated(signed_in()));
}

#[test]
fn a_scanned_code_can_expire_vanish_and_be_cancelled() {
    let scanned = Phase::Scanned { prompt: prompt(), number: 42 };

    assert_eq!(scanned.clone().next(Event::DeadlinePassed), Phase::Expired(prompt()));
    assert_eq!(scanned.clone().next(Event::Vanished), Phase::Expired(prompt()));
    assert_eq!(scanned.next(Event::Cancelled), Phase::Cancelled);
}

#[test]
fn a_redirect_waits_for_its_button_and_knows_the_way_back() {
    assert_eq!(Phase::Starting.next(Event::Rest), Phase::Idle);
    assert_eq!(Phase::Idle.next(Event::Leave), Phase::Leaving(None));
    assert_eq!(Phase::Leaving(None).next(Event::Return), Phase::Idle);
    assert_eq!(ready().next(Event::Leave), Phase::Leaving(Some(prompt())));
    assert_eq!(Phase::Leaving(Some(prompt())).next(Event::Return), ready());
    assert_eq!(ready().next(Event::Return), ready());
}

#[test]
fn only_the_page_knows_how_far_the_browser_is() {
    for phase in [Phase::Leaving(Some(prompt())), Phase::Confirming(Some(prompt()))] {
        check(phase.clone(), FlowState::Pending, &phase);
        check(phase.clone(), FlowState::Denied { reason: None }, &Phase::Denied { reason: None });
        check(phase, FlowState::Authenticated(signed_in()), &Phase::Authenticated(signed_in()));
    }
}

#[test]
fn an_answer_of_dingtalk_is_looked_at_unless_all_is_over() {
    assert_eq!(ready().next(Event::Answered), Phase::Confirming(Some(prompt())));
    assert_eq!(Phase::Leaving(None).next(Event::Answered), Phase::Confirming(None));
    assert_eq!(Phase::Cancelled.next(Event::Answered), Phase::Cancelled);
    assert_eq!(Phase::Confirming(None).next(Event::SignedIn(signed_in())), Phase::Authenticated(signed_in()));
    assert_eq!(
        Phase::Confirming(Some(prompt())).next(Event::DeadlinePassed),
        Phase::Confirming(Some(prompt()))
    );
}

#[test]
fn what_waits_for_the_user_is_neither_live_nor_ended() {
    for phase in [Phase::Idle, Phase::Leaving(None)] {
        assert!(!phase.is_live() && !phase.is_ended() && !phase.is_watched());
        assert_eq!(phase.clone().next(Event::Cancelled), phase);
    }
    for phase in [Phase::Starting, Phase::Confirming(None)] {
        assert!(phase.is_live() && !phase.is_ended() && !phase.is_watched());
    }
    for phase in [Phase::Leaving(Some(prompt())), Phase::Scanned { prompt: prompt(), number: 7 }] {
        assert!(phase.is_live() && !phase.is_ended() && phase.is_watched());
    }
    for phase in [Phase::Authenticated(signed_in()), Phase::Cancelled, Phase::Expired(prompt())] {
        assert!(!phase.is_live() && phase.is_ended() && !phase.is_watched());
    }
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

fn signed_in() -> SignedIn {
    let identity = Identity {
        user_id: "u1".to_owned(),
        name: "Ada".to_owned(),
        email: "ada@example.com".to_owned(),
        avatar_url: None,
        corp_id: None,
        admin: false,
    };
    SignedIn { identity, ticket: Some("t".to_owned()) }
}

fn app() -> AppSaved {
    AppSaved {
        app: "support-bot".to_owned(),
        client_id: "ding1".to_owned(),
        hint: "ab••••".to_owned(),
        saved_to: vec![Sink::Store],
        verified: true,
        findings: Vec::new(),
        revealable: false,
    }
}
