//! Pieces that several screens draw.

pub mod gauge;
pub mod hints;
pub mod line;
pub mod list;
pub mod popup;
pub mod score_bar;
pub mod sentence;
pub mod tuple_box;
