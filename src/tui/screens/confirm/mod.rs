//! A question before something that cannot be taken back.

use crate::tui::model::Model;
use crate::tui::theme::Token;
use crate::tui::widgets::popup;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// What yes does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    Quit,
}

/// A question and what yes does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    pub question: String,
    pub then: Then,
}

/// Draws the question over the screen.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, confirm: &Confirm) {
    let theme = &model.theme;
    let key = |text: &'static str| Span::styled(text, theme.of(Token::Key));
    let lines = vec![
        Line::from(confirm.question.clone()),
        Line::default(),
        Line::from(vec![key("y"), Span::raw(" yes; what is done is kept    "), key("n"), Span::raw(" no")]),
    ];
    popup::message(frame, area, theme, "quit", lines);
}
