//! `evenkeel serve`: everything in one process, until somebody says stop.

mod away;
mod http;
mod layers;
mod limits;
mod mail;
mod original;
mod rest;
mod status;
mod tls;

use self::http::Answering;
use crate::Next;
use crate::config::{Mail, Settings};
use crate::failed::Failed;
use crate::instance::{self, Opened};
use crate::output;
use desk::Desk;
use mail::MailIn;
use notify::paging::Providers;
use notify::webhooks::Lanes;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use store::Filling;
use store::files::Outlet;
use tls::Certificate;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long requests that have begun may take once somebody said stop.
const FINISH_WITHIN: Duration = Duration::from_secs(10);

/// How often the server looks whether a restore wants the data folder, or has replaced
/// what is in the database.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The folder of the status page in the data folder, and in it what was shown last.
const STATUS: &str = "status";
const KEPT: &str = "kept";

/// Where requests come in, taken before anything is built or opened: what fails here
/// is told at once.
pub(crate) struct Door {
    listener: Arc<TcpListener>,
    certificate: Option<Certificate>,
    public_url: Option<String>,
    mail: Option<Mail>,
    inbound: Option<intake::Bound>,
    trust: notify::webhooks::Trust,
    providers: Providers,
    /// Where the status page is published besides here.
    outlets: Vec<Outlet>,
}

impl Door {
    /// Takes the address that the settings name.
    pub(crate) async fn open(settings: &Settings) -> Result<Door, Failed> {
        let public_url = settings.public_url()?;
        let mail = settings.mail.chosen(public_url.as_deref())?;
        let inbound = settings.inbound.chosen(public_url.as_deref())?;
        let trust = settings.outward.trust()?;
        let smtp = mail.as_ref().map(|mail| mail.letters.smtp.clone());
        let providers = settings.paging.chosen(public_url.as_deref(), smtp)?;
        let outlets = settings.status_outlets()?;
        let certificate = settings.tls.chosen()?.map(Certificate::read).transpose()?;
        limits::raise_open_files();
        let listener = Arc::new(bind(&settings.listen.value).await?);
        let inbound = match inbound {
            Some(options) => Some(intake::Bound::to(&options).await.map_err(Failed::new)?),
            None => None,
        };
        Ok(Door { listener, certificate, public_url, mail, inbound, trust, providers, outlets })
    }

    /// The same, but pages, codes and tests go nowhere, no letter is sent whatever mail server is
    /// named, no program elsewhere is told anything, and no status page is written over the real
    /// one.
    pub(crate) fn rehearsing(self) -> Door {
        let (providers, outlets) = (self.providers.rehearsing(), Vec::new());
        Door { providers, outlets, mail: None, ..self }
    }
}

/// Why serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Somebody said stop.
    Told,
    /// A restore replaces the data, or has done so.
    Replaced,
}

/// Runs everything; `stopping` are the signals of the run before, one of which may wait
/// to be heard.
pub(crate) async fn run(settings: &Settings, stopping: Option<Signals>) -> Result<Next, Failed> {
    let mut stopping = stopping.map_or_else(Signals::new, Ok)?;
    while instance::restore_waits(settings) {
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stopping.next() => return Ok(Next::End),
        }
    }
    let lock = instance::lock(settings)?;
    let door = Door::open(settings).await?;
    let Some(opened) = away::open(settings, &door, &mut stopping).await? else {
        return Ok(Next::End);
    };
    let ready = |url: &str| output::line(format!("Evenkeel is ready at {url}"));
    match serve(opened, door, settings, &mut stopping, ready).await? {
        Ended::Told => Ok(Next::End),
        Ended::Replaced => Ok(Next::StartOver(lock, stopping)),
    }
}

/// Says what may be reached besides the internet.
fn allow(desk: &Desk, settings: &Settings) {
    desk.allow_outward(settings.outward.webhook_allow.value.clone());
    desk.allow_push(settings.outward.push_allow.value.clone());
    desk.allow_subscribers(settings.outward.subscriber_allow.value.clone());
    desk.allow_pages(settings.paging.allow.value.clone());
    if let Some(days) = settings.keep_days.value {
        desk.keep_for_days(days);
    }
}

/// Whoever asks programs elsewhere.
fn outside(desk: &Desk, trust: &notify::webhooks::Trust) -> Arc<dyn intake::Outside> {
    Arc::new(intake::Guarded::by(desk.clone()).trusting(trust.certificates()))
}

