//! The transcript that the documents show is what the program prints.

use std::fs;
use std::path::Path;

use dingtalk_qr_simulator::Options;

use super::window::{ENTER, Setup, Window};
use super::{Bench, settings};

#[tokio::test]
async fn the_documents_show_what_the_program_prints() {
    // DingTalk's own host and always the same codes, so that the screen is the same in every run.
    let public_url = Some("https://open-dev.dingtalk.com".to_owned());
    let bench =
        Bench::with(Options { settings: settings(), public_url, seed: Some(7), ..Options::default() }).await;
    let url = bench.dingtalk.url();
    let vars = [("DINGTALK_REGISTRATION_BASE_URL", url), ("DINGTALK_API_BASE_URL", url)];
    let setup =
        Setup { folder: bench.folder.path(), vars: &vars, args: &["register"], rows: 70, columns: 110 };
    let mut window = Window::with("dingtalk-qr", &setup);
    let menu = window.until("[1] Manual input").await;
    window.press(ENTER);
    let waiting = window.until("Waiting for your scan").await;
    bench.approve().await;
    let (_, done) = window.ended().await;
    println!("{menu}\n=====\n{waiting}\n=====\n{done}");

    for (document, least) in [("docs/terminal.md", 3), ("README.md", 2)] {
        let blocks = transcript(document);
        assert!(blocks.len() >= least, "{document}");
        for block in blocks {
            let block = unpainted(&block);
            let is_shown = [&menu, &waiting, &done].iter().any(|screen| unpainted(screen).contains(&block));
            assert!(is_shown, "{document} shows what is not printed:\n{block}");
        }
    }
}

/// The blocks of a document that are marked as what the wizard prints.
fn transcript(document: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = fs::read_to_string(root.join(document)).unwrap();
    let blocks = text.split("```console\n").skip(1);
    blocks.map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// Without the space at the ends of lines, which documents do not have, and with the time and the spinner of one moment.
fn unpainted(screen: &str) -> String {
    let lines = screen.lines().map(|line| {
        let line = line.trim_end();
        match line.split_once(" Waiting for your scan · ") {
            Some((_, rest)) => format!("⠋ Waiting for your scan · 9:58{}", &rest[rest.find(' ').unwrap()..]),
            None => line.to_owned(),
        }
    });
    let lines: Vec<_> = lines.collect();
    lines.join("\n").trim_matches('\n').to_owned()
}
