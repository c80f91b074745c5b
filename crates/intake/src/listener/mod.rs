//! The listener for SMTP and LMTP: mail servers hand over what is for a mailbox.

mod dots;
mod session;
mod tls;
mod trace;
mod wire;

use crate::mailboxes::Mailboxes;
use crate::room::Room;
use desk::Desk;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
pub use tls::acceptor;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
pub(crate) use wire::Stream;

/// Conversations at once; more wait to be taken.
const CONVERSATIONS_MAX: usize = 1_000;
/// Conversations at once with one address; of IPv6 with one network of 64 bits, which is what
/// one place has.
const CONVERSATIONS_OF_ONE: usize = 200;
/// How long to wait when the system has no connection to give.
const BREATHER: Duration = Duration::from_millis(100);

/// Where to listen, and how.
#[derive(Debug, Clone, Default)]
pub struct Listen {
    /// The address for SMTP, such as `127.0.0.1:2525`.
    pub smtp: Option<String>,
    /// The address for LMTP, or the path of a socket.
    pub lmtp: Option<String>,
    /// The files of certificate and key, to offer TLS.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// By which name this instance presents itself.
    pub host: String,
}

/// What is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Smtp,
    Lmtp,
}

/// What all conversations share.
struct Shop {
    desk: Desk,
    mailboxes: Mailboxes,
    /// For whoever calls on this machine.
    room: Room,
    tls: Option<TlsAcceptor>,
    host: String,
    /// How many conversations there are with each address, and the room for its messages.
    callers: Mutex<HashMap<IpAddr, (usize, Room)>>,
}

/// Places that were taken and are not answered at yet.
pub struct Bound {
    places: Vec<(Protocol, Place)>,
    tls: Option<TlsAcceptor>,
    host: String,
}

/// A place to listen at.
enum Place {
    Tcp(TcpListener),
    #[cfg(unix)]
    Socket(tokio::net::UnixListener, SocketFile),
}

/// The file of a socket, which goes with it.
struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Somebody may have removed it.
        let _gone = std::fs::remove_file(&self.0);
    }
}

/// The listener at work.
pub struct Listening {
    stop: watch::Sender<bool>,
    places: Vec<JoinHandle<()>>,
    addresses: Vec<String>,
}

impl Bound {
    /// Takes the places.
    ///
    /// # Errors
    ///
    /// Words about the place or file that cannot be used.
    pub async fn to(options: &Listen) -> Result<Bound, String> {
        let tls = match &options.tls {
            Some((certificate, key)) => Some(tls::acceptor(certificate, key)?),
            None => None,
        };
        let mut places = vec![];
        for (protocol, at) in [(Protocol::Smtp, &options.smtp), (Protocol::Lmtp, &options.lmtp)] {
            if let Some(at) = at {
                places.push((protocol, place(at).await?));
            }
        }
        Ok(Bound { places, tls, host: options.host.clone() })
    }

    /// Begins to answer.
    pub fn start(self, desk: Desk) -> Listening {
        let shop = Arc::new(Shop {
            mailboxes: Mailboxes::of(desk.clone()),
            desk,
            room: Room::default(),
            tls: self.tls,
            host: self.host,
            callers: Mutex::default(),
        });
        let (stop, stopped) = watch::channel(false);
        let addresses = self.places.iter().map(|(_, place)| place.address()).collect();
        let room = Arc::new(Semaphore::new(CONVERSATIONS_MAX));
        let start = |(protocol, place)| {
            desk::beside(answer(shop.clone(), protocol, place, room.clone(), stopped.clone()))
        };
        let places = self.places.into_iter().map(start).collect();
        Listening { stop, places, addresses }
    }
}

impl Listening {
    /// Where it listens, SMTP before LMTP.
    pub fn addresses(&self) -> &[String] {
        &self.addresses
    }

    /// Takes nothing new, finishes the messages that are under way, and ends.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for place in self.places {
            if let Err(error) = place.await {
                tracing::error!(%error, "a listener for mail ended badly");
            }
        }
    }
}

impl Place {
    fn address(&self) -> String {
        match self {
            Place::Tcp(listener) => {
                listener.local_addr().map(|address| address.to_string()).unwrap_or_default()
            }
            #[cfg(unix)]
            Place::Socket(_, file) => file.0.display().to_string(),
        }
    }

    async fn next(&self) -> std::io::Result<(Box<dyn Stream>, Option<IpAddr>)> {
        match self {
            Place::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                // Answers are small and somebody waits for them.
                stream.set_nodelay(true)?;
                Ok((Box::new(stream), Some(peer.ip().to_canonical())))
            }
            #[cfg(unix)]
            Place::Socket(listener, _) => {
                let (stream, _) = listener.accept().await?;
                Ok((Box::new(stream), None))
            }
        }
    }
}

