//! Reads Fluent files, as much of Fluent as we use: texts with arguments, choices by an
//! argument, and marks around a few words (`<b>`, `<a>`, `<time>`) for whoever draws them.

use fluent_syntax::ast;
use std::path::Path;

/// The languages, by code: as in `kernel::Language`. The first one is what the others follow.
pub const LANGUAGES: [&str; 6] = ["en", "de", "fr", "es", "pt", "pl"];
/// What words can be marked as.
pub const MARKS: [&str; 3] = ["b", "a", "time"];

/// A message: what is said at one place.
#[derive(Debug)]
pub struct Message {
    pub key: String,
    pub parts: Vec<Part>,
}

/// A part of what is said.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    Text(String),
    Arg(String),
    Choice {
        arg: String,
        variants: Vec<(String, Vec<Part>)>,
        default: usize,
    },
    /// A mark begins, or ends.
    Mark {
        mark: &'static str,
        begins: bool,
    },
}

/// The messages of every file in a folder.
pub fn folder(
    folder: &Path,
    language: &str,
    faults: &mut Vec<String>,
) -> Vec<(String, Vec<Message>)> {
    let mut found = Vec::new();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            faults.push(format!("{}: {error}", folder.display()));
            return found;
        }
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    for path in paths.filter(|path| path.extension().is_some_and(|ext| ext == "ftl")) {
        println!("cargo::rerun-if-changed={}", path.display());
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let shown = format!("locales/{language}/{name}.ftl");
        match std::fs::read_to_string(&path) {
            Ok(text) => found.push((name, messages(&text, &shown, faults))),
            Err(error) => faults.push(format!("{shown}: {error}")),
        }
    }
    found
}

fn messages(text: &str, shown: &str, faults: &mut Vec<String>) -> Vec<Message> {
    let resource = match fluent_syntax::parser::parse(text) {
        Ok(resource) => resource,
        Err((resource, errors)) => {
            faults.extend(errors.iter().map(|error| {
                let line = text[..error.pos.start.min(text.len())].matches('\n').count() + 1;
                format!("{shown}, line {line}: {}", error.kind)
            }));
            resource
        }
    };
    let mut found: Vec<Message> = Vec::new();
    for entry in &resource.body {
        let message = match entry {
            ast::Entry::Message(message) => message,
            ast::Entry::Term(term) => {
                faults.push(format!("{shown}: -{} is a term, which we do not use", term.id.name));
                continue;
            }
            _ => continue,
        };
        let key = message.id.name.to_owned();
        let at = format!("{shown}: {key}");
        let Some(pattern) = message.value.as_ref().filter(|_| message.attributes.is_empty()) else {
            faults.push(format!("{at} has attributes or no text"));
            continue;
        };
        if found.iter().any(|other| other.key == key) {
            faults.push(format!("{at} stands twice"));
        }
        match parts(pattern, true) {
            Ok(parts) => found.push(Message { key, parts }),
            Err(wrong) => faults.push(format!("{at}: {wrong}")),
        }
    }
    found
}

fn parts(pattern: &ast::Pattern<&str>, may_mark: bool) -> Result<Vec<Part>, String> {
    let mut found = Vec::new();
    for element in &pattern.elements {
        match element {
            ast::PatternElement::TextElement { value } => marked(value, may_mark, &mut found)?,
            ast::PatternElement::Placeable { expression } => found.push(placed(expression)?),
        }
    }
    Ok(found)
}

fn placed(expression: &ast::Expression<&str>) -> Result<Part, String> {
    match expression {
        ast::Expression::Inline(ast::InlineExpression::VariableReference { id }) => {
            Ok(Part::Arg(id.name.to_owned()))
        }
        ast::Expression::Inline(ast::InlineExpression::StringLiteral { value }) => {
            Ok(Part::Text((*value).to_owned()))
        }
        ast::Expression::Select { selector, variants } => {
            let ast::InlineExpression::VariableReference { id } = selector else {
                return Err("chooses by something else than an argument".to_owned());
            };
            let default = variants.iter().position(|variant| variant.default).unwrap_or_default();
            let read = |variant: &ast::Variant<&str>| {
                let key = match variant.key {
                    ast::VariantKey::Identifier { name } => name,
                    ast::VariantKey::NumberLiteral { value } => value,
                };
                Ok((key.to_owned(), parts(&variant.value, false)?))
            };
            let variants = variants.iter().map(read).collect::<Result<_, String>>()?;
            Ok(Part::Choice { arg: id.name.to_owned(), variants, default })
        }
        _ => Err("uses something of Fluent that we do not".to_owned()),
    }
}

/// Splits a text at the marks in it.
fn marked(text: &str, may_mark: bool, found: &mut Vec<Part>) -> Result<(), String> {
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        let end = tag.find('>').ok_or("a mark does not end")?;
        let name = &tag[1..end];
        let (name, begins) = name.strip_prefix('/').map_or((name, true), |name| (name, false));
        let mark = MARKS.into_iter().find(|mark| *mark == name);
        let mark = mark.filter(|_| may_mark).ok_or_else(|| format!("<{name}> is no mark here"))?;
        push_text(before, found);
        found.push(Part::Mark { mark, begins });
        rest = &tag[end + 1..];
    }
    push_text(rest, found);
    Ok(())
}

fn push_text(text: &str, found: &mut Vec<Part>) {
    match found.last_mut() {
        _ if text.is_empty() => {}
        Some(Part::Text(before)) => before.push_str(text),
        _ => found.push(Part::Text(text.to_owned())),
    }
}
