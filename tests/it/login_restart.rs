//! A login outlives the process: whoever is on the way to DingTalk meanwhile comes back to it.

use dingtalk_qr_simulator::people;
use dingtalk_qr_tests::{Browser, Flow, TestApp, login_options};

#[tokio::test]
async fn a_login_goes_on_after_a_restart_wherever_it_was() {
    let app = TestApp::with(login_options()).await;
    let (desktop, phone) = (Browser::new(&app), Browser::new(&app));
    let flow = desktop.begin_qr().await;
    let (desktop, phone) = (desktop.cookies(), phone.cookies());

    // While the code is shown.
    let app = app.restart().await;
    let page = Browser::again(&app, &phone);
    let confirm = page.scan(&flow, people::ZHANG_WEI).await;
    let phone = page.cookies();

    // While the phone shows the numbers.
    let app = app.restart().await;
    let number = state(&app, &flow).await["number"].as_u64().unwrap();
    let picked = Browser::again(&app, &phone).pick(&flow, &confirm, number).await;
    assert_eq!(picked.status, 303, "{picked:?}");

    // Before the page has given its ticket in.
    let app = app.restart().await;
    let ticket = state(&app, &flow).await["ticket"].as_str().unwrap().to_owned();
    let page = Browser::again(&app, &desktop);
    assert_eq!(page.open_session(&ticket).await.status, 200);
    let desktop = page.cookies();

    let app = app.restart().await;
    assert_eq!(Browser::again(&app, &desktop).session().await.json()["identity"]["name"], "张伟");
}

async fn state(app: &TestApp, flow: &Flow) -> serde_json::Value {
    app.watch(flow).await.json()
}
