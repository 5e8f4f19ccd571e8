//! The pages on which somebody signs in to an app.

use dingtalk_qr_simulator::people::{CHEN_JING, LI_NA, WANG_FANG, ZHANG_WEI};
use dingtalk_qr_simulator::{
    App, EXISTING_APP_CLIENT_ID, InApp, SCHOOL_CORP_ID, STUDIO_CORP_ID, SettingsPatch,
};
use reqwest::header::{CONTENT_SECURITY_POLICY, SET_COOKIE};

use crate::support::{CALLBACK, TestSimulator, authorize};

/// Names and values of the buttons of a page.
fn buttons(html: &str) -> Vec<(&str, &str)> {
    let tags = html.split("<button").skip(1);
    tags.map(|tag| (attribute(tag, " name=\""), attribute(tag, " value=\""))).collect()
}

fn attribute<'a>(tag: &'a str, start: &str) -> &'a str {
    tag.split(start).nth(1).unwrap().split('"').next().unwrap()
}

const DECISIONS: [(&str, &str); 3] = [("decision", "deny"), ("decision", "approve"), ("account", "choose")];

async fn submit(simulator: &TestSimulator, more: &str, form: &str) -> (u16, String) {
    let response = simulator.submit(&authorize(more), form).await;
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn everybody_is_a_button_of_the_first_page() {
    let simulator = TestSimulator::start().await;

    let html = simulator.get(&authorize("scope=openid&prompt=consent")).await.text().await.unwrap();

    let people = [ZHANG_WEI, LI_NA, WANG_FANG, "zhaolei", CHEN_JING].map(|userid| ("person", userid));
    assert_eq!(buttons(&html), people);
    assert!(html.contains("Simulated DingTalk — nothing real is created"));
}

#[tokio::test]
async fn whoever_was_chosen_is_asked_for_consent_and_remembered() {
    let simulator = TestSimulator::start().await;
    let page = authorize("scope=openid&prompt=consent");

    let response = simulator.submit(&page, "person=zhangwei").await;
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    let asked = response.text().await.unwrap();
    let remembered = simulator.get_with_cookie(&page, &cookie).await;
    let forgotten = simulator.get_with_cookie(&format!("{page}&account=choose"), &cookie).await;
    let other = simulator.submit(&page, "seen_person=zhangwei&account=choose").await.text().await.unwrap();

    assert_eq!(cookie, "dingsim_person=zhangwei; Path=/; HttpOnly; SameSite=Lax");
    assert_eq!(buttons(&asked), DECISIONS);
    assert_eq!(buttons(&remembered), DECISIONS);
    assert_eq!((buttons(&forgotten).len(), buttons(&other).len()), (5, 5));
}

#[tokio::test]
async fn the_dingtalk_app_knows_whose_phone_it_is_in() {
    let simulator = TestSimulator::start().await;
    simulator.put_in_app(InApp { userid: LI_NA.to_owned(), corp_id: None }).unwrap();
    let page = authorize("scope=openid&prompt=consent");
    let with_agent =
        async |agent: &str| simulator.get_with(&page, "user-agent", agent).await.text().await.unwrap();

    let inside = with_agent("Mozilla/5.0 (Linux; Android 14) AliApp(DingTalk/7.6.0)").await;
    let outside = with_agent("Mozilla/5.0 (Linux; Android 14)").await;

    assert!(buttons(&inside) == DECISIONS && inside.contains("李娜"), "{inside}");
    assert_eq!(buttons(&outside).len(), 5);
}

#[tokio::test]
async fn a_cookie_of_nobody_leads_to_the_first_page() {
    let simulator = TestSimulator::start().await;
    let page = authorize("scope=openid&prompt=consent");

    let html = simulator.get_with_cookie(&page, "x=1; dingsim_person=nobody").await;
    let response = simulator.submit(&page, "person=nobody").await;

    assert_eq!(buttons(&html).len(), 5);
    assert!(response.headers().get(SET_COOKIE).is_none());
}

#[tokio::test]
async fn only_the_scope_corpid_asks_for_the_organisation_and_only_where_there_is_a_choice() {
    let simulator = TestSimulator::start().await;
    let both = vec![("organisation", STUDIO_CORP_ID), ("organisation", SCHOOL_CORP_ID)];
    let check = async |more: &str, form: &str, expected: &[(&str, &str)]| {
        let (http, html) = submit(&simulator, more, form).await;
        assert_eq!((http, buttons(&html).as_slice()), (200, expected), "{more} {form}");
    };

    check("scope=openid", "person=wangfang", &DECISIONS).await;
    check("scope=openid%20corpid", "person=zhangwei", &DECISIONS).await;
    check("scope=openid%20corpid", "person=wangfang", &both).await;
    check("scope=openid+corpid", "person=wangfang", &both).await;
    check("scope=openid%20corpid&exclusiveLogin=true", "person=wangfang", &both).await;
    check("scope=openid%20corpid", "seen_person=wangfang&organisation=other", &both).await;
    let studio = format!("seen_person=wangfang&organisation={STUDIO_CORP_ID}");
    check("scope=openid%20corpid", &studio, &DECISIONS).await;
    let preselected = format!("scope=openid%20corpid&corpId={STUDIO_CORP_ID}");
    check(&preselected, "person=wangfang", &DECISIONS).await;
    check("scope=openid%20corpid&org_type=management", "person=lina", &DECISIONS).await;
}

#[tokio::test]
async fn the_organisation_chosen_comes_with_the_token() {
    let simulator = TestSimulator::start().await;
    simulator.change_settings(SettingsPatch { foreign_members_pass: Some(true), ..SettingsPatch::default() });
    let check = async |more: &str, form: &str, expected: Option<&str>| {
        let back = simulator.location(&authorize(more), &format!("{form}&decision=approve")).await;
        let code = back.split("authCode=").nth(1).unwrap().split('&').next().unwrap();
        let (_, token) = simulator.exchange(code).await;
        assert_eq!(token.get("corpId").and_then(|corp_id| corp_id.as_str()), expected, "{more}");
    };

    check("scope=openid", "person=wangfang", None).await;
    check("scope=openid%20corpid", "person=zhangwei", Some(STUDIO_CORP_ID)).await;
    let school = format!("person=wangfang&organisation={SCHOOL_CORP_ID}");
    check("scope=openid%20corpid", &school, Some(SCHOOL_CORP_ID)).await;
    let seen = format!("seen_person=wangfang&seen_organisation={STUDIO_CORP_ID}");
    check("scope=openid%20corpid", &seen, Some(STUDIO_CORP_ID)).await;
    check("scope=openid%20corpid&org_type=management", "person=wangfang", Some(SCHOOL_CORP_ID)).await;
    check("scope=openid%20corpid", "person=chenjing", Some(SCHOOL_CORP_ID)).await;
}

#[tokio::test]
async fn strangers_are_stopped_on_a_page() {
    let simulator = TestSimulator::start().await;
    let check = async |more: &str, form: &str, part: &str| {
        let (http, html) = submit(&simulator, more, &format!("{form}&decision=approve")).await;
        assert!(http == 403 && html.contains(part), "{more} {form}: {http} {html}");
    };

    check("scope=openid", "person=chenjing", "another organisation").await;
    check("scope=openid%20corpid", "person=chenjing", "another organisation").await;
    let school = format!("person=wangfang&organisation={SCHOOL_CORP_ID}");
    check("scope=openid%20corpid", &school, "another organisation").await;
    let given = format!("scope=openid%20corpid&corpId={SCHOOL_CORP_ID}");
    check(&given, "person=zhangwei", "no member of the organisation").await;
    check("scope=openid%20corpid&org_type=management", "person=zhangwei", "administer no").await;
}

#[tokio::test]
async fn a_request_that_is_wrong_ends_on_a_page_and_never_at_the_app() {
    let simulator = TestSimulator::start().await;
    let query = format!(
        "client_id={EXISTING_APP_CLIENT_ID}&redirect_uri=http%3A%2F%2Flocalhost%3A1%2F&response_type=code&scope=openid"
    );
    let check = async |from: &str, to: &str, part: &str| {
        let response = simulator.get(&format!("/oauth2/auth?{}", query.replace(from, to))).await;
        let (http, html) = (response.status().as_u16(), response.text().await.unwrap());
        assert!(http == 400 && html.contains(part), "{to}: {http} {html}");
    };

    check("client_id=dingsimexistingapp01", "client_id=dingnobody", "no app with this client_id").await;
    check("client_id=dingsimexistingapp01&", "", "no app with this client_id").await;
    check("%2Flocalhost", "%2Fevil.example", "not registered").await;
    check("=http%3A%2F%2Flocalhost%3A1%2F", "=", "not registered").await;
    check("response_type=code", "response_type=token", "response_type must be code").await;
    check("scope=openid", "scope=corpid", "scope must be").await;
    check("scope=openid", "scope=openid&corpId=x", "need the scope corpid").await;
    assert_eq!(simulator.get(&format!("/oauth2/auth?{query}")).await.status().as_u16(), 200);
}

#[tokio::test]
async fn besides_loopback_only_the_exact_url_that_is_registered_will_do() {
    let simulator = TestSimulator::start().await;
    let app = simulator.app(EXISTING_APP_CLIENT_ID).unwrap();
    simulator.put_app(App { redirect_urls: vec!["https://app.example.com/cb".to_owned()], ..app }).unwrap();
    let status = async |redirect: &str| {
        let page = format!(
            "/oauth2/auth?client_id={EXISTING_APP_CLIENT_ID}&response_type=code&scope=openid&redirect_uri={redirect}"
        );
        simulator.get(&page).await.status().as_u16()
    };

    assert_eq!(status("https%3A%2F%2Fapp.example.com%2Fcb").await, 200);
    assert_eq!(status("https%3A%2F%2Fapp.example.com%2Fcb%2F").await, 400);
    assert_eq!(status("http%3A%2F%2F127.0.0.1%3A8000%2F").await, 400);
}

#[tokio::test]
async fn consent_is_asked_for_once_unless_the_app_wants_it_every_time() {
    let simulator = TestSimulator::start().await;
    simulator.location(&authorize("scope=openid&prompt=consent"), "person=lina&decision=approve").await;

    let again = simulator.location(&authorize("scope=openid"), "person=lina").await;
    let (http, html) = submit(&simulator, "scope=openid&prompt=consent", "person=lina").await;
    let (_, of_another) = submit(&simulator, "scope=openid", "person=zhangwei").await;

    assert!(again.starts_with(CALLBACK));
    assert_eq!((http, buttons(&html)), (200, DECISIONS.to_vec()));
    assert_eq!(buttons(&of_another), DECISIONS);
}

#[tokio::test]
async fn only_a_page_for_a_frame_can_be_framed_and_no_page_stops_the_way_back() {
    let simulator = TestSimulator::start().await;
    let policy = async |path: &str| {
        let headers = simulator.get(path).await.headers().clone();
        headers[CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned()
    };

    let alone = policy(&authorize("scope=openid")).await;
    let framed = policy(&authorize("scope=openid&iframe=true")).await;
    let problem = policy("/oauth2/auth?iframe=true").await;

    assert!(alone.contains("frame-ancestors 'none'") && !alone.contains("script-src"), "{alone}");
    assert!(framed.contains("frame-ancestors *") && problem.contains("frame-ancestors *"), "{framed}");
    assert!(![alone, framed].iter().any(|policy| policy.contains("form-action")));
}

#[tokio::test]
async fn hostile_text_in_the_query_and_in_names_is_only_text() {
    let simulator = TestSimulator::start().await;
    let person = simulator.person(ZHANG_WEI).unwrap();
    simulator.put_person(dingtalk_qr_simulator::Person { name: "<b>x".to_owned(), ..person }).unwrap();
    let page = authorize("scope=openid&state=\"'%3Cscript%3E");

    let list = simulator.get(&page).await.text().await.unwrap();
    let consent = simulator.submit(&page, "person=zhangwei").await.text().await.unwrap();

    for html in [list, consent] {
        assert!(!html.contains("<b>") && !html.contains("\"'%3C"), "{html}");
    }
}

#[tokio::test]
async fn a_form_that_cannot_be_read_says_so() {
    let simulator = TestSimulator::start().await;

    let (http, html) = submit(&simulator, "scope=openid", "person=lina&decision=maybe").await;

    assert!(http == 400 && html.contains("The form is incomplete."), "{html}");
}
