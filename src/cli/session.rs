//! One command's surroundings: settings resolved from files, environment and flags; the project; the model.

use super::args::Global;
use super::failure::Failure;
use super::output::Output;
use crate::app::{Desk, Workshop};
use crate::config::{Assets, Settings, method, paths, relations, rubric};
use crate::domain::digest::Digest;
use crate::domain::filter::Filter;
use crate::domain::method::Method;
use crate::domain::quality::Dimension;
use crate::domain::quality::rubric::Rubric;
use crate::domain::relation::Catalogue;
use crate::jobs::cancel::Canceller;
use crate::jobs::{EngineError, MakeEngine};
use crate::models::{self, DEFAULT_MODEL, Folders, Located, Manifest, ModelError};
use crate::sei::SeiPolicy;
use crate::store::Db;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// A method's name, and what it lacks with what brings it.
pub(super) type Lack = (String, String);

/// Everything that is the same for every command.
pub(super) struct Session {
    pub global: Global,
    pub output: Output,
    pub assets: Assets,
    pub settings: Settings,
    pub project: PathBuf,
}

impl Session {
    pub(super) fn new(global: Global, output: Output) -> Result<Self, Failure> {
        let assets = Assets::new(global.config.clone().or_else(paths::config));
        let (settings, warnings) = Settings::load(&assets)?;
        for warning in warnings {
            output.warning(&warning);
        }
        let project = global.project.clone().unwrap_or_else(paths::default_project);
        Ok(Self { global, output, assets, settings, project })
    }

    /// The project, which must exist.
    pub(super) fn open(&self) -> Result<Db, Failure> {
        Ok(Db::open(&self.project)?)
    }

    /// The project, made if it does not exist.
    pub(super) fn open_or_create(&self) -> Result<Db, Failure> {
        let mut db = Db::open_or_create(&self.project)?;
        self.seed(&mut db)?;
        Ok(db)
    }

    /// Gives a project its seed, which decides arms and orders: drawn once, from what no other project shares.
    pub(super) fn seed(&self, db: &mut Db) -> Result<(), Failure> {
        if db.meta("seed")?.is_none() {
            let now = crate::app::review::now().to_string();
            let parts = [&now, &*self.project.to_string_lossy(), &std::process::id().to_string()];
            db.set_meta("seed", &(Digest::of(&parts).as_u64() >> 1).to_string())?;
        }
        Ok(())
    }

    /// Who decides: the flag, else the settings, else the login name.
    pub(super) fn annotator(&self) -> String {
        let login = || ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
        let name = self.global.annotator.clone().or_else(|| self.settings.annotator.clone()).or_else(login);
        let name = crate::domain::clean::sentence(&name.unwrap_or_default());
        if name.is_empty() { "anonymous".to_owned() } else { name }
    }

    pub(super) fn catalogue(&self) -> Result<Arc<Catalogue>, Failure> {
        Ok(Arc::new(relations::catalogue(&self.assets)?))
    }

    pub(super) fn rubric(&self) -> Result<Vec<Rubric>, Failure> {
        let asset = self.assets.get("rubric.toml")?.ok_or_else(|| Failure::usage("rubric.toml is missing"))?;
        Ok(rubric::rubric(&asset)?)
    }

    pub(super) fn policy(&self) -> Result<SeiPolicy, Failure> {
        let asset = self.assets.get("sei.toml")?.ok_or_else(|| Failure::usage("sei.toml is missing"))?;
        SeiPolicy::parse(&asset.text).map_err(|reason| Failure::usage(format!("{}: {reason}", asset.file)))
    }

    /// The policy in force in a project: weights learned there, as long as `sei.toml` is of the version they rest on.
    pub(super) fn policy_of(&self, db: &Db) -> Result<SeiPolicy, Failure> {
        let policy = self.policy()?;
        let Some(learned) = db.policy()? else { return Ok(policy) };
        if learned.base != policy.index.version {
            self.output.warning(&format!(
                "SEI version {} of this project rests on version {}; sei.toml is of version {}, which holds",
                learned.version, learned.base, policy.index.version
            ));
            return Ok(policy);
        }
        let broken = |why: &dyn std::fmt::Display| {
            Failure::work(format!("SEI version {} of this project cannot be read: {why}", learned.version))
        };
        let named: BTreeMap<String, f64> = serde_json::from_str(&learned.weights).map_err(|error| broken(&error))?;
        let mut weights = [0.0; 5];
        for dimension in Dimension::ALL {
            let weight = named.get(dimension.name()).ok_or_else(|| broken(&format!("{dimension} has no weight")))?;
            weights[dimension as usize] = *weight;
        }
        Ok(policy.with_weights(&learned.version, weights))
    }

    /// All methods that can be read, or those named; a broken file is a warning unless it was named.
    pub(super) fn methods(&self, named: &[String]) -> Result<Vec<Method>, Failure> {
        let (methods, problems) = method::all(&self.assets)?;
        for problem in &problems {
            self.output.warning(&problem.to_string());
        }
        if named.is_empty() {
            return Ok(methods);
        }
        for name in named {
            if !methods.iter().any(|m| m.name == *name) {
                let known: Vec<&str> = methods.iter().map(|m| m.name.as_str()).collect();
                return Err(Failure::usage(format!(
                    "there is no method '{name}'; the methods are {}",
                    known.join(", ")
                )));
            }
        }
        // What a named method is made from has to run too.
        let mut wanted: Vec<String> = named.to_vec();
        let mut at = 0;
        while at < wanted.len() {
            let inputs = methods.iter().find(|m| m.name == wanted[at]).map(|m| m.inputs.clone()).unwrap_or_default();
            for input in inputs {
                if !wanted.contains(&input) {
                    wanted.push(input);
                }
            }
            at += 1;
        }
        Ok(methods.into_iter().filter(|m| wanted.contains(&m.name)).collect())
    }

