//! The status page, answered from memory before anything else: no session, no database, no layer
//! that costs. What is not a file of the page goes on to the routes.

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_ENCODING, ACCEPT_LANGUAGE, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING,
    CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HOST, IF_NONE_MATCH,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use desk::Desk;
use desk::status::{BASE, File, Site, Sites};
use kernel::Language;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// How long others may keep an answer, and how long a proxy may give it out while we do not
/// answer.
const CACHE: HeaderValue =
    HeaderValue::from_static("public, max-age=15, stale-while-revalidate=60, stale-if-error=86400");
/// Everything but its own style, pictures and the form of subscriptions is refused.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);
/// Paths on a domain of its own that the routes answer, below [`BASE`]: subscriptions.
const SUBSCRIPTIONS: [&str; 4] = ["/subscribe", "/confirm/", "/unsubscribe/", "/subscriptions/"];
/// Paths there that the routes answer as they are: what pages of subscriptions look like.
const ASSETS: &str = "/assets/";
/// Where the JSON of the page is on the instance's own domain, too.
const JSON: &str = "/api/v2/";

/// The page as it is answered. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Front(Arc<RwLock<Arc<Ready>>>);

/// What is shown, ready to be sent.
#[derive(Default)]
struct Ready {
    public: Option<ReadySite>,
    own: Option<(String, ReadySite)>,
}

struct ReadySite {
    languages: Vec<Language>,
    files: HashMap<String, ReadyFile>,
}

struct ReadyFile {
    etag: String,
    plain: Answer,
    gzip: Option<Answer>,
    /// The same in languages other than the page's first, and in that.
    languages: Vec<(Language, String)>,
}

/// Head and body of an answer; both are shared, not copied.
struct Answer {
    headers: HeaderMap,
    body: Bytes,
}

impl Front {
    /// Follows what the desk shows, from now on and until the desk ends.
    pub(super) fn follow(desk: &Desk) -> Front {
        let mut heard = desk.status().listen();
        let front = Front::of(&heard.borrow_and_update());
        let follower = front.clone();
        desk::beside(async move {
            while heard.changed().await.is_ok() {
                let sites = heard.borrow_and_update().clone();
                follower.prepare(&sites);
            }
        });
        front
    }

    /// Shows this and nothing later.
    pub(super) fn of(sites: &Sites) -> Front {
        let front = Front::default();
        front.prepare(sites);
        front
    }

    fn prepare(&self, sites: &Sites) {
        let ready = Arc::new(Ready::of(sites));
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = ready;
    }

    /// The answer, if it is the page that is asked for. A request for a page of subscriptions at
    /// its own domain is made one that the routes know.
    pub(super) fn answer<B>(&self, request: &mut Request<B>) -> Option<Response<Body>> {
        let ready = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((domain, site)) = &ready.own
            && is_at(request.headers(), domain)
        {
            return own_domain(site, request);
        }
        let site = ready.public.as_ref()?;
        let name = name_of(request.uri().path())?;
        site.answer(name, request)
    }
}

/// The name of a file of the page at the instance's own domain.
fn name_of(path: &str) -> Option<&str> {
    match path.strip_prefix(BASE) {
        Some("") => Some(""),
        Some(rest) => rest.strip_prefix('/'),
        None => path.strip_prefix('/').filter(|_| path.starts_with(JSON)),
    }
}

fn is_at(headers: &HeaderMap, domain: &str) -> bool {
    let host = headers.get(HOST).map(HeaderValue::as_bytes).unwrap_or_default();
    let name = host.split(|byte| *byte == b':').next().unwrap_or_default();
    name.eq_ignore_ascii_case(domain.as_bytes())
}

