//! Services: how all of them are, and one with what stands around it, who owns it, what was
//! promised of it, what happened to it.

mod all;
mod around;
mod calls;
mod days;
mod facts;
mod graph;
mod one;
mod recent;
mod side;
mod sight;
mod twin;

use crate::app::App;
use crate::route::get;
use crate::url;
use axum::Router;
use query::value_text;
use store::directory::services::Service;

pub(crate) fn routes() -> Router<App> {
    Router::new().route(url::SERVICES, get(all::show)).route("/services/{id}", get(one::show))
}

/// The query of the queue for what is open of a service.
fn open_query(service: &Service) -> String {
    format!("service:{} state:open", value_text(&service.name))
}

/// "1,200": a whole number with its thousands apart.
fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut found = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            found.push(',');
        }
        found.push(digit);
    }
    if number < 0 { format!("-{found}") } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (number, words) in [
            (0, "0"),
            (999, "999"),
            (1_200, "1,200"),
            (-45_000, "-45,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(thousands(number), words);
        }
    }
}
