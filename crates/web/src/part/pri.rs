//! The priority marker.

use kernel::Priority;
use maud::{PreEscaped, Render};

/// "P2", with its meaning as a title.
pub(crate) fn priority(priority: Priority) -> impl Render {
    let number = priority.get();
    PreEscaped(format!(
        r#"<span class="pri pri-{number}" title="Priority {number}, {}">P{number}</span>"#,
        priority.word()
    ))
}
