//! Fields with label, hint and error, and the summary of all errors.

use crate::part::icon::icon;
use kernel::Language;
use maud::{Markup, html};

/// What is wrong with a form: the field's id and words for a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Errors(Vec<(String, String)>);

impl Errors {
    /// One more error; `field` is the id of the field, empty for the form as a whole.
    pub(crate) fn add(&mut self, field: impl Into<String>, words: impl AsRef<str>) {
        self.0.push((
            field.into(),
            crate::error::sentence(words.as_ref()).trim_end_matches('.').to_owned(),
        ));
    }

    /// What is wrong with a field.
    pub(crate) fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == field).map(|(_, words)| words.as_str())
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many things are wrong.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The summary before a form: what to fix, with links to the fields.
    pub(crate) fn summary(&self) -> Markup {
        self.summary_in(Language::En)
    }

    /// The same in a language.
    pub(crate) fn summary_in(&self, language: Language) -> Markup {
        let say = locale::entry(language);
        let title = say.things_to_fix(i64::try_from(self.0.len()).unwrap_or(i64::MAX));
        html! {
            @if !self.is_empty() {
                div class="banner banner-crit" role="group" aria-label=(say.errors()) tabindex="-1" autofocus {
                    (icon("alert"))
                    div {
                        b { (title) }
                        @for (field, words) in &self.0 {
                            br;
                            @if field.is_empty() { (words) } @else { a.link href={ "#" (field) } { (words) } }
                        }
                    }
                }
            }
        }
    }
}

/// A field: label above, then the control, a hint and the error.
pub(crate) struct Field<'a> {
    /// Id and name of the control.
    pub(crate) id: &'a str,
    /// What it asks for.
    pub(crate) label: &'a str,
    /// What helps to answer.
    pub(crate) hint: Option<&'a str>,
    /// What is wrong.
    pub(crate) error: Option<&'a str>,
}

impl<'a> Field<'a> {
    /// A field without hint and error.
    pub(crate) const fn new(id: &'a str, label: &'a str) -> Self {
        Field { id, label, hint: None, error: None }
    }

    /// With a hint.
    #[must_use]
    pub(crate) const fn hint(self, hint: &'a str) -> Self {
        Field { hint: Some(hint), ..self }
    }

    /// With what is wrong with it, if something is.
    #[must_use]
    pub(crate) fn errors(self, errors: &'a Errors) -> Self {
        Field { error: errors.of(self.id), ..self }
    }

    /// The ids of hint and error, for `aria-describedby`.
    pub(crate) fn described_by(&self) -> Option<String> {
        let hint = self.hint.map(|_| format!("{}-h", self.id));
        let error = self.error.map(|_| format!("{}-e", self.id));
        let ids: Vec<String> = hint.into_iter().chain(error).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// "true" when it is wrong, for `aria-invalid`.
    pub(crate) fn invalid(&self) -> Option<&'static str> {
        self.error.map(|_| "true")
    }

    /// Label, a control of the caller's, hint and error.
    pub(crate) fn around(&self, control: Markup) -> Markup {
        html! {
            div.field {
                label for=(self.id) { (self.label) }
                (control)
                @if let Some(hint) = self.hint { p.hint id={ (self.id) "-h" } { (hint) } }
                @if let Some(error) = self.error { p.err id={ (self.id) "-e" } { (icon("alert")) (error) } }
            }
        }
    }

    /// A line of text; `kind` is the type of the input.
    pub(crate) fn input(&self, kind: &str, value: &str) -> Markup {
        self.around(html! {
            input.inp type=(kind) id=(self.id) name=(self.id) value=(value)
                aria-invalid=[self.invalid()] aria-describedby=[self.described_by()];
        })
    }

    /// Several lines of text.
    pub(crate) fn textarea(&self, rows: u8, value: &str) -> Markup {
        self.around(html! {
            textarea.inp id=(self.id) name=(self.id) rows=(rows)
                aria-invalid=[self.invalid()] aria-describedby=[self.described_by()] { "\n" (value) }
        })
    }

    /// A choice; options are value and label.
    pub(crate) fn select<V: AsRef<str>, L: AsRef<str>>(
        &self,
        options: &[(V, L)],
        value: &str,
    ) -> Markup {
        self.around(html! {
            select.inp id=(self.id) name=(self.id)
                aria-invalid=[self.invalid()] aria-describedby=[self.described_by()] {
                @for (key, label) in options {
                    option value=(key.as_ref()) selected[key.as_ref() == value] { (label.as_ref()) }
                }
                (kept(value, options.iter().any(|(key, _)| key.as_ref() == value)))
            }
        })
    }
}

/// The option of a chosen value that is not offered any more; without it a browser would choose
/// another, and saving would store that.
pub(crate) fn kept(value: &str, offered: bool) -> Markup {
    html! { @if !offered && !value.is_empty() { option value=(value) selected { "out of use" } } }
}

/// A checkbox with its label.
pub(crate) fn checkbox(name: &str, label: &str, ticked: bool) -> Markup {
    html! { label.ck { input type="checkbox" name=(name) value="1" checked[ticked]; (label) } }
}
