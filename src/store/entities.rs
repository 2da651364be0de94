//! What is known of entities beyond their tuples.

use super::Db;
use super::error::StoreError;
use rusqlite::OptionalExtension as _;

impl Db {
    /// Keeps texts about entities, the newest of each; returns how many are new or other than before.
    pub fn put_entity_texts<'t>(
        &mut self,
        texts: impl IntoIterator<Item = (&'t str, &'t str)>,
    ) -> Result<u64, StoreError> {
        let transaction = self.conn.transaction()?;
        let mut changed = 0;
        {
            let mut put = transaction.prepare_cached(
                "INSERT INTO entity_text (entity, text) VALUES (?1, ?2)
                 ON CONFLICT (entity) DO UPDATE SET text = excluded.text WHERE text <> excluded.text",
            )?;
            for text in texts {
                changed += put.execute(text)? as u64;
            }
        }
        transaction.commit()?;
        Ok(changed)
    }

    /// What is known of an entity, by its name in normal form.
    pub fn entity_text(&self, entity: &str) -> Result<Option<String>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT text FROM entity_text WHERE entity = ?1")?;
        Ok(query.query_row([entity], |row| row.get(0)).optional()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_text_of_an_entity_stands() {
        let folder = tempfile::tempdir().unwrap();
        let mut db = Db::create(&folder.path().join("p.db")).unwrap();
        assert_eq!(db.put_entity_texts([("Lima", "A city."), ("Peru", "A country.")]).unwrap(), 2);
        assert_eq!(db.put_entity_texts([("Lima", "A city."), ("Peru", "A state.")]).unwrap(), 1);
        assert_eq!(db.entity_text("Peru").unwrap().as_deref(), Some("A state."));
        assert_eq!(db.entity_text("Quito").unwrap(), None);
    }
}
