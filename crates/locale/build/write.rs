//! Writes the functions.

use crate::Texts;
use crate::check::{self, Kind, is_number};
use crate::read::{Message, Part};
use std::collections::BTreeMap;
use std::fmt::Write;

/// One message in every language.
type Said<'a> = Vec<(&'static str, &'a Message)>;

/// The whole module.
pub fn module(texts: &Texts) -> String {
    let mut code = String::new();
    for (file, languages) in texts {
        let name = camel(file);
        let english = &languages["en"];
        let _ = write!(
            code,
            "/// Texts of `{file}.ftl`.\n#[derive(Debug, Clone, Copy)]\npub struct {name}(Language);\n\n\
             /// Texts of `{file}.ftl` in this language.\npub const fn {file}(language: Language) -> {name} {{ {name}(language) }}\n\n\
             impl {name} {{\n\
             /// The language.\npub const fn language(self) -> Language {{ self.0 }}\n"
        );
        for message in english {
            let said: Said = languages
                .iter()
                .filter_map(|(language, messages)| {
                    let found = messages.iter().find(|found| found.key == message.key)?;
                    Some((*language, found))
                })
                .collect();
            function(&mut code, message, &said);
        }
        entries(&mut code, english, languages);
        code.push_str("}\n");
    }
    code
}

/// The arguments in every language together: where one language needs a number, it is one.
fn args_of(said: &Said) -> BTreeMap<String, Kind> {
    let mut args = BTreeMap::new();
    for (_, message) in said {
        for (arg, kind) in check::args(&message.parts) {
            if kind != Kind::Shown || !args.contains_key(&arg) {
                args.insert(arg, kind);
            }
        }
    }
    args
}

/// The arguments in the order in which English has them.
fn ordered(message: &Message) -> Vec<String> {
    let mut found = Vec::new();
    order(&message.parts, &mut found);
    found
}

fn order(parts: &[Part], found: &mut Vec<String>) {
    for part in parts {
        let (arg, inner) = match part {
            Part::Arg(arg) => (arg, None),
            Part::Choice { arg, variants, .. } => (arg, Some(variants)),
            Part::Text(_) | Part::Mark { .. } => continue,
        };
        if !found.contains(arg) {
            found.push(arg.clone());
        }
        for (_, parts) in inner.into_iter().flatten() {
            order(parts, found);
        }
    }
}

fn function(code: &mut String, message: &Message, said: &Said) {
    let (name, args) = (snake(&message.key), args_of(said));
    let marked = is_marked(message);
    let _ = writeln!(code, "/// {}", english_of(message));
    let parameters: String = ordered(message)
        .iter()
        .map(|arg| {
            let kind = match args[arg] {
                Kind::Shown => "impl std::fmt::Display",
                Kind::Number => "i64",
                Kind::Word(_) => "&str",
            };
            format!(", {}: {kind}", snake(arg))
        })
        .collect();
    if args.is_empty() && !marked {
        let _ = writeln!(code, "pub const fn {name}(self) -> &'static str {{ match self.0 {{");
        for (language, message) in said {
            let text: String = message.parts.iter().filter_map(text_of).collect();
            let _ = writeln!(code, "Language::{} => {text:?},", camel(language));
        }
        code.push_str("} }\n");
        return;
    }
    let (kind, new) =
        if marked { ("Rich", "Rich::default()") } else { ("String", "String::new()") };
    let _ = writeln!(
        code,
        "pub fn {name}(self{parameters}) -> {kind} {{ let mut out = {new}; match self.0 {{"
    );
    for (language, message) in said {
        let _ = writeln!(code, "Language::{} => {{", camel(language));
        body(code, &message.parts, language, &args);
        code.push_str("}\n");
    }
    code.push_str("} out }\n");
}

