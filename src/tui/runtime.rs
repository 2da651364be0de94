//! Performs effects: asks the use cases, and brings their answers back as events. The order of requests is the
//! order in which the store sees them.

use super::effect::Effect;
use super::event::{Back, BackItem, Event, Reply};
use crate::app::{App, Touched};
use futures::future::LocalBoxFuture;
use futures::stream::FuturesUnordered;

/// Requests under way.
pub(super) type Requests<'a> = FuturesUnordered<LocalBoxFuture<'a, Event>>;

/// What only the loop can do, since it owns the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Own {
    ExternalEditor(String),
    Copy(String),
    Mouse(bool),
    Redraw,
    Suspend,
    Quit,
}

/// Starts what an effect asks for; gives back what is the loop's own.
pub(super) fn perform<'a>(app: &'a App, effect: Effect, requests: &Requests<'a>) -> Option<Own> {
    let request: LocalBoxFuture<'a, Event> = match effect {
        Effect::LoadHome { run } => Box::pin(async move { Event::Reply(run, Reply::Home(said(app.home().await))) }),
        Effect::LoadPage { run, filter, sort, after, limit } => {
            Box::pin(async move { Event::Reply(run, Reply::Page(said(app.page(filter, sort, after, limit).await))) })
        }
        Effect::Count { run, filter } => {
            Box::pin(async move { Event::Reply(run, Reply::Count(said(app.count(filter).await))) })
        }
        Effect::Tally { run, filter, column, limit } => {
            Box::pin(async move { Event::Reply(run, Reply::Tally(said(app.tally(filter, column, limit).await))) })
        }
        Effect::Preview { run, filter, sweep, rows } => {
            Box::pin(async move { Event::Reply(run, Reply::Preview(said(app.preview(filter, sweep, rows).await))) })
        }
        Effect::Sweep { run, filter, sweep } => {
            Box::pin(async move { Event::Reply(run, Reply::Swept(said(app.sweep(filter, sweep).await))) })
        }
        Effect::NextToSettle { run, passed } => Box::pin(async move {
            let item = said(app.next_to_settle(passed).await);
            Event::Reply(run, Reply::ToSettle(item.map(|item| item.map(Box::new))))
        }),
        Effect::LoadReports { run } => {
            Box::pin(async move { Event::Reply(run, Reply::Reports(said(app.sections().await))) })
        }
        Effect::LoadMade { run } => Box::pin(async move { Event::Reply(run, Reply::Made(said(app.made().await))) }),
        Effect::LoadModels { run } => Box::pin(async move { Event::Reply(run, Reply::Models(app.models())) }),
        Effect::Export { run, wish, rehearse } => {
            Box::pin(async move { Event::Reply(run, Reply::Exported(app.export(wish, rehearse).await.map(Box::new))) })
        }
        Effect::Pull { run, name } => Box::pin(async move { Event::Reply(run, Reply::Shelved(app.pull(name).await)) }),
        Effect::Check { run, name } => {
            Box::pin(async move { Event::Reply(run, Reply::Shelved(app.check(name).await)) })
        }
        Effect::StopErrand => {
            app.stop_errand();
            return None;
        }
        Effect::Command { run, line } => {
            let begun = app.commands.begin(&line);
            Box::pin(async move { Event::Reply(run, Reply::Commanded(begun)) })
        }
        Effect::StopCommand => {
            app.commands.stop();
            return None;
        }
        Effect::NextItem { run, passed } => Box::pin(async move {
            let item = said(app.next_item(passed).await);
            Event::Reply(run, Reply::Next(item.map(|item| item.map(Box::new))))
        }),
        Effect::OpenItem { run, tuple } => {
            Box::pin(async move { Event::Reply(run, Reply::Opened(said(app.open_item(tuple).await).map(Box::new))) })
        }
        Effect::Answer { run, tuple, answer, how } => {
            Box::pin(async move { Event::Reply(run, Reply::Answered(said(app.answer(tuple, answer, how).await))) })
        }
        Effect::NextToVerify { run, passed } => Box::pin(async move {
            let item = said(app.next_to_verify(passed).await);
            Event::Reply(run, Reply::ToVerify(item.map(|item| item.map(Box::new))))
        }),
        Effect::Verify { run, tuple, of, verdict, how } => {
            Box::pin(async move { Event::Reply(run, Reply::Verified(said(app.verify(tuple, of, verdict, how).await))) })
        }
        Effect::Undo { run } => Box::pin(async move {
            let back = match app.undo().await {
                Ok(Some(touched)) => item_of(app, touched).await.map(Some),
                Ok(None) => Ok(None),
                Err(cause) => Err(cause.to_string()),
            };
            Event::Reply(run, Reply::Undone(back))
        }),
        Effect::Redo { run } => Box::pin(async move {
            let back = match app.redo().await {
                Ok(Some(touched)) => item_of(app, touched).await.map(Some),
                Ok(None) => Ok(None),
                Err(cause) => Err(cause.to_string()),
            };
            Event::Reply(run, Reply::Redone(back))
        }),
        Effect::Start { run, scope } => {
            let started = app.start(scope);
            Box::pin(async move { Event::Reply(run, Reply::Started(started)) })
        }
        Effect::Stop => {
            app.stop();
            return None;
        }
        Effect::Copy(text) => return Some(Own::Copy(text)),
        Effect::ExternalEditor { text } => return Some(Own::ExternalEditor(text)),
        Effect::Mouse(on) => return Some(Own::Mouse(on)),
        Effect::Redraw => return Some(Own::Redraw),
        Effect::Suspend => return Some(Own::Suspend),
        Effect::Quit => return Some(Own::Quit),
    };
    requests.push(request);
    None
}

fn said<T, E: std::fmt::Display>(result: Result<T, E>) -> Result<T, String> {
    result.map_err(|cause| cause.to_string())
}

/// The item whose decision was undone or redone, as it is now.
async fn item_of(app: &App, touched: Touched) -> Result<Back, String> {
    let item = if touched.count > 1 {
        BackItem::Many(touched.count)
    } else if touched.adjudicates {
        said(app.open_to_settle(touched.tuple).await)?.map_or(BackItem::Gone, |item| BackItem::Settle(Box::new(item)))
    } else if touched.kind == "verify" {
        match said(app.open_to_verify(touched.tuple).await)? {
            Some(item) => BackItem::Verify(Box::new(item)),
            None => BackItem::Gone,
        }
    } else {
        BackItem::Review(Box::new(said(app.open_item(touched.tuple).await)?))
    };
    Ok(Back { touched, item })
}
