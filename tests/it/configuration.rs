//! The settings: where they come from, and that the documents list them all.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use dingtalk_qr_tests::run;
use tempfile::TempDir;

#[test]
fn settings_are_taken_from_the_env_file_of_the_working_folder() {
    let folder = with_env_file("# of the bot\nexport DATA_DIR='kept here'\n");

    start(folder.path(), &[]);

    assert!(folder.path().join("kept here/key").exists());
}

#[test]
fn lines_that_only_a_bot_understands_are_passed_over() {
    let folder = with_env_file("not a setting\n= nothing\nGREETING=two words\nDATA_DIR=kept\nTAIL=$(date)\n");

    start(folder.path(), &[]);

    assert!(folder.path().join("kept/key").exists());
}

#[test]
fn the_environment_wins_over_the_env_file() {
    let folder = with_env_file("DATA_DIR=of-the-file\n");

    start(folder.path(), &[("DATA_DIR", "of-the-environment")]);

    assert!(folder.path().join("of-the-environment/key").exists());
    assert!(!folder.path().join("of-the-file").exists());
}

#[test]
fn the_env_file_of_a_parent_folder_is_not_read() {
    let parent = with_env_file("DATA_DIR=of-the-parent\nLISTEN_ADDR=wrong\n");
    let folder = parent.path().join("child");
    fs::create_dir(&folder).unwrap();

    start(&folder, &[]);

    assert!(folder.join("data/key").exists());
    assert!(!folder.join("of-the-parent").exists());
}

#[test]
fn the_example_lists_every_variable_and_no_other() {
    let example = read(".env.example");

    let listed = example.lines().filter_map(|line| line.strip_prefix("# ")?.split_once('='));

    let listed: BTreeSet<_> =
        listed.map(|(name, _)| name.to_owned()).filter(|word| is_variable(word)).collect();
    assert_eq!(listed, variables());
}

#[test]
fn the_document_describes_every_variable_and_no_other() {
    let document = read("docs/configuration.md");

    let cells = document.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());

    let names = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    let described: BTreeSet<_> = names.map(str::to_owned).filter(|word| is_variable(word)).collect();
    assert_eq!(described, variables());
}

/// The variables that the configuration asks for, and those of the HTTP client that the documents name.
fn variables() -> BTreeSet<String> {
    let parts = [
        "bot",
        "delivery",
        "login",
        "message",
        "organisation",
        "relay",
        "server",
        "suite",
        "telemetry",
        "terminal",
    ];
    let parts = parts.map(|name| read(&format!("backend/src/config/{name}.rs")));
    let sources = [&[read("backend/src/config.rs")][..], &parts].concat();
    let code: String = sources.iter().map(|source| source.split("#[cfg(test)]").next().unwrap()).collect();
    let quoted = code.split('"').skip(1).step_by(2).map(str::to_owned).filter(|word| is_variable(word));
    let variables: BTreeSet<_> = quoted.chain(["HTTPS_PROXY", "NO_PROXY"].map(str::to_owned)).collect();
    assert!(variables.contains("LISTEN_ADDR") && variables.len() > 15, "{variables:?}");
    variables
}

fn is_variable(word: &str) -> bool {
    word.contains('_') && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

fn with_env_file(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env"), text).unwrap();
    folder
}

/// Lets the program read its settings and make its data folder.
#[track_caller]
fn start(folder: &Path, vars: &[(&str, &str)]) {
    let output = run(folder, vars, &["api-key", "list"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(name)).unwrap()
}