fn body(code: &mut String, parts: &[Part], language: &str, args: &BTreeMap<String, Kind>) {
    for part in parts {
        let _ = match part {
            Part::Text(text) => writeln!(code, "out.push_str({text:?});"),
            Part::Arg(arg) if args[arg] == Kind::Number => {
                writeln!(code, "out.push_str(&number(self.0, {}));", snake(arg))
            }
            Part::Arg(arg) => writeln!(code, "put(&mut out, &{});", snake(arg)),
            Part::Mark { mark, begins: true } => writeln!(code, "out.begin({mark:?});"),
            Part::Mark { begins: false, .. } => writeln!(code, "out.end();"),
            Part::Choice { arg, variants, default } => {
                let number = args[arg] == Kind::Number;
                choice(code, (arg, number), variants, *default, (language, args));
                Ok(())
            }
        };
    }
}

fn choice(
    code: &mut String,
    (arg, number): (&str, bool),
    variants: &[(String, Vec<Part>)],
    default: usize,
    (language, args): (&str, &BTreeMap<String, Kind>),
) {
    let arg = snake(arg);
    if number {
        let _ = writeln!(code, "match ({arg}, plural(self.0, {arg})) {{");
    } else {
        let _ = writeln!(code, "match {arg} {{");
    }
    let ordered = variants.iter().enumerate().filter(|(at, _)| *at != default);
    // What is for one number comes before the forms for many.
    let (exact, forms): (Vec<_>, Vec<_>) = ordered.partition(|(_, (key, _))| is_number(key));
    for (_, (key, parts)) in exact.into_iter().chain(forms) {
        let _ = match (number, is_number(key)) {
            (true, true) => writeln!(code, "({key}, _) => {{"),
            (true, false) => writeln!(code, "(_, Plural::{}) => {{", camel(key)),
            _ => writeln!(code, "{key:?} => {{"),
        };
        body(code, parts, language, args);
        code.push_str("}\n");
    }
    code.push_str("_ => {\n");
    body(code, &variants[default].1, language, args);
    code.push_str("}\n}\n");
}

/// Every text with its key: arguments stand as `{name}`, numbers as 5.
fn entries(
    code: &mut String,
    english: &[Message],
    languages: &BTreeMap<&'static str, Vec<Message>>,
) {
    code.push_str(
        "/// Every text with its key. Arguments stand in them as `{name}`, numbers are 5.\n\
         pub fn entries(self) -> Vec<(&'static str, String)> { vec![\n",
    );
    for message in english {
        let all = languages.iter().filter_map(|(language, messages)| {
            Some((*language, messages.iter().find(|found| found.key == message.key)?))
        });
        let args = args_of(&all.collect());
        let given: Vec<String> = ordered(message)
            .iter()
            .map(|arg| match &args[arg] {
                Kind::Shown => format!("\"{{{}}}\"", arg),
                Kind::Number => "5".to_owned(),
                Kind::Word(words) => format!("{:?}", words.first().map_or("", String::as_str)),
            })
            .collect();
        let _ = writeln!(
            code,
            "({:?}, self.{}({}).to_string()),",
            message.key,
            snake(&message.key),
            given.join(", ")
        );
    }
    code.push_str("] }\n");
}

fn is_marked(message: &Message) -> bool {
    message.parts.iter().any(|part| matches!(part, Part::Mark { .. }))
}

fn text_of(part: &Part) -> Option<&str> {
    match part {
        Part::Text(text) => Some(text),
        _ => None,
    }
}

/// The English text in one line, as the function's documentation.
fn english_of(message: &Message) -> String {
    let part = |part: &Part| match part {
        Part::Text(text) => text.replace('\n', " "),
        Part::Arg(arg) | Part::Choice { arg, .. } => format!("{{{arg}}}"),
        Part::Mark { .. } => String::new(),
    };
    let text: String = message.parts.iter().map(part).collect();
    format!("“{}”", text.replace(['[', ']', '`'], ""))
}

fn snake(key: &str) -> String {
    key.replace('-', "_")
}

fn camel(key: &str) -> String {
    key.split(['-', '_'])
        .map(|word| {
            let mut chars = word.chars();
            let first = chars.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(chars).collect::<String>()
        })
        .collect()
}
