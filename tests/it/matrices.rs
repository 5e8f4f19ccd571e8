//! `docs/acceptance.md` and `docs/security-tests.md` name a test for each row that they call proven. Here it is looked up.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_proof_of_the_acceptance_matrix_exists() {
    check("acceptance", "docs/acceptance.md", 155);
}

#[test]
fn every_proof_of_the_security_matrix_exists() {
    check("security", "docs/security-tests.md", 38);
}

#[track_caller]
fn check(name: &str, document: &str, expected: usize) {
    let text = fs::read_to_string(root().join(document)).unwrap();
    let rows: Vec<_> = text.lines().filter_map(row).collect();
    assert_eq!(rows.len(), expected, "rows of {document}");
    let mut counts = [0; 3];
    for (id, proof) in rows {
        if proof == "not yet" {
            counts[1] += 1;
        } else if let Some(reason) = proof.strip_prefix("different: ") {
            assert!(reason.len() > 20, "{id}: a reason is more than that");
            counts[2] += 1;
        } else {
            proof.split(", ").for_each(|proof| look_up(id, proof));
            counts[0] += 1;
        }
    }
    let [proven, open, different] = counts;
    println!("{name}: {proven} of {expected} proven, {open} not yet, {different} different");
}

/// Reads `| H-01 | … | proof |`.
fn row(line: &str) -> Option<(&str, &str)> {
    let cells: Vec<_> = line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect();
    let [id, _, proof] = cells[..] else { return None };
    let (group, number) = id.split_once('-')?;
    let is_id = ["H", "A", "J", "R", "M", "S"].contains(&group) && number.parse::<u32>().is_ok();
    is_id.then_some((id, proof))
}

/// Finds `` `file: test` ``: a function under a test attribute, or a title of a browser test.
#[track_caller]
fn look_up(id: &str, proof: &str) {
    let named = proof
        .strip_prefix('`')
        .and_then(|proof| proof.strip_suffix('`'))
        .and_then(|proof| proof.split_once(": "));
    let Some((file, name)) = named else { panic!("{id}: {proof} names no test") };
    let Ok(source) = fs::read_to_string(root().join(file)) else { panic!("{id}: {file} does not exist") };
    let exists = if Path::new(file).extension().is_some_and(|extension| extension == "rs") {
        has_test(&source, name)
    } else {
        // A title with a part that varies is written as it stands, `${…}` and all.
        [format!("test('{name}'"), format!("test(\"{name}\""), format!("test(`{name}`")]
            .iter()
            .any(|test| source.contains(test))
    };
    assert!(exists, "{id}: {file} has no test {name}");
}

fn has_test(text: &str, name: &str) -> bool {
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let is_declared = |line: &str| {
        line.strip_prefix("async ")
            .unwrap_or(line)
            .strip_prefix("fn ")
            .is_some_and(|rest| rest.starts_with(&format!("{name}(")))
    };
    let Some(at) = lines.iter().position(|line| is_declared(line)) else { return false };
    let attributes = lines[..at].iter().rev().take_while(|line| line.starts_with("#["));
    let attributes: Vec<_> = attributes.copied().collect();
    attributes.iter().any(|line| line.contains("test"))
        && !attributes.iter().any(|line| line.contains("ignore"))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
