//! People as decisions and screens need them, kept at hand.

use crate::{Desk, Newcomer, Trouble, fresh};
use incident::policy::PersonFacts;
use kernel::{Actor, PersonId};
use std::collections::HashMap;
use store::directory::{Entry, Person, audit, organisations, people};
use store::{Failure, Sql};

/// People named in a command.
pub(crate) type Named = HashMap<PersonId, PersonFacts>;

/// Remembers people until any of them, or the configuration, changes.
pub(crate) type Cache = crate::cache::Cache<PersonId, PersonFacts>;

/// People kept at most: about 10 MB.
pub(crate) const KEPT_MAX: usize = 50_000;

impl Desk {
    /// Makes somebody known without a login, in the company of their address.
    /// Whoever has the address already is that person, whatever the name.
    pub(crate) async fn make_known(
        &self,
        actor: Actor,
        name: String,
        email: Option<&str>,
    ) -> Result<Person, Trouble> {
        let (now, age) = (self.now(), self.0.people.age());
        let person = Person::new(PersonId(fresh()), name, email, now);
        let make = move |sql: &mut dyn Sql| -> Result<_, Failure> {
            // Of several nodes that hear of the same address at once, one makes them known.
            store::incidents::lock_head(sql)?;
            let mut person = person.clone();
            if let Some(email) = &person.email {
                if let Some(known) = people::by_email(sql, email)? {
                    return Ok(known);
                }
                person.organisation = organisations::of_email(sql, email)?.map(|found| found.id);
            }
            people::insert(sql, &person, None)?;
            let entry = Entry::new(now, &actor, "created", "person", person.id).after(&person);
            audit::record(sql, &entry)?;
            Ok(person)
        };
        let person = self.write_together(make).await?;
        // Whatever they are made known for names them next.
        self.0.people.keep(age, person.id, facts_of(&person));
        Ok(person)
    }

    /// Whoever has this address, made known without a login if nobody has it.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when there is neither name nor address, or the database does not answer.
    pub async fn somebody(&self, newcomer: Newcomer) -> Result<Person, Trouble> {
        let name = newcomer.known_as()?;
        self.make_known(Actor::system(), name, newcomer.email.as_deref()).await
    }

    /// What is known of these people; unknown ids are left out.
    pub(crate) async fn people_named(&self, ids: &[PersonId]) -> Result<Named, Trouble> {
        let mut found = Named::new();
        let mut missing = Vec::new();
        for id in ids {
            match self.0.people.get(id) {
                Some(facts) => {
                    found.insert(*id, facts);
                }
                None => missing.push(*id),
            }
        }
        if !missing.is_empty() {
            let age = self.0.people.age();
            let people =
                self.read(move |sql| store::directory::people::get_many(sql, &missing)).await?;
            for person in people {
                let facts = facts_of(&person);
                self.0.people.keep(age, person.id, facts.clone());
                found.insert(person.id, facts);
            }
        }
        Ok(found)
    }
}

fn facts_of(person: &Person) -> PersonFacts {
    PersonFacts { name: person.name.clone(), organisation: person.organisation }
}
