//! The public page as files elsewhere: only what changed is written, what is gone is removed, and
//! what fails is tried again.

use super::follow::Figures;
use super::{File, Place, Site, Sites};
use crate::Desk;
use kernel::InOrder;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::Failure;
use store::files::{Outlet, Published};

/// How long to wait after a failure, twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest wait.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// The list of what was written, beside it: after a restart it says what is there.
const LIST: &str = "evenkeel-files.json";
/// How long others may keep a file, as HTTP says it.
const CACHE: &str = "public, max-age=30";

/// What is there: names, and what tells their versions apart.
type Written = BTreeMap<String, String>;

/// Follows what is shown into one place. Ends with the desk. What is shown at first goes there only
/// where it was `made` now: what was kept may be older than what another server wrote there.
pub(super) fn start(desk: &Desk, outlet: Outlet, figures: Figures, made: bool) {
    let place = {
        let mut at = 0;
        desk.status().tell(|report| {
            at = report.places.len();
            report.places.push(Place { shown: outlet.shown(), ..Place::default() });
        });
        at
    };
    let (mut heard, weak) = (desk.status().listen(), Arc::downgrade(&desk.0));
    if made {
        heard.mark_changed();
    }
    crate::beside(async move {
        let (mut known, mut pause, mut behind) = (None, FIRST_PAUSE, false);
        loop {
            if !behind && heard.changed().await.is_err() {
                return;
            }
            let sites = heard.borrow_and_update().clone();
            if sites.made_at.is_none() {
                continue;
            }
            let (there, before) = (outlet.clone(), known.take());
            let written = crate::on_a_thread(move || bring(&there, &sites, before)).await;
            let Some(inner) = weak.upgrade() else { return };
            let desk = Desk(inner);
            let failure = match written {
                Ok((now, result)) => {
                    known = now;
                    result.err().map(|failure| failure.to_string())
                }
                Err(error) => Some(error.to_string()),
            };
            tell(&desk, place, failure.as_deref());
            figures.behind.inc_by(i64::from(failure.is_some()) - i64::from(behind));
            behind = failure.is_some();
            let Some(words) = failure else {
                pause = FIRST_PAUSE;
                continue;
            };
            figures.unpublished.inc();
            tracing::warn!(place = %outlet.shown(), words, "the status page is not published there; trying again");
            drop(desk);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                changed = heard.changed() => if changed.is_err() { return },
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    });
}

fn tell(desk: &Desk, place: usize, failure: Option<&str>) {
    let now = desk.now();
    desk.status().tell(|report| {
        let Some(place) = report.places.get_mut(place) else { return };
        match failure {
            None => (place.written_at, place.failing) = (Some(now), None),
            Some(words) => {
                let since = place.failing.take().map_or(now, |(since, _)| since);
                place.failing = Some((since, words.to_owned()));
            }
        }
    });
}

/// Brings a place to what is shown; what is there then, as far as is known, and how it went.
fn bring(
    outlet: &Outlet,
    sites: &Sites,
    known: Option<Written>,
) -> (Option<Written>, Result<(), Failure>) {
    if sites.published().is_none() && !sites.off {
        return (known, Ok(()));
    }
    let mut written = match known.map_or_else(|| listed(outlet), Ok) {
        Ok(written) => written,
        Err(failure) => return (None, Err(failure)),
    };
    let before = written.clone();
    let result = change(outlet, sites.published().map(Arc::as_ref), &mut written);
    // Also after a failure: what was written stays known after a restart.
    if before != written
        && let Err(failure) = keep_list(outlet, &written)
    {
        return (None, Err(failure));
    }
    (Some(written), result)
}

fn change(outlet: &Outlet, site: Option<&Site>, written: &mut Written) -> Result<(), Failure> {
    let wanted: Vec<(String, &Arc<File>)> = match site {
        Some(site) => {
            site.files.iter().map(|(name, file)| (named(outlet, name, file), file)).collect()
        }
        None => Vec::new(),
    };
    // What pages refer to comes before the pages, the first page last.
    let mut order: Vec<&(String, &Arc<File>)> = wanted.iter().collect();
    order.order_by_key(|(name, file)| {
        (file.media_type.starts_with("text/html"), name.matches('/').count() == 0)
    });
    for (name, file) in order {
        if written.get(name) == Some(&file.etag) {
            continue;
        }
        let media_type = file.media_type.as_str();
        outlet.put(name, Published { bytes: &file.bytes, media_type, cache_control: CACHE })?;
        written.insert(name.clone(), file.etag.clone());
    }
    let gone: Vec<String> = written
        .keys()
        .filter(|name| wanted.iter().all(|(known, _)| known != *name))
        .cloned()
        .collect();
    for name in gone {
        outlet.remove(&name)?;
        written.remove(&name);
    }
    Ok(())
}

/// The name of a file there: web servers before a folder look for `index.html`, buckets give a
/// name as it is.
fn named(outlet: &Outlet, name: &str, file: &File) -> String {
    if name.is_empty() {
        return "index.html".to_owned();
    }
    let last = name.rsplit('/').next().unwrap_or(name);
    let page = file.media_type.starts_with("text/html") && !last.contains('.');
    if page && !outlet.is_bucket() { format!("{name}/index.html") } else { name.to_owned() }
}

fn listed(outlet: &Outlet) -> Result<Written, Failure> {
    let bytes = outlet.get(LIST)?;
    // A list that cannot be read is none: everything is written, and nothing removed.
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
}

fn keep_list(outlet: &Outlet, written: &Written) -> Result<(), Failure> {
    let bytes = serde_json::to_vec(written).map_err(|error| Failure::Files(error.to_string()))?;
    let media_type = "application/json";
    outlet.put(LIST, Published { bytes: &bytes, media_type, cache_control: "no-cache" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Timestamp;
    use std::path::Path;

    fn sites(files: &[(&str, &str, &str)]) -> Sites {
        let files = files.iter().map(|(name, bytes, media_type)| {
            let file = File {
                bytes: bytes.as_bytes().to_vec(),
                gzip: None,
                media_type: (*media_type).to_owned(),
                etag: (*bytes).to_owned(),
            };
            ((*name).to_owned(), Arc::new(file))
        });
        let site = Site { languages: vec![], files: files.collect() };
        Sites {
            made_at: Some(Timestamp::from_micros(1)),
            public: Some(Arc::new(site)),
            ..Sites::default()
        }
    }

    fn text(path: &Path) -> Option<String> {
        std::fs::read_to_string(path).ok()
    }

    #[test]
    fn a_folder_follows_what_is_shown() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let outlet = Outlet::folder(folder.path());
        let html = "text/html; charset=utf-8";
        let first = sites(&[
            ("", "one", html),
            ("incidents/q7", "q7", html),
            ("api/v2/status.json", "{}", "application/json"),
        ]);
        std::fs::write(at("robots.txt"), "not ours").unwrap();
        let (known, result) = bring(&outlet, &first, None);
        result.unwrap();
        assert_eq!(text(&at("index.html")).as_deref(), Some("one"));
        assert_eq!(text(&at("incidents/q7/index.html")).as_deref(), Some("q7"));
        assert_eq!(text(&at("api/v2/status.json")).as_deref(), Some("{}"));

        // What did not change is not written again.
        std::fs::write(at("api/v2/status.json"), "touched").unwrap();
        let second = sites(&[("", "two", html), ("api/v2/status.json", "{}", "application/json")]);
        bring(&outlet, &second, known).1.unwrap();
        assert_eq!(text(&at("index.html")).as_deref(), Some("two"));
        assert_eq!(text(&at("api/v2/status.json")).as_deref(), Some("touched"));
        assert_eq!(text(&at("incidents/q7/index.html")), None);

        // After a restart the list says what is there; switched off, nothing of ours stays.
        let off = Sites { made_at: Some(Timestamp::from_micros(2)), ..Sites::default() };
        bring(&outlet, &off, None).1.unwrap();
        assert_eq!(text(&at("index.html")).as_deref(), Some("two"), "nobody switched it off");
        bring(&outlet, &Sites { off: true, ..off }, None).1.unwrap();
        assert_eq!(text(&at("index.html")), None);
        assert_eq!(text(&at("robots.txt")).as_deref(), Some("not ours"));
    }

    #[test]
    fn what_fails_is_known_to_have_failed() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("incidents"), "a file where a folder should be").unwrap();
        let outlet = Outlet::folder(folder.path());
        let html = "text/html";
        let wanted = sites(&[("", "one", html), ("incidents/q7", "q7", html)]);
        let (known, result) = bring(&outlet, &wanted, None);
        assert!(result.is_err());
        assert_eq!(known.unwrap().get("incidents/q7/index.html"), None);
        std::fs::remove_file(folder.path().join("incidents")).unwrap();
        bring(&outlet, &wanted, None).1.unwrap();
        assert_eq!(text(&folder.path().join("incidents/q7/index.html")).as_deref(), Some("q7"));
    }
}