/// Everything that is served besides what providers of telephones say.
fn routes(desk: Desk, outside: Arc<dyn intake::Outside>, options: web::Options) -> axum::Router {
    let own = api::Options { public_url: options.public_url.clone(), encrypted: options.encrypted };
    api::router(desk.clone(), own)
        .merge(intake::router_asking(desk.clone(), outside))
        .merge(web::router(desk, options))
}

/// What providers of telephones say, where there is one that signs what it says.
fn telephone(desk: &Desk, providers: &Providers) -> axum::Router {
    match (&providers.twilio, &providers.public_url) {
        (Some(twilio), Some(public_url)) => {
            let (token, public_url) = (twilio.token.clone(), public_url.clone());
            intake::telephone(desk.clone(), intake::Telephone { token, public_url })
        }
        _ => axum::Router::new(),
    }
}

/// The file of the status page that was shown last.
fn kept(settings: &Settings) -> PathBuf {
    settings.data.value.join(STATUS).join(KEPT)
}

/// Begins to make the status page, and to answer it from memory.
async fn show_status(
    desk: &Desk,
    settings: &Settings,
    url: String,
    outlets: Vec<Outlet>,
    mail: bool,
) -> status::Front {
    let options = desk::status::Options { url, kept: kept(settings), outlets, mail };
    desk::status::start(desk, options).await;
    status::Front::follow(desk)
}

/// Draws letters for whoever edits their words, as they would be sent.
fn draw_letter(public_url: Option<&str>) -> web::DrawLetter {
    let address = public_url.unwrap_or("https://help.example.org").to_owned();
    web::DrawLetter(Arc::new(move |own, value| {
        let notify::Drawn { subject, text, html } = notify::draw(own, value, &address);
        web::DrawnLetter { subject, text, html }
    }))
}

/// Serves what was opened until SIGTERM or SIGINT, or until a restore wants its data; `ready`
/// hears the address when requests are answered. Returns when all that was begun is
/// finished and durable.
pub(crate) async fn serve(
    opened: Opened,
    door: Door,
    settings: &Settings,
    stopping: &mut Signals,
    ready: impl FnOnce(&str) -> Result<(), Failed>,
) -> Result<Ended, Failed> {
    let Opened { desk, filling } = opened;
    let Door { listener, certificate, public_url, mail, inbound, trust, providers, outlets } = door;
    let (letters, shown) = mail.map(|mail| (mail.letters, mail.shown)).unzip();
    let address = listener
        .local_addr()
        .map_err(|error| Failed::new(format!("the address listened on is unknown: {error}")))?;
    allow(&desk, settings);
    let (stop, stopped) = watch::channel(false);
    let hooks_url = public_url.clone();
    let draw_letter = Some(draw_letter(public_url.as_deref()));
    let options = web::Options {
        public_url,
        encrypted: certificate.is_some(),
        trusted_proxies: settings.trusted_proxies.value.clone(),
        mail: shown,
        draw_letter,
        original: Some(original::of),
    };
    let outside = outside(&desk, &trust);
    let telephone = telephone(&desk, &providers);
    let (served, asks) = (desk.clone(), outside.clone());
    let routes = instance::blocking(move || Ok(routes(served, asks, options).merge(telephone)));
    let encrypted = certificate.is_some();
    let own_url = hooks_url.clone().unwrap_or_else(|| url(address, encrypted));
    let front = show_status(&desk, settings, own_url, outlets, letters.is_some());
    // Both take a while, and neither needs the other.
    let (routes, front) = tokio::join!(routes, front);
    let answering = Answering { front, router: layers::around(routes?, stopped.clone()) };
    let limits = http::Limits::default();
    let server = desk::beside(http::serve(listener, certificate, answering, stopped, limits));
    let letters = notify::start(desk.clone(), letters);
    let working = settings.inbound.working(settings.mail.own_address());
    let mail_in = MailIn::start(&desk, inbound, working, outside);
    let push = notify::push::Push::new(desk.clone(), hooks_url.clone()).trusting(trust.clone());
    let providers = providers.by_browsers(push.clone()).trusting(trust.clone());
    let rehearses = providers.rehearses;
    let paging = notify::paging::start(desk.clone(), providers);
    let lanes = (!rehearses).then(|| notify::webhooks::start(desk.clone(), hooks_url, trust));
    let pushing = notify::push::start(push);
    ready(&url(address, encrypted))?;
    // All of the index is read when it is opened. Whoever asks before that is answered by the database.
    desk.use_search(Some(instance::search(settings)));
    let mut ended = tokio::select! {
        () = stopping.next() => Ended::Told,
        () = replaced(settings, &desk, filling) => Ended::Replaced,
    };
    match ended {
        Ended::Told => tracing::info!("stopping: finishing what has begun"),
        Ended::Replaced => tracing::info!("a backup is restored here: finishing what has begun"),
    }
    stop.send_replace(true);
    // Together: none waits for another one that takes its time.
    let ending = async {
        tokio::join!(
            finish(server, "some requests took too long and were cut off"),
            finish(mail_in.stop(), "messages that were being taken took too long; they come again"),
            finish(letters.stop(), "letters that had begun took too long and are sent again"),
            finish(end_of(lanes), "messages to webhooks took too long and are sent again"),
            finish(pushing.stop(), "messages to browsers took too long and are sent again"),
            finish(paging.stop(), "pages that were on their way took too long and are sent again"),
        )
    };
    if until_done(ending, stopping, &mut ended).await.is_none() {
        tracing::warn!("told twice: what had begun was cut off");
    }
    let closing = tokio::time::timeout(FINISH_WITHIN, desk.close());
    if !matches!(until_done(closing, stopping, &mut ended).await, Some(Ok(()))) {
        tracing::warn!("the writer did not end in time");
    }
    tracing::info!("stopped");
    Ok(ended)
}