/// At its own domain there is nothing but the page and what belongs to subscriptions.
fn own_domain<B>(site: &ReadySite, request: &mut Request<B>) -> Option<Response<Body>> {
    let path = request.uri().path();
    let name = path.strip_prefix('/').unwrap_or(path);
    if let Some(answer) = site.answer(name, request) {
        return Some(answer);
    }
    let below = |start: &str| path.strip_prefix(BASE).is_some_and(|rest| rest.starts_with(start));
    if path.starts_with(ASSETS) || SUBSCRIPTIONS.iter().any(|start| below(start)) {
        return None;
    }
    if SUBSCRIPTIONS.iter().any(|start| path.starts_with(start)) {
        let whole = request.uri().path_and_query().map_or(path, |whole| whole.as_str());
        // What was an address stays one with more before it.
        if let Ok(uri) = format!("{BASE}{whole}").parse::<Uri>() {
            *request.uri_mut() = uri;
            return None;
        }
    }
    let mut answer = Response::new(Body::from("There is nothing here.\n"));
    *answer.status_mut() = StatusCode::NOT_FOUND;
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    Some(answer)
}

impl Ready {
    fn of(sites: &Sites) -> Ready {
        Ready {
            public: sites.public.as_deref().map(ReadySite::of),
            own: sites.own.as_ref().map(|(domain, site)| (domain.clone(), ReadySite::of(site))),
        }
    }
}

impl ReadySite {
    fn of(site: &Site) -> ReadySite {
        let file = |(name, file): (&String, &Arc<File>)| {
            let named = site.languages.iter().map(|one| (*one, Site::in_language(name, *one)));
            let languages: Vec<(Language, String)> =
                named.filter(|(_, name)| site.files.contains_key(name)).collect();
            (name.clone(), ReadyFile::of(name, file, languages, &site.languages))
        };
        ReadySite {
            languages: site.languages.clone(),
            files: site.files.iter().map(file).collect(),
        }
    }

    fn answer<B>(&self, name: &str, request: &Request<B>) -> Option<Response<Body>> {
        let file = self.files.get(name)?;
        if *request.method() == Method::OPTIONS {
            return file.preflight();
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return None;
        }
        let other = match file.languages.is_empty() {
            true => None,
            false => self.wanted(request).and_then(|language| file.in_language(language)),
        };
        let file = other.and_then(|name| self.files.get(name)).unwrap_or(file);
        Some(file.answer(request.headers()))
    }

    /// The language that the address says, else the one that the browser wants most.
    fn wanted<B>(&self, request: &Request<B>) -> Option<Language> {
        let said = request.uri().query().and_then(|query| {
            query.split('&').find_map(|part| part.strip_prefix("lang=")?.parse().ok())
        });
        said.or_else(|| {
            let header = request.headers().get(ACCEPT_LANGUAGE)?.to_str().ok()?;
            Language::accepted_among(header, &self.languages)
        })
    }
}

impl ReadyFile {
    fn of(
        name: &str,
        file: &File,
        languages: Vec<(Language, String)>,
        all: &[Language],
    ) -> ReadyFile {
        let spoken = language_of(name, all, !languages.is_empty());
        let plain = Answer {
            headers: headers(file, spoken, None),
            body: Bytes::copy_from_slice(&file.bytes),
        };
        let gzip = file.gzip.as_ref().map(|gzip| Answer {
            headers: headers(file, spoken, Some("gzip")),
            body: Bytes::copy_from_slice(gzip),
        });
        ReadyFile { etag: file.etag.clone(), plain, gzip, languages }
    }

    fn in_language(&self, language: Language) -> Option<&str> {
        self.languages.iter().find(|(own, _)| *own == language).map(|(_, name)| name.as_str())
    }

    fn answer(&self, asked: &HeaderMap) -> Response<Body> {
        let zipped = self.gzip.as_ref().filter(|_| takes_gzip(asked));
        let answer = zipped.unwrap_or(&self.plain);
        let known = asked.get(IF_NONE_MATCH).is_some_and(|tags| self.is_named(tags));
        let mut response = match known {
            true => Response::new(Body::empty()),
            false => Response::new(Body::from(answer.body.clone())),
        };
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        *response.headers_mut() = answer.headers.clone();
        response
    }

