//! The engines of a run, one a model, each made when it is first asked for and made anew when it has died.

use super::cancel::Cancel;
use super::engine::{Engine, EngineError};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Makes the engine of a model by its name, or of the default model; called on the thread that will own it.
pub type MakeEngine = Arc<dyn Fn(Option<&str>, &Cancel) -> Result<Box<dyn Engine>, EngineError> + Send + Sync>;

/// Engines at work, owned by one thread.
pub struct Engines {
    make: MakeEngine,
    /// Writes in place of the default model, where generation goes elsewhere.
    writer: Option<MakeEngine>,
    open: BTreeMap<Seat, Box<dyn Engine>>,
}

/// Which engine is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Seat {
    /// The default model, which also judges: scores compare only if one model gave them.
    Default,
    Named(String),
    /// What writes in place of the default model.
    Writer,
}

impl Engines {
    #[must_use]
    pub fn new(make: MakeEngine) -> Self {
        Self { make, writer: None, open: BTreeMap::new() }
    }

    /// Lets another engine write what the default model would.
    #[must_use]
    pub fn with_writer(self, writer: Option<MakeEngine>) -> Self {
        Self { writer, ..self }
    }

    /// What judges sentences: the default model.
    ///
    /// # Errors
    /// Those of loading.
    pub fn judge(&mut self, cancel: &Cancel) -> Result<&mut dyn Engine, EngineError> {
        self.at(&Seat::Default, cancel)
    }

    /// A model that judges beside the default one, by its name; the same engine writes for it.
    ///
    /// # Errors
    /// Those of loading.
    pub fn second_judge(&mut self, model: &str, cancel: &Cancel) -> Result<&mut dyn Engine, EngineError> {
        self.at(&Seat::Named(model.to_owned()), cancel)
    }

    /// What writes for a model: loaded now, if it is not yet.
    ///
    /// # Errors
    /// Those of loading.
    pub fn writer(&mut self, model: Option<&str>, cancel: &Cancel) -> Result<&mut dyn Engine, EngineError> {
        self.at(&self.seat(model), cancel)
    }

    fn seat(&self, model: Option<&str>) -> Seat {
        match model {
            Some(name) => Seat::Named(name.to_owned()),
            None if self.writer.is_some() => Seat::Writer,
            None => Seat::Default,
        }
    }

    fn at(&mut self, seat: &Seat, cancel: &Cancel) -> Result<&mut dyn Engine, EngineError> {
        if !self.open.contains_key(seat) {
            let engine = match (seat, &self.writer) {
                (Seat::Writer, Some(make)) => make(None, cancel)?,
                (Seat::Named(name), _) => (self.make)(Some(name), cancel)?,
                (Seat::Default | Seat::Writer, _) => (self.make)(None, cancel)?,
            };
            self.open.insert(seat.clone(), engine);
        }
        match self.open.get_mut(seat) {
            Some(engine) => Ok(engine.as_mut()),
            None => Err(EngineError::Load("the engine is gone".into())),
        }
    }

    /// Lets go of an engine, a dead one above all: the next call for its model makes another.
    pub fn drop_writer(&mut self, model: Option<&str>) {
        self.open.remove(&self.seat(model));
    }

    /// The same for what judges: the default model, and those beside it.
    pub fn drop_judges(&mut self, beside: &[&str]) {
        self.open.remove(&Seat::Default);
        for &model in beside {
            self.open.remove(&Seat::Named(model.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::scripted::{Script, Scripted};
    use std::sync::Mutex;

    #[test]
    fn each_model_is_loaded_once_and_again_after_its_death() {
        let made = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&made);
        let mut engines = Engines::new(Arc::new(move |model, _| {
            log.lock().unwrap().push(model.map(str::to_owned));
            Ok(Box::new(Scripted::new(Script::default())))
        }));
        let cancel = Cancel::never();
        for model in [None, Some("t5"), None, Some("t5")] {
            engines.writer(model, &cancel).unwrap();
        }
        engines.drop_writer(Some("t5"));
        engines.writer(Some("t5"), &cancel).unwrap();
        assert_eq!(*made.lock().unwrap(), [None, Some("t5".to_owned()), Some("t5".to_owned())]);
    }

    #[test]
    fn a_writer_elsewhere_leaves_judging_to_the_default_model() {
        let engine = |answer: fn(&crate::jobs::Generation) -> String| -> MakeEngine {
            Arc::new(move |_, _| Ok(Box::new(Scripted::new(Script { answer, ..Script::default() }))))
        };
        let mut engines = Engines::new(engine(|_| "here".into())).with_writer(Some(engine(|_| "there".into())));
        let cancel = Cancel::never();
        let request = crate::jobs::Generation {
            prompt: crate::jobs::engine::Prompt::Raw("x".into()),
            grammar: None,
            stop: Vec::new(),
            sampling: crate::jobs::Sampling::default(),
            seed: 0,
        };
        let mut written = Vec::new();
        let mut keep = |_, answer: Result<crate::jobs::Generated, EngineError>| written.push(answer.unwrap().text);
        let requests = [request];
        engines.writer(None, &cancel).unwrap().generate(&requests, &cancel, &mut keep).unwrap();
        engines.judge(&cancel).unwrap().generate(&requests, &cancel, &mut keep).unwrap();
        assert_eq!(written, ["there", "here"]);
    }
}