/// Ends what tells programs elsewhere, where it began.
async fn end_of(lanes: Option<Lanes>) {
    if let Some(lanes) = lanes {
        lanes.stop().await;
    }
}

/// Waits for work that ends, but not for long.
async fn finish(work: impl Future, late: &str) {
    if tokio::time::timeout(FINISH_WITHIN, work).await.is_err() {
        tracing::warn!("{late}");
    }
}

/// Waits for work; `None` when somebody said stop twice. Whoever says it during a
/// hand-over wants no new beginning after it.
async fn until_done<T>(
    work: impl Future<Output = T>,
    stopping: &mut Signals,
    ended: &mut Ended,
) -> Option<T> {
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return Some(done),
            () = stopping.next() => match ended {
                Ended::Told => return None,
                Ended::Replaced => {
                    tracing::info!("stopping: what was restored is not served");
                    *ended = Ended::Told;
                }
            },
        }
    }
}

/// Returns when a restore wants the data folder, or has replaced what is in the database,
/// which held `filling` when it was opened.
async fn replaced(settings: &Settings, desk: &Desk, mut filling: Filling) {
    while !instance::restore_waits(settings) {
        let (store, known) = (desk.store().clone(), filling.clone());
        // That the database does not answer is somebody else's trouble.
        match instance::blocking(move || Ok(store.follow(&known)?)).await {
            Ok(Some(found)) => filling = found,
            Ok(None) => return,
            Err(_) => {}
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn bind(listen: &str) -> Result<TcpListener, Failed> {
    use std::io::ErrorKind;
    TcpListener::bind(listen).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => Failed::new(format!(
            "{listen} is in use by another program; stop it, or listen elsewhere with --listen 127.0.0.1:PORT"
        )),
        ErrorKind::AddrNotAvailable => {
            Failed::new(format!("{listen} is not an address of this machine; choose another one with --listen"))
        }
        ErrorKind::PermissionDenied => {
            Failed::new(format!("this account may not listen on {listen}; choose a port above 1023 with --listen"))
        }
        _ => Failed::usage(format!("cannot listen on `{listen}`: {error}; an address is written 127.0.0.1:7878")),
    })
}

/// The address as somebody on this machine types it.
fn url(address: SocketAddr, encrypted: bool) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let scheme = if encrypted { "https" } else { "http" };
    format!("{scheme}://{}", SocketAddr::new(ip, address.port()))
}

/// What the operating system says: stop.
pub(crate) struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Listens from now on, so that a signal during the start is not missed.
    pub(crate) fn new() -> Result<Signals, Failed> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| {
            signal(kind).map_err(|error| Failed::new(format!("signals cannot be heard: {error}")))
        };
        Ok(Signals {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
impl Signals {
    pub(crate) fn new() -> Result<Signals, Failed> {
        Ok(Signals {})
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::url;

    #[test]
    fn addresses_can_be_opened_here() {
        for (address, shown) in [
            ("127.0.0.1:7878", "http://127.0.0.1:7878"),
            ("0.0.0.0:80", "http://127.0.0.1:80"),
            ("[::]:7878", "http://[::1]:7878"),
            ("192.0.2.1:7878", "http://192.0.2.1:7878"),
        ] {
            assert_eq!(url(address.parse().unwrap(), false), shown);
        }
        assert_eq!(url("0.0.0.0:443".parse().unwrap(), true), "https://127.0.0.1:443");
    }
}