/// A path begins with a slash or a dot, everything else is an address.
async fn place(at: &str) -> Result<Place, String> {
    if at.starts_with(['/', '.']) {
        return socket(Path::new(at)).await;
    }
    let listener = TcpListener::bind(at).await;
    listener.map(Place::Tcp).map_err(|error| format!("cannot listen for mail on `{at}`: {error}"))
}

#[cfg(unix)]
async fn socket(path: &Path) -> Result<Place, String> {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt};
    let cannot =
        |error: std::io::Error| format!("cannot listen for mail on {}: {error}", path.display());
    if let Ok(found) = std::fs::symlink_metadata(path) {
        if !found.file_type().is_socket() {
            return Err(format!(
                "{} is there and is no socket; choose another path",
                path.display()
            ));
        }
        if tokio::net::UnixStream::connect(path).await.is_ok() {
            return Err(format!("another program listens on {}", path.display()));
        }
        // Left behind by a program that was killed.
        std::fs::remove_file(path).map_err(cannot)?;
    }
    let listener = tokio::net::UnixListener::bind(path).map_err(cannot)?;
    // Who may enter the folder may hand over mail, as who reaches the port of SMTP.
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666)).map_err(cannot)?;
    Ok(Place::Socket(listener, SocketFile(path.to_owned())))
}

#[cfg(not(unix))]
async fn socket(path: &Path) -> Result<Place, String> {
    Err(format!(
        "{} is a path; this system has no sockets in files, give an address",
        path.display()
    ))
}

/// Takes conversations at a place until all must stop, then waits for those under way.
async fn answer(
    shop: Arc<Shop>,
    protocol: Protocol,
    place: Place,
    room: Arc<Semaphore>,
    mut stop: watch::Receiver<bool>,
) {
    let mut conversations = JoinSet::new();
    loop {
        let taken = async {
            let permit = room.clone().acquire_owned().await.ok()?;
            match place.next().await {
                Ok((stream, peer)) => Some((stream, peer, permit)),
                Err(error) => {
                    tracing::debug!(%error, "a connection could not be taken");
                    tokio::time::sleep(BREATHER).await;
                    None
                }
            }
        };
        let taken = tokio::select! {
            taken = taken => taken,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        while conversations.try_join_next().is_some() {}
        let Some((stream, peer, permit)) = taken else { continue };
        let (shop, stop) = (shop.clone(), stop.clone());
        conversations.spawn(desk::boxed(async move {
            let _permit = permit;
            match Caller::of(&shop, peer) {
                Some(caller) => {
                    let whom = session::Whom { protocol, peer, room: caller.room.clone() };
                    session::speak(&shop, whom, stream, stop).await;
                }
                None => {
                    let mut wire = wire::Wire::new(stream);
                    wire.say("421 4.7.0 These are too many conversations at once");
                    wire.end().await;
                }
            }
        }));
    }
    drop(place);
    while conversations.join_next().await.is_some() {}
}

/// One of the conversations with an address, until this goes.
struct Caller<'a> {
    shop: &'a Shop,
    from: Option<IpAddr>,
    room: Room,
}

impl Caller<'_> {
    fn of(shop: &Shop, peer: Option<IpAddr>) -> Option<Caller<'_>> {
        let from = peer.map(place_of);
        let Some(from) = from else {
            return Some(Caller { shop, from, room: shop.room.clone() });
        };
        let mut callers = shop.callers.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, room) = callers.entry(from).or_default();
        if *count >= CONVERSATIONS_OF_ONE {
            return None;
        }
        *count += 1;
        Some(Caller { shop, from: Some(from), room: room.clone() })
    }
}

/// Who has one address of such a network has all of them.
fn place_of(peer: IpAddr) -> IpAddr {
    match peer {
        IpAddr::V4(_) => peer,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

impl Drop for Caller<'_> {
    fn drop(&mut self) {
        let Some(from) = self.from else { return };
        let mut callers = self.shop.callers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((count, _)) = callers.get_mut(&from) {
            *count -= 1;
            if *count == 0 {
                callers.remove(&from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_one_place_is_one_caller() {
        let place = |text: &str| place_of(text.parse().unwrap()).to_string();
        assert_eq!(place("192.0.2.7"), "192.0.2.7");
        assert_eq!(place("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_ne!(place("2001:db8:1:2::1"), place("2001:db8:1:3::1"));
    }
}
