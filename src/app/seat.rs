//! What a project says of how one annotator works in it: read anew for each item, since a command, or another program,
//! may have changed it meanwhile.

use super::review::{Desk, ReviewError};
use crate::domain::relation::Catalogue;
use crate::domain::review::Sharing;
use crate::store::Db;
use std::sync::Arc;

impl Desk {
    /// The desk of an annotator.
    ///
    /// # Errors
    /// The store's, and an arm that the project names and nobody knows.
    pub fn read(db: &Db, annotator: String, catalogue: Arc<Catalogue>) -> Result<Self, ReviewError> {
        let seed = db.meta("seed")?.and_then(|seed| seed.parse().ok()).unwrap_or_default();
        let arm = db.meta("arm")?.map(|name| name.parse().map_err(|e: String| ReviewError::Arm(e)));
        let people = db.meta("annotators")?.unwrap_or_default().lines().map(str::to_owned).collect();
        let overlap = db.meta("overlap")?.and_then(|share| share.parse().ok()).unwrap_or_default();
        let sharing = Sharing { seed, people, overlap };
        Ok(Self { annotator, seed, fixed_arm: arm.transpose()?, own_arm: None, catalogue, sharing })
    }

    /// The same desk as the project has it now.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn as_of_now(&self, db: &Db) -> Result<Self, ReviewError> {
        let now = Self::read(db, self.annotator.clone(), Arc::clone(&self.catalogue))?;
        Ok(Self { own_arm: self.own_arm, fixed_arm: self.own_arm.or(now.fixed_arm), ..now })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::review::Arm;

    #[test]
    fn what_changes_in_the_project_changes_at_the_desk() {
        let home = tempfile::tempdir().unwrap();
        let mut db = Db::create(&home.path().join("p.db")).unwrap();
        let desk = Desk::read(&db, "ann".into(), Arc::default()).unwrap();
        assert_eq!((desk.fixed_arm, desk.sharing.people.len()), (None, 0));
        for (key, value) in [("arm", "ranked+scores"), ("annotators", "ann\nben"), ("overlap", "0.25")] {
            db.set_meta(key, value).unwrap();
        }
        let now = desk.as_of_now(&db).unwrap();
        assert_eq!((now.fixed_arm, now.sharing.people.len()), (Some(Arm::RankedScores), 2));
        assert_eq!((now.annotator.as_str(), now.sharing.overlap), ("ann", 0.25));
        // For a picture.
        let own = Desk { own_arm: Some(Arm::Blind), ..desk };
        assert_eq!(own.as_of_now(&db).unwrap().fixed_arm, Some(Arm::Blind));
        db.set_meta("arm", "sideways").unwrap();
        assert!(own.as_of_now(&db).unwrap_err().to_string().contains("sideways"));
    }
}