    /// Whether a reader has it already, in whichever encoding: its tags begin alike and are said
    /// of nothing else.
    fn is_named(&self, tags: &HeaderValue) -> bool {
        tags.to_str().is_ok_and(|tags| tags.trim() == "*" || tags.contains(&self.etag))
    }

    /// Programs in browsers may ask before they ask: for the JSON that everybody may read.
    fn preflight(&self) -> Option<Response<Body>> {
        let open = self.plain.headers.get(ACCESS_CONTROL_ALLOW_ORIGIN)?;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, open.clone());
        let text = HeaderValue::from_static;
        headers.insert("access-control-allow-methods", text("GET, HEAD"));
        headers.insert("access-control-allow-headers", text("*"));
        headers.insert("access-control-max-age", text("86400"));
        Some(response)
    }
}

/// What a page is written in: as its name says, else in the first of its languages.
fn language_of(name: &str, all: &[Language], is_page: bool) -> Option<Language> {
    let said = all.iter().find(|one| name.ends_with(&format!(".{one}.html"))).copied();
    said.or_else(|| all.first().copied().filter(|_| is_page))
}

/// Everything that is said of a file, made once.
fn headers(file: &File, language: Option<Language>, encoding: Option<&'static str>) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(12);
    let text = |text: &str| HeaderValue::from_str(text).ok();
    let tag = match encoding {
        Some(encoding) => format!("\"{}-{encoding}\"", file.etag),
        None => format!("\"{}\"", file.etag),
    };
    let mut say = |name: HeaderName, value: Option<HeaderValue>| {
        if let Some(value) = value {
            headers.insert(name, value);
        }
    };
    say(CONTENT_TYPE, text(&file.media_type));
    say(ETAG, text(&tag));
    say(CACHE_CONTROL, Some(CACHE));
    say(CONTENT_ENCODING, encoding.map(HeaderValue::from_static));
    say(CONTENT_LANGUAGE, language.and_then(|language| text(language.as_str())));
    say(VARY, Some(HeaderValue::from_static("accept-encoding, accept-language")));
    say(X_CONTENT_TYPE_OPTIONS, Some(HeaderValue::from_static("nosniff")));
    say(REFERRER_POLICY, Some(HeaderValue::from_static("no-referrer")));
    if file.media_type.starts_with("text/html") {
        say(CONTENT_SECURITY_POLICY, Some(POLICY));
    } else {
        // Feeds, calendar and JSON are for programs of everybody.
        say(ACCESS_CONTROL_ALLOW_ORIGIN, Some(HeaderValue::from_static("*")));
    }
    headers
}

