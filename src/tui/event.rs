//! Everything that can happen to the interface: a closed list, so that one log line an event tells the story.

use super::action::Move;
use super::key::Key;
use crate::app::{
    Errand, Exported, Home, Made, ModelRow, Output, Page, Progress, Recorded, ReviewItem, Section, SettleItem,
    SweepPreview, Touched, VerifyItem,
};
use crate::domain::DecisionId;

/// Something happened.
#[derive(Debug, Clone)]
pub enum Event {
    Key(Key),
    Paste(String),
    /// The wheel, when the mouse is on.
    Wheel(Move),
    Resize,
    Progress(Progress),
    /// How far the work beside the run is.
    Errand(Errand),
    /// What a command says.
    Command(Output),
    /// An answer to the request of this number.
    Reply(u64, Reply),
    /// The external editor gave this text back, or failed.
    Edited(Result<String, String>),
    /// A deadline of `schedule::next` has come.
    Wake,
    /// The process was told to end.
    Terminate,
}

/// What the use cases answer.
#[derive(Debug, Clone)]
pub enum Reply {
    Home(Result<Home, String>),
    Page(Result<Page, String>),
    Count(Result<u64, String>),
    Tally(Result<Vec<(String, u64)>, String>),
    Preview(Result<SweepPreview, String>),
    Swept(Result<u64, String>),
    /// The next item to review; none if all is done.
    Next(Result<Option<Box<ReviewItem>>, String>),
    /// The item that was asked for by its tuple.
    Opened(Result<Box<ReviewItem>, String>),
    Answered(Result<Recorded, String>),
    ToSettle(Result<Option<Box<SettleItem>>, String>),
    ToVerify(Result<Option<Box<VerifyItem>>, String>),
    Verified(Result<DecisionId, String>),
    Undone(Result<Option<Back>, String>),
    Redone(Result<Option<Back>, String>),
    Started(Result<(), String>),
    /// A command was started.
    Commanded(Result<(), String>),
    Reports(Result<Vec<Section>, String>),
    Made(Result<Made, String>),
    Models(Vec<ModelRow>),
    Exported(Result<Box<Exported>, String>),
    /// A model was brought or checked.
    Shelved(Result<(), String>),
}

/// A decision that was undone or redone, with its item as it is now.
#[derive(Debug, Clone)]
pub struct Back {
    pub touched: Touched,
    pub item: BackItem,
}

/// The screen that shows it follows from the kind of decision.
#[derive(Debug, Clone)]
pub enum BackItem {
    Review(Box<ReviewItem>),
    Verify(Box<VerifyItem>),
    Settle(Box<SettleItem>),
    /// The decisions of a stroke.
    Many(u64),
    /// The sentence that was judged no longer stands.
    Gone,
}
