//! Icons of the sprite.

use crate::assets;
use maud::{Markup, PreEscaped, Render};

/// An icon; words beside it say what it means.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Icon(&'static str, &'static str);

/// The icon `i-…` of the sprite.
pub(crate) const fn icon(name: &'static str) -> Icon {
    Icon(name, "i")
}

/// The same, small.
pub(crate) const fn small_icon(name: &'static str) -> Icon {
    Icon(name, "i i-s")
}

impl Render for Icon {
    fn render_to(&self, into: &mut String) {
        for part in [
            r#"<svg class=""#,
            self.1,
            r##"" aria-hidden="true"><use href=""##,
            assets::icons(),
            "#i-",
            self.0,
            r#""/></svg>"#,
        ] {
            into.push_str(part);
        }
    }
}

/// The mark.
pub(crate) fn mark() -> Markup {
    PreEscaped(format!(
        r##"<svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><use href="{}#mark"/></svg>"##,
        assets::icons()
    ))
}

/// The word mark, which reads "Evenkeel".
pub(crate) fn wordmark() -> Markup {
    PreEscaped(format!(
        r##"<svg class="wordmark" viewBox="0 0 112 26" role="img" aria-label="Evenkeel"><use href="{}#wordmark"/></svg>"##,
        assets::icons()
    ))
}
