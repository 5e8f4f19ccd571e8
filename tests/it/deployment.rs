//! What the files for a deployment name: settings and commands that there are.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use dingtalk_qr_tests::run;

/// Settings of the database's image, not of ours.
const OF_POSTGRES: [&str; 4] = ["POSTGRES_DB", "POSTGRES_INITDB_ARGS", "POSTGRES_PASSWORD", "POSTGRES_USER"];

/// Settings of the tools that build the image.
const OF_CARGO: [&str; 2] = ["CARGO_HOME", "CARGO_NET_RETRY"];

#[test]
fn every_setting_of_a_deployment_is_described() {
    let document = read("docs/configuration.md");
    let mut set = BTreeSet::new();
    for file in files() {
        let text = fs::read_to_string(&file).unwrap();
        for name in text.lines().filter_map(assigned) {
            let others = OF_POSTGRES.contains(&name) || OF_CARGO.contains(&name);
            assert!(others || document.contains(&format!("| `{name}` |")), "{}: {name}", file.display());
            set.insert(name.to_owned());
        }
    }
    for needed in
        ["DATABASE_URL", "DATA_DIR", "DINGTALK_QR_KEY", "ENV_FILE", "LISTEN_ADDR", "TRUSTED_PROXIES"]
    {
        assert!(set.contains(needed), "{needed} is not set anywhere");
    }
}

#[test]
fn every_setting_that_compose_takes_over_is_in_its_example() {
    let compose = read("compose.yaml");
    let taken = compose.split("${").skip(1).map(|rest| rest.split([':', '}']).next().unwrap());
    let taken: BTreeSet<_> = taken.collect();
    let example = read("deploy/compose.env.example");
    let listed = example.lines().filter_map(|line| line.trim_start_matches("# ").split_once('='));
    let listed: BTreeSet<_> = listed.map(|(name, _)| name).filter(|word| is_setting(word)).collect();

    assert_eq!(listed, taken);
}

#[test]
fn no_secret_of_compose_has_a_default() {
    let compose = read("compose.yaml");

    for secret in ["DINGTALK_QR_KEY", "POSTGRES_PASSWORD"] {
        let uses: Vec<_> = compose.match_indices(&format!("${{{secret}")).collect();
        let required = compose.matches(&format!("${{{secret}:?")).count();
        assert!(!uses.is_empty() && uses.len() == required, "{secret}");
    }
    let example = read("deploy/compose.env.example");
    assert!(example.contains("\nDINGTALK_QR_KEY=\n") && example.contains("\nPOSTGRES_PASSWORD=\n"));
}

#[test]
fn every_command_of_the_guide_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut texts: Vec<_> = files().iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    texts.push(read("docs/deployment.md"));
    let commands: BTreeSet<_> = texts.iter().flat_map(|text| commands(text)).collect();

    for command in &commands {
        let mut words: Vec<_> = command.split(' ').collect();
        words.push("--help");
        let output = run(folder.path(), &[], &words);
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    }
    for used in ["api-key create", "key generate", "key rotate", "serve", "sessions end-all"] {
        assert!(commands.contains(used), "{used} is not found in {commands:?}");
    }
}

/// Returns the names that a line gives values to, in the ways of a unit, an image, a compose file and a file of settings.
fn assigned(line: &str) -> Option<&str> {
    let line = line.trim().trim_start_matches("# ");
    let line = line.strip_prefix("ENV ").or_else(|| line.strip_prefix("Environment=")).unwrap_or(line);
    let (name, _) = line.split_once(['=', ':'])?;
    is_setting(name).then_some(name)
}

fn is_setting(word: &str) -> bool {
    word.contains('_') && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// Returns what a text has behind the name of the program: one command, or two where the first is of several.
fn commands(text: &str) -> Vec<String> {
    let behind = text.split("dingtalk-qr ").skip(1).filter_map(|rest| {
        let mut words = rest.split([' ', '`', '\n', '"', ',', '.', ';']);
        let first = words.next().filter(|word| is_command(word))?;
        let second = words.next().filter(|word| is_command(word));
        Some(match (first, second) {
            ("api-key" | "deliveries" | "key" | "sessions", Some(second)) => format!("{first} {second}"),
            _ => first.to_owned(),
        })
    });
    behind.collect()
}

fn is_command(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_lowercase())
        && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

/// Returns the files that make a deployment.
fn files() -> Vec<PathBuf> {
    let mut files: Vec<_> = ["Dockerfile", "compose.yaml"].map(|name| root().join(name)).into();
    files.extend(fs::read_dir(root().join("deploy")).unwrap().map(|entry| entry.unwrap().path()));
    files
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
