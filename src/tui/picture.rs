//! A picture of a screen: the same model, update and view as in a terminal, drawn into a buffer and written as SVG.

use super::event::Event;
use super::runtime::{self, Requests};
use super::{Options, key, model, update, view};
use crate::app::App;
use futures::StreamExt as _;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use ratatui::{Terminal, TerminalOptions, Viewport};
use std::fmt::Write as _;
use std::time::Duration;
use unicode_width::UnicodeWidthStr as _;

/// Pixels of a cell.
const CELL: (f64, f64) = (8.4, 18.0);
/// Pixels around the screen.
const MARGIN: f64 = 12.0;
/// What a terminal with a dark background makes of the sixteen colours, of text and of its background.
const PALETTE: [&str; 16] = [
    "#45475a", "#f38ba8", "#a6e3a1", "#f9e2af", "#89b4fa", "#cba6f7", "#94e2d5", "#bac2de", "#585b70", "#f38ba8",
    "#a6e3a1", "#f9e2af", "#89b4fa", "#cba6f7", "#94e2d5", "#f5f5f5",
];
const TEXT: &str = "#cdd6f4";
const BACKGROUND: &str = "#1e1e2e";

/// Opens the interface without a terminal, presses keys (as `keymap` files write them) and gives the screen as SVG.
/// Every request is answered before the next key; time stands still.
///
/// # Errors
/// A key that cannot be read, or no loop to run on.
pub fn picture(app: &App, options: &Options, keys: &str, (width, height): (u16, u16)) -> anyhow::Result<String> {
    let keys = key::chord(keys).map_err(anyhow::Error::msg)?;
    let loop_ = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let now = Duration::ZERO;
    let mut model = model(app, options);
    let viewport = TerminalOptions { viewport: Viewport::Fullscreen };
    let mut terminal = Terminal::with_options(TestBackend::new(width, height), viewport)?;
    let mut effects = update::start(&mut model, options.place, now);
    let mut keys = keys.into_iter();
    loop {
        loop_.block_on(async {
            let mut requests = Requests::new();
            loop {
                for effect in effects.drain(..) {
                    drop(runtime::perform(app, effect, &requests));
                }
                let Some(reply) = requests.next().await else { break };
                effects = update::update(&mut model, reply, now);
            }
        });
        let mut facts = model.facts;
        terminal.draw(|frame| facts = view::draw(frame, &model, now))?;
        model.absorb(facts, now);
        let Some(key) = keys.next() else { break };
        effects = update::update(&mut model, Event::Key(key), now);
    }
    Ok(svg(terminal.backend().buffer()))
}

fn svg(buffer: &Buffer) -> String {
    let area = buffer.area;
    let (wide, tall) = (f64::from(area.width) * CELL.0 + 2.0 * MARGIN, f64::from(area.height) * CELL.1 + 2.0 * MARGIN);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide:.0} {tall:.0}\" font-size=\"14\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n"
    );
    for y in 0..area.height {
        let mut x = 0;
        while x < area.width {
            let first = &buffer[(x, y)];
            let mut text = String::new();
            let begun = x;
            while x < area.width && style(&buffer[(x, y)]) == style(first) {
                let symbol = buffer[(x, y)].symbol();
                text.push_str(symbol);
                x += u16::try_from(symbol.width().max(1)).unwrap_or(1);
            }
            run(&mut out, (begun, y), x - begun, &text, first);
        }
    }
    out.push_str("</svg>\n");
    out
}

fn style(cell: &Cell) -> (Color, Color, Modifier) {
    (cell.fg, cell.bg, cell.modifier)
}

/// Cells of one style: their background where they have one, and their text where there is any.
fn run(out: &mut String, (x, y): (u16, u16), cells: u16, text: &str, cell: &Cell) {
    let reversed = cell.modifier.contains(Modifier::REVERSED);
    let (fore, back) = (colour(cell.fg, TEXT), colour(cell.bg, BACKGROUND));
    let (fore, back) = if reversed { (back, fore) } else { (fore, back) };
    let (left, top) = (f64::from(x) * CELL.0 + MARGIN, f64::from(y) * CELL.1 + MARGIN);
    let wide = f64::from(cells) * CELL.0;
    // Writing to a string cannot fail.
    if back != BACKGROUND {
        let _ = writeln!(
            out,
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{wide:.1}\" height=\"{}\" fill=\"{back}\"/>",
            CELL.1
        );
    }
    if text.trim().is_empty() {
        return;
    }
    let mut attributes = format!("fill=\"{fore}\"");
    for (modifier, attribute) in [
        (Modifier::BOLD, " font-weight=\"bold\""),
        (Modifier::DIM, " opacity=\"0.6\""),
        (Modifier::ITALIC, " font-style=\"italic\""),
        (Modifier::UNDERLINED, " text-decoration=\"underline\""),
        (Modifier::CROSSED_OUT, " text-decoration=\"line-through\""),
    ] {
        if cell.modifier.contains(modifier) {
            attributes.push_str(attribute);
        }
    }
    let base = top + CELL.1 * 0.75;
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    // The length keeps columns in line whatever font shows it.
    let _ = writeln!(
        out,
        "<text x=\"{left:.1}\" y=\"{base:.1}\" textLength=\"{wide:.1}\" lengthAdjust=\"spacingAndGlyphs\" \
         xml:space=\"preserve\" {attributes}>{text}</text>"
    );
}

fn colour(colour: Color, unset: &str) -> String {
    let named = match colour {
        Color::Reset => return unset.to_owned(),
        Color::Rgb(r, g, b) => return format!("#{r:02x}{g:02x}{b:02x}"),
        Color::Indexed(index) => usize::from(index).min(15),
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    PALETTE[named].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::Style;

    #[test]
    fn a_run_of_one_style_is_one_text() {
        let mut buffer = Buffer::with_lines(["a<b 日本 ", "       "]);
        buffer.set_style(ratatui::layout::Rect::new(4, 0, 4, 1), Style::new().red().underlined());
        let svg = svg(&buffer);
        assert_eq!(svg.matches("<text").count(), 2, "{svg}");
        assert!(svg.contains(">a&lt;b </text>") && svg.contains(">日本</text>"), "{svg}");
        assert!(svg.contains("textLength=\"33.6\"") && svg.contains("fill=\"#f38ba8\" text-decoration=\"underline\""));
    }
}
