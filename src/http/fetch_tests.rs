//! Tests of fetching, against a server on loopback that breaks off where it is told to.

use super::*;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// What the server does with one connection.
#[derive(Clone, Copy)]
enum Serve {
    /// Answers ranges, and closes after so many bytes of body.
    Until(usize),
    /// Sends everything, whatever was asked.
    All,
    Status(&'static str),
}

/// A server of `content`, one connection at a time, and the `Range` headers that it was sent.
fn server(content: &'static [u8], plan: Vec<Serve>) -> (String, Arc<Mutex<Vec<Option<String>>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/model.bin", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    thread::spawn(move || {
        for serve in plan {
            let (mut stream, _) = listener.accept().unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let range = head.iter().find_map(|line| Some(line.to_lowercase().strip_prefix("range: ")?.to_owned()));
            log.lock().unwrap().push(range.clone());
            let start: usize = match (serve, &range) {
                (Serve::Until(_), Some(r)) => r.trim_start_matches("bytes=").trim_end_matches('-').parse().unwrap(),
                _ => 0,
            };
            let n = content.len();
            let head = match serve {
                Serve::Status(line) => format!("HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n"),
                Serve::Until(_) if range.is_some() => format!(
                    "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {start}-{}/{n}\r\nContent-Length: {}\r\n\r\n",
                    n - 1,
                    n - start
                ),
                Serve::Until(_) | Serve::All => format!("HTTP/1.1 200 OK\r\nContent-Length: {n}\r\n\r\n"),
            };
            stream.write_all(head.as_bytes()).unwrap();
            let end = match serve {
                Serve::Until(bytes) => n.min(start + bytes),
                Serve::All => n,
                Serve::Status(_) => start,
            };
            stream.write_all(&content[start..end]).unwrap();
        }
    });
    (url, asked)
}

const CONTENT: &[u8] = b"the whole of the model, every byte of it";

/// What came, the ranges that were asked for, and the part that is left.
type Fetched = (Result<Vec<u8>, FetchError>, Vec<Option<String>>, Option<Vec<u8>>);

fn fetched(plan: Vec<Serve>, kept: &[u8]) -> Fetched {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("model.bin");
    if !kept.is_empty() {
        fs::write(part(&to), kept).unwrap();
    }
    let (url, asked) = server(CONTENT, plan);
    let result = fetch(&url, &to, &Cancel::never(), &mut |_, _| {}).map(|()| fs::read(&to).unwrap());
    let asked = asked.lock().unwrap().clone();
    (result, asked, fs::read(part(&to)).ok())
}

#[test]
fn a_broken_connection_is_gone_on_with_from_the_last_byte() {
    let (result, asked, part) = fetched(vec![Serve::Until(10), Serve::Until(7), Serve::Until(1000)], b"");
    assert_eq!(result.unwrap(), CONTENT);
    assert_eq!(asked, [None, Some("bytes=10-".into()), Some("bytes=17-".into())]);
    assert_eq!(part, None);
}

#[test]
fn what_an_earlier_run_kept_is_not_asked_for_again() {
    let (result, asked, _) = fetched(vec![Serve::Until(1000)], &CONTENT[..25]);
    assert_eq!(result.unwrap(), CONTENT);
    assert_eq!(asked, [Some("bytes=25-".into())]);
}

#[test]
fn a_server_without_ranges_begins_anew_and_nothing_is_doubled() {
    let (result, _, _) = fetched(vec![Serve::All], &CONTENT[..25]);
    assert_eq!(result.unwrap(), CONTENT);
}

#[test]
fn a_part_longer_than_the_file_is_dropped() {
    let (result, asked, _) = fetched(vec![Serve::Status("416 Range Not Satisfiable"), Serve::Until(1000)], &[b'x'; 99]);
    assert_eq!(result.unwrap(), CONTENT);
    assert_eq!(asked[1], None);
}

#[test]
fn a_refusal_is_said_at_once_and_a_busy_server_asked_again() {
    let (result, asked, _) = fetched(vec![Serve::Status("404 Not Found")], b"");
    assert!(matches!(result, Err(FetchError::Network(reason)) if reason.contains("404")));
    assert_eq!(asked.len(), 1);
    let (result, _, _) = fetched(vec![Serve::Status("503 Busy"), Serve::Until(1000)], b"");
    assert_eq!(result.unwrap(), CONTENT);
}

#[test]
fn connections_that_bring_nothing_end_the_try_and_keep_what_came() {
    let mut plan = vec![Serve::Until(10)];
    plan.extend([Serve::Until(0); BARREN as usize]);
    let (result, _, part) = fetched(plan, b"");
    assert!(matches!(result, Err(FetchError::Network(reason)) if reason.contains("10 bytes are kept")));
    assert_eq!(part.as_deref(), Some(&CONTENT[..10]));
}

#[test]
fn cancelling_keeps_the_part() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("model.bin");
    fs::write(part(&to), &CONTENT[..5]).unwrap();
    let (url, _) = server(CONTENT, vec![Serve::Until(1000)]);
    let canceller = crate::jobs::cancel::Canceller::default();
    let cancel = canceller.start();
    canceller.cancel();
    assert!(matches!(fetch(&url, &to, &cancel, &mut |_, _| {}), Err(FetchError::Cancelled)));
    assert!(fs::read(part(&to)).unwrap().starts_with(&CONTENT[..5]));
}
