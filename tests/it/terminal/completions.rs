//! What a shell and `man` are told of the command line.

use dingtalk_qr_tests::run;

#[test]
fn every_shell_learns_the_options_of_the_wizard() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let said = said(&["completions", shell]);

        assert!(said.contains("env-file") && said.contains("register"), "{shell}");
    }
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    assert!(said(&["man"]).contains("dingtalk\\-qr"));
    let page = said(&["man", "register"]);
    assert!(page.contains(".TH dingtalk-qr-register") && page.contains("nobody approved in time"), "{page}");
    assert!(said(&["man", "key", "rotate"]).contains(".TH dingtalk-qr-key-rotate"));
}

#[test]
fn a_command_that_there_is_not_has_no_page() {
    let folder = tempfile::tempdir().unwrap();

    let output = run(folder.path(), &[], &["man", "nothing"]);

    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("there is no command nothing"));
}

fn said(args: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &[], args);
    assert!(output.status.success(), "{args:?}");
    String::from_utf8(output.stdout).unwrap()
}
