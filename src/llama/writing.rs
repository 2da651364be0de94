//! A text as it is written: bytes of tokens gathered, stop strings looked for, characters made whole at the end.

use std::ops::ControlFlow;

/// The text of one request while tokens arrive.
#[derive(Debug)]
pub(super) struct Writing {
    bytes: Vec<u8>,
    stops: Vec<Vec<u8>>,
    longest_stop: usize,
}

impl Writing {
    pub(super) fn new(stops: &[String]) -> Self {
        let stops: Vec<Vec<u8>> =
            stops.iter().filter(|stop| !stop.is_empty()).map(|stop| stop.as_bytes().to_vec()).collect();
        let longest_stop = stops.iter().map(Vec::len).max().unwrap_or(0);
        Self { bytes: Vec::new(), stops, longest_stop }
    }

    /// Adds a token's bytes, which may be part of a character, and breaks where a stop string ends the text.
    ///
    /// Bytes are enough to search by: UTF-8 never has one character's bytes inside another's.
    pub(super) fn push(&mut self, piece: &[u8]) -> ControlFlow<()> {
        let from = (self.bytes.len() + 1).saturating_sub(self.longest_stop);
        self.bytes.extend_from_slice(piece);
        let tail = self.bytes.get(from..).unwrap_or_default();
        let cut = self.stops.iter().filter_map(|stop| tail.windows(stop.len()).position(|w| w == &stop[..])).min();
        match cut {
            Some(at) => {
                self.bytes.truncate(from + at);
                ControlFlow::Break(())
            }
            None => ControlFlow::Continue(()),
        }
    }

    /// The text, without the beginning of a character that was never finished.
    pub(super) fn finish(mut self) -> String {
        if let Err(error) = std::str::from_utf8(&self.bytes)
            && error.error_len().is_none()
        {
            self.bytes.truncate(error.valid_up_to());
        }
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(stops: &[&str], pieces: &[&[u8]]) -> (String, bool) {
        let stops: Vec<String> = stops.iter().map(|&stop| stop.to_owned()).collect();
        let mut writing = Writing::new(&stops);
        let stopped = pieces.iter().any(|piece| writing.push(piece).is_break());
        (writing.finish(), stopped)
    }

    #[test]
    fn characters_split_between_tokens_are_joined() {
        assert_eq!(write(&[], &[b"caf\xc3", b"\xa9"]), ("café".into(), false));
    }

    #[test]
    fn a_character_begun_and_not_finished_is_dropped() {
        assert_eq!(write(&[], &[b"ok ", b"\xf0\x9f\x98"]).0, "ok ");
        assert_eq!(write(&[], &[b"a\xffb"]).0, "a\u{fffd}b");
    }

    #[test]
    fn a_stop_string_across_tokens_cuts_before_itself() {
        assert_eq!(write(&["END"], &[b"one E", b"N", b"D two"]), ("one ".into(), true));
        assert_eq!(write(&["\n", "."], &[b"A b. C\n"]), ("A b".into(), true));
        assert_eq!(write(&[""], &[b"free"]), ("free".into(), false));
    }

    #[test]
    fn the_earliest_of_several_stops_wins_even_at_the_very_start() {
        assert_eq!(write(&["bc", "a"], &[b"abc"]), (String::new(), true));
    }
}