    /// How this annotator sees this project.
    pub(super) fn desk(&self, db: &Db) -> Result<Desk, Failure> {
        Desk::read(db, self.annotator(), self.catalogue()?).map_err(Failure::work)
    }

    /// The shipped models and the user's own.
    pub(super) fn manifest(&self) -> Result<Manifest, Failure> {
        let users = self.assets.users("models.toml")?;
        Manifest::load(users.as_ref().map(|a| (a.file.as_str(), a.text.as_ref()))).map_err(Failure::usage)
    }

    /// The model that was asked for, by flag or settings, else the default one.
    pub(super) fn model_name(&self) -> &str {
        self.global.model.as_deref().or(self.settings.model.as_deref()).unwrap_or(DEFAULT_MODEL)
    }

    /// The model's file, or the sentence that says how to get it.
    pub(super) fn model(&self) -> Result<Located, Failure> {
        if cfg!(not(feature = "llama")) {
            let reason = "this build has no llama.cpp in it; build with the default features to use a model";
            return Err(Failure::work(reason));
        }
        self.finder()?.locate(None).map_err(Failure::work)
    }

    /// What finds the models of methods.
    pub(super) fn finder(&self) -> Result<Finder, Failure> {
        let default = self.model_name().to_owned();
        Ok(Finder { manifest: self.manifest()?, folders: Folders::of_user(), default })
    }

    /// Methods that can run here, and why the others cannot. With an engine `elsewhere`, the default model need not
    /// be here for those that ask it.
    pub(super) fn able(&self, methods: Vec<Method>, elsewhere: bool) -> Result<(Vec<Method>, Vec<Lack>), Failure> {
        let finder = self.finder()?;
        let mut known: BTreeMap<Option<String>, Option<String>> = BTreeMap::new();
        let mut lacking: Vec<Lack> = Vec::new();
        for method in methods.iter().filter(|m| m.asks_model() && !(elsewhere && m.model().is_none())) {
            let lack = known
                .entry(method.model().map(str::to_owned))
                .or_insert_with_key(|model| finder.locate(model.as_deref()).err().map(|error| error.to_string()));
            lacking.extend(lack.clone().map(|lack| (method.name.clone(), lack)));
        }
        // What is made of a method's output lacks what that method lacks.
        loop {
            let has = |name: &str| lacking.iter().find(|(lacking, _)| lacking == name);
            let next = methods.iter().filter(|m| has(&m.name).is_none()).find_map(|m| {
                m.inputs
                    .iter()
                    .find_map(|i| has(i))
                    .map(|(input, lack)| (m.name.clone(), format!("its input `{input}`: {lack}")))
            });
            let Some(next) = next else { break };
            lacking.push(next);
        }
        let able = methods.into_iter().filter(|m| lacking.iter().all(|(name, _)| *name != m.name)).collect();
        Ok((able, lacking))
    }

    pub(super) fn threads(&self) -> Option<u32> {
        self.global.threads.or(self.settings.threads)
    }

    pub(super) fn filter(text: Option<&str>, relation: Option<&str>) -> Result<Filter, Failure> {
        let mut query = text.unwrap_or_default().to_owned();
        if let Some(relation) = relation {
            query.extend([" relation:\"", &relation.replace('"', ""), "\""]);
        }
        query.parse().map_err(|e: crate::domain::filter::FilterError| Failure::usage(format!("filter: {e}")))
    }

    /// The tools of a run; `engine` is made by the caller, in this process or in a child.
    pub(super) fn workshop(&self, methods: Vec<Method>, engine: Option<MakeEngine>) -> Result<Workshop, Failure> {
        Ok(Workshop {
            project: self.project.clone(),
            methods,
            catalogue: self.catalogue()?,
            policy: Arc::new(self.policy_of(&self.open()?)?),
            engine,
            writer: None,
            lack: String::new(),
        })
    }
}

/// Finds models by the names that methods give, or the default one.
#[derive(Debug, Clone)]
pub(super) struct Finder {
    manifest: Manifest,
    folders: Folders,
    default: String,
}

impl Finder {
    pub(super) fn locate(&self, model: Option<&str>) -> Result<Located, ModelError> {
        models::locate(&self.manifest, &self.folders, model.unwrap_or(&self.default))
    }

    /// The same, for those who make engines.
    pub(super) fn find(&self, model: Option<&str>) -> Result<Located, EngineError> {
        self.locate(model).map_err(|error| EngineError::Load(error.to_string()))
    }
}

/// Waits for ctrl-c or SIGTERM; false if neither can be waited for.
async fn asked_to_stop() -> bool {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut term) = signal(SignalKind::terminate()) else { return false };
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted.is_ok(),
            _ = term.recv() => true,
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.is_ok()
}

/// Cancels on the first ctrl-c or SIGTERM; the second ends the program at once.
pub(super) fn cancel_on_interrupt() -> Canceller {
    let canceller = Canceller::default();
    let held = canceller.clone();
    let spawned = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            let mut told = false;
            while asked_to_stop().await {
                held.cancel();
                if told {
                    std::process::exit(130);
                }
                told = true;
            }
        });
    });
    drop(spawned);
    canceller
}
