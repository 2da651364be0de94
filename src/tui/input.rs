//! From the terminal's events to ours: keys in one form, pastes as text, the wheel as moves.

use super::action::Move;
use super::event::Event;
use super::key::{Code, Key};
use crossterm::event::{Event as Raw, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseEventKind};

/// Pastes larger than this are cut: nobody pastes a megabyte into a sentence.
const PASTE: usize = 64 * 1024;

/// What a terminal event means to us; `None` if nothing.
#[must_use]
pub(super) fn event(raw: Raw) -> Option<Event> {
    match raw {
        Raw::Key(key) if key.kind != KeyEventKind::Release => self::key(key).map(Event::Key),
        Raw::Paste(mut text) => {
            let end = (0..=PASTE.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
            text.truncate(end);
            Some(Event::Paste(text))
        }
        Raw::Resize(_, _) => Some(Event::Resize),
        Raw::Mouse(mouse) => match mouse.kind {
            MouseEventKind::ScrollUp => Some(Event::Wheel(Move::Up)),
            MouseEventKind::ScrollDown => Some(Event::Wheel(Move::Down)),
            MouseEventKind::Down(_)
            | MouseEventKind::Up(_)
            | MouseEventKind::Drag(_)
            | MouseEventKind::Moved
            | MouseEventKind::ScrollLeft
            | MouseEventKind::ScrollRight => None,
        },
        Raw::Key(_) | Raw::FocusGained | Raw::FocusLost => None,
    }
}

fn key(event: KeyEvent) -> Option<Key> {
    let held = |modifier| event.modifiers.contains(modifier);
    let (ctrl, alt, shift) = (held(KeyModifiers::CONTROL), held(KeyModifiers::ALT), held(KeyModifiers::SHIFT));
    let code = match event.code {
        // Terminals differ in whether they tell shift beside the letter that it made.
        KeyCode::Char(c) if shift && !ctrl => Code::Char(c.to_uppercase().next().unwrap_or(c)),
        // Control characters that terminals report by another name.
        KeyCode::Char('7') if ctrl => Code::Char('_'),
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab | KeyCode::BackTab => Code::Tab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::Insert
        | KeyCode::F(_)
        | KeyCode::Null
        | KeyCode::CapsLock
        | KeyCode::ScrollLock
        | KeyCode::NumLock
        | KeyCode::PrintScreen
        | KeyCode::Pause
        | KeyCode::Menu
        | KeyCode::KeypadBegin
        | KeyCode::Media(_)
        | KeyCode::Modifier(_) => return None,
    };
    let is_char = matches!(code, Code::Char(_));
    Some(Key { code, ctrl, alt, shift: !is_char && (shift || event.code == KeyCode::BackTab) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(code: KeyCode, modifiers: KeyModifiers) -> Option<String> {
        key(KeyEvent::new(code, modifiers)).map(|key| key.to_string())
    }

    #[test]
    fn one_form_for_each_key() {
        let none = KeyModifiers::NONE;
        assert_eq!(spelled(KeyCode::Char('U'), KeyModifiers::SHIFT).as_deref(), Some("U"));
        assert_eq!(spelled(KeyCode::Char('u'), KeyModifiers::SHIFT).as_deref(), Some("U"));
        assert_eq!(spelled(KeyCode::Char('U'), none).as_deref(), Some("U"));
        assert_eq!(spelled(KeyCode::Char('e'), KeyModifiers::CONTROL).as_deref(), Some("ctrl-e"));
        assert_eq!(spelled(KeyCode::BackTab, KeyModifiers::SHIFT).as_deref(), Some("shift-tab"));
        assert_eq!(spelled(KeyCode::F(5), none), None);
    }

    #[test]
    fn a_huge_paste_is_cut_between_characters() {
        let Some(Event::Paste(text)) = event(Raw::Paste("é".repeat(PASTE))) else { panic!("no paste") };
        assert_eq!(text.len(), PASTE);
    }
}
