//! What the status page says besides what incidents say: how it presents itself, components and
//! their groups, how somebody says that one is, and what the outside calls an incident.

pub mod components;
pub mod conditions;
pub mod groups;
pub mod incidents;
pub mod page;
pub mod works;

use crate::{Failure, Sql};

/// Where one stands among others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Nearer to the beginning.
    Up,
    /// Nearer to the end.
    Down,
}

/// Moves one of these past its neighbour and numbers all anew; `false` when there is none to
/// move past. `table` is one of this room's.
fn shift<Id: Copy + PartialEq + Into<crate::Value>>(
    sql: &mut dyn Sql,
    table: &'static str,
    mut ids: Vec<Id>,
    id: Id,
    way: Way,
) -> Result<bool, Failure> {
    let Some(at) = ids.iter().position(|one| *one == id) else { return Ok(false) };
    let other = match way {
        Way::Up => at.checked_sub(1),
        Way::Down => Some(at + 1).filter(|next| *next < ids.len()),
    };
    let Some(other) = other else { return Ok(false) };
    ids.swap(at, other);
    let statement = format!("update {table} set position = $2 where id = $1");
    for (position, id) in (1_i64..).zip(ids) {
        sql.execute(&statement, &[id.into(), position.into()])?;
    }
    Ok(true)
}