/// Whether a reader understands gzip. Whoever refuses it says so with a weight of nothing.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let said = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    said.is_some_and(|said| {
        said.split(',').any(|part| {
            let (name, weight) = part.split_once(';').unwrap_or((part, ""));
            let refused = weight
                .trim()
                .strip_prefix("q=")
                .is_some_and(|weight| weight.trim_end_matches(['0', '.']).is_empty());
            matches!(name.trim(), "gzip" | "*") && !refused
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str, media_type: &str) -> Arc<File> {
        Arc::new(File {
            bytes: text.as_bytes().to_vec(),
            gzip: Some(b"zipped".to_vec()),
            media_type: media_type.to_owned(),
            etag: format!("{}0123456789", text.len()),
        })
    }

    fn front() -> Front {
        let html = "text/html; charset=utf-8";
        let files = [
            ("", file("English", html)),
            ("index.en.html", file("English", html)),
            ("index.de.html", file("Deutsch!", html)),
            ("api/v2/summary.json", file("{}", "application/json")),
        ];
        let files = files.map(|(name, file)| (name.to_owned(), file)).into();
        let site = Arc::new(Site { languages: vec![Language::En, Language::De], files });
        let front = Front::default();
        front.prepare(&Sites {
            public: Some(site.clone()),
            own: Some(("status.example.org".to_owned(), site)),
            ..Sites::default()
        });
        front
    }

    fn get(path: &str, headers: &[(&'static str, &str)]) -> Request<()> {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap()
    }

    fn ask(path: &str, headers: &[(&'static str, &str)]) -> Option<Response<Body>> {
        front().answer(&mut get(path, headers))
    }

    async fn text(response: Response<Body>) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn readers_get_their_language() {
        for (path, wanted, body) in [
            ("/status", "", "English"),
            ("/status/", "fr", "English"),
            ("/status", "de-AT, en;q=0.5", "Deutsch!"),
            ("/status", "fr, de;q=0.1", "Deutsch!"),
            ("/status?lang=de", "en", "Deutsch!"),
            ("/status?lang=xx", "de", "Deutsch!"),
            ("/status/index.de.html", "en", "Deutsch!"),
        ] {
            let response = ask(path, &[("accept-language", wanted)]).unwrap();
            let language = response.headers()[CONTENT_LANGUAGE].clone();
            let deutsch = body == "Deutsch!";
            assert_eq!(language, if deutsch { "de" } else { "en" }, "{path} {wanted}");
            assert_eq!(text(response).await, body, "{path} {wanted}");
        }
    }

    #[tokio::test]
    async fn what_is_known_and_what_is_packed_travels_small() {
        let packed = ask("/status", &[("accept-encoding", "br, gzip")]).unwrap();
        assert_eq!(packed.headers()[CONTENT_ENCODING], "gzip");
        let tag = packed.headers()[ETAG].clone();
        assert_eq!(text(packed).await, "zipped");
        let plain = ask("/status", &[("accept-encoding", "gzip;q=0")]).unwrap();
        assert!(!plain.headers().contains_key(CONTENT_ENCODING));
        assert_ne!(plain.headers()[ETAG], tag);
        let tags = format!("\"other\", W/{}", tag.to_str().unwrap());
        let known = ask("/status", &[("if-none-match", &tags)]).unwrap();
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(text(known).await, "");
        let new = ask("/status", &[("if-none-match", "\"other\"")]).unwrap();
        assert_eq!(new.status(), StatusCode::OK);
    }

    #[test]
    fn the_json_is_for_everybody_and_others_are_not_taken() {
        for path in ["/api/v2/summary.json", "/status/api/v2/summary.json"] {
            let response = ask(path, &[]).unwrap();
            assert_eq!(response.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "*", "{path}");
        }
        for path in
            ["/", "/queue", "/statusquo", "/status/subscribe", "/api/v2/alerts", "/api/v1/x"]
        {
            assert!(ask(path, &[]).is_none(), "{path}");
        }
        let mut post = Request::post("/status").body(()).unwrap();
        assert!(front().answer(&mut post).is_none());
        assert!(
            Front::default().answer(&mut get("/status", &[])).is_none(),
            "nothing is shown yet"
        );
    }

    #[tokio::test]
    async fn its_own_domain_has_the_page_and_nothing_else() {
        let host = [("host", "Status.example.org:443")];
        let response = ask("/", &host).unwrap();
        assert_eq!(text(response).await, "English");
        for path in ["/queue", "/sign-in", "/api/v1/incidents", "/status/internal"] {
            assert_eq!(ask(path, &host).unwrap().status(), StatusCode::NOT_FOUND, "{path}");
        }
        let mut request = get("/confirm/abc?lang=de", &host);
        assert!(front().answer(&mut request).is_none());
        assert_eq!(request.uri(), "/status/confirm/abc?lang=de");
        let mut request = get("/assets/app.css", &host);
        assert!(front().answer(&mut request).is_none());
        assert_eq!(request.uri(), "/assets/app.css");
    }
}
