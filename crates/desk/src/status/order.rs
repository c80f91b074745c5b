//! In which order components and their headings stand, changed with its audit.

use crate::{Audit, Trouble};
use incident::Refusal;
use kernel::{ComponentGroupId, ComponentId};
use store::Sql;
use store::status::{Way, components, groups};

/// Moves a component past its neighbour, if it has one there. Inside [`crate::Desk::change`].
///
/// # Errors
/// There is no such component, or the database fails.
pub fn move_component(
    sql: &mut dyn Sql,
    audit: &Audit,
    id: ComponentId,
    way: Way,
) -> Result<(), Trouble> {
    let missing = || Refusal::not_found("there is no such component any more");
    let before = components::get(sql, id)?.ok_or_else(missing)?;
    if components::shift(sql, id, way)? {
        let after = components::get(sql, id)?.ok_or_else(missing)?;
        audit.changed(sql, "component", id, &before, &after)?;
    }
    Ok(())
}

/// Moves a heading past its neighbour, if it has one there. Inside [`crate::Desk::change`].
///
/// # Errors
/// There is no such heading, or the database fails.
pub fn move_group(
    sql: &mut dyn Sql,
    audit: &Audit,
    id: ComponentGroupId,
    way: Way,
) -> Result<(), Trouble> {
    let missing = || Refusal::not_found("there is no such group any more");
    let before = groups::get(sql, id)?.ok_or_else(missing)?;
    if groups::shift(sql, id, way)? {
        let after = groups::get(sql, id)?.ok_or_else(missing)?;
        audit.changed(sql, "component group", id, &before, &after)?;
    }
    Ok(())
}
