use dingtalk_qr_simulator::{EXISTING_APP_CLIENT_ID as ID, EXISTING_APP_CLIENT_SECRET as SECRET};

use super::Bench;
use super::window::{DOWN, ENTER, Window};

const BEFORE: &str = "# my bot\nDINGTALK_CLIENT_ID=dingbefore\nPORT=80\nDINGTALK_CLIENT_SECRET=before\n";

#[tokio::test]
async fn credentials_entered_by_hand_take_the_same_way() {
    let bench = Bench::start().await;
    let mut window = bench.register(&[]);
    window.until("[1]").await;

    window.press(&format!("{DOWN}{ENTER}"));
    window.enter(ID, SECRET).await;
    let (code, screen) = window.ended().await;

    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("✓ The credentials are saved"), "{screen}");
    assert!(screen.contains("DingTalk accepts these credentials."), "{screen}");
    assert!(!window.everything().contains(SECRET));
    let expected =
        format!("DINGTALK_CLIENT_ID={ID}\nDINGTALK_CLIENT_SECRET={SECRET}\nDINGTALK_ALLOW_ALL_USERS=true\n");
    assert_eq!(bench.env_file(), expected);
}

#[tokio::test]
async fn the_number_of_a_method_chooses_it() {
    let bench = Bench::start().await;
    let mut window = bench.register(&[]);
    window.until("[1]").await;

    window.press(&format!("1{ENTER}"));

    window.until("Client ID:").await;
}

#[tokio::test]
async fn what_dingtalk_does_not_accept_can_be_entered_again() {
    let bench = Bench::start().await;
    let mut window = bench.register(&["--manual"]);
    window.enter(ID, "wrong-secret").await;
    window.until("Enter them again?").await;

    window.press(&format!("y{ENTER}"));
    window.until_seen("two questions", |screen| screen.matches("Client ID:").count() > 1).await;
    window.press(&format!("{ID}{ENTER}"));
    window.until_seen("two secrets", |screen| screen.matches("Client Secret:").count() > 1).await;
    window.press(&format!("{SECRET}{ENTER}"));
    let (code, screen) = window.ended().await;

    assert_eq!(code, 0, "{screen}");
    assert_eq!(bench.saved("DINGTALK_CLIENT_SECRET").as_deref(), Some(SECRET));
}

#[tokio::test]
async fn what_cannot_be_a_client_id_is_not_taken() {
    let bench = Bench::start().await;
    let mut window = bench.register(&["--manual"]);
    window.until("Client ID:").await;

    window.press(&format!("two words{ENTER}"));

    window.until("letters, digits, dots, underscores and hyphens only").await;
}

#[tokio::test]
async fn credentials_that_are_there_stay_unless_somebody_says_so() {
    let bench = Bench::start().await;
    bench.write_env_file(BEFORE);
    let mut window = bench.register(&[]);
    let screen = window.until("Reconfigure?").await;
    assert!(screen.contains("DINGTALK_CLIENT_ID is set already: dingbefore (in .env)"), "{screen}");

    window.press(ENTER);
    let (code, screen) = window.ended().await;

    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("Nothing was changed."), "{screen}");
    assert_eq!(bench.env_file(), BEFORE);
    assert!(!bench.path("data").exists(), "nothing was opened either");
}

#[tokio::test]
async fn credentials_that_are_there_are_replaced_where_somebody_says_so() {
    let bench = Bench::start().await;
    bench.write_env_file(BEFORE);
    let mut window = bench.register(&[]);
    window.until("Reconfigure?").await;

    window.press(&format!("y{ENTER}"));
    window.until("[1]").await;
    window.press(&format!("{DOWN}{ENTER}"));
    window.enter(ID, SECRET).await;
    let (code, screen) = window.ended().await;

    assert_eq!(code, 0, "{screen}");
    let expected = format!(
        "# my bot\nDINGTALK_CLIENT_ID={ID}\nPORT=80\nDINGTALK_CLIENT_SECRET={SECRET}\nDINGTALK_ALLOW_ALL_USERS=true\n"
    );
    assert_eq!(bench.env_file(), expected);
}

#[tokio::test]
async fn half_of_the_credentials_is_no_dead_end() {
    let bench = Bench::start().await;
    bench.write_env_file("DINGTALK_CLIENT_ID=dinghalf\n");
    let mut window = bench.register(&["--yes", "--manual"]);

    window.enter(ID, SECRET).await;

    assert_eq!(window.ended().await.0, 0);
    assert_eq!(bench.saved("DINGTALK_CLIENT_ID").as_deref(), Some(ID));
}

#[tokio::test]
async fn a_variable_that_wins_over_the_file_is_pointed_out() {
    let bench = Bench::start().await;
    let vars = [("DINGTALK_CLIENT_ID", "dingbefore"), ("DINGTALK_CLIENT_SECRET", "before")];
    let mut window = bench.register_with(&vars, &["--manual"]);
    let screen = window.until("Reconfigure?").await;
    assert!(screen.contains("dingbefore (in the environment)"), "{screen}");

    window.press(&format!("y{ENTER}"));
    window.enter(ID, SECRET).await;
    let (code, screen) = window.ended().await;

    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("and that wins over the file"), "{screen}");
}

impl Window {
    /// Answers the two questions for credentials.
    pub(super) async fn enter(&mut self, client_id: &str, client_secret: &str) {
        self.until("Client ID:").await;
        self.press(&format!("{client_id}{ENTER}"));
        self.until("Client Secret:").await;
        self.press(&format!("{client_secret}{ENTER}"));
    }
}
