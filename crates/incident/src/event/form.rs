//! From the list of kinds to the types of their bodies.

macro_rules! bodies {
    ($($(#[$doc:meta])* $name:ident = $kind:literal v $version:literal { $($(#[$fmeta:meta])* $field:ident : $ty:ty),* $(,)? }),+ $(,)?) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
            pub struct $name { $($(#[$fmeta])* pub $field : $ty),* }
        )+

        /// What happened.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Body {
            $($(#[$doc])* $name(Box<$name>),)+
            /// Written by a newer version of the product: kept and shown, never interpreted.
            Unknown {
                /// Its kind.
                kind: String,
                /// Its version.
                version: u32,
                /// Its data as it was written.
                data: String,
            },
        }

        impl Body {
            /// Every known kind with its current version.
            pub const KINDS: &'static [(&'static str, u32)] = &[$(($kind, $version)),+];

            /// The kind: past tense of what happened.
            pub fn kind(&self) -> &str {
                match self { $(Body::$name(_) => $kind,)+ Body::Unknown { kind, .. } => kind }
            }

            /// The version of the body's form.
            pub fn version(&self) -> u32 {
                match self { $(Body::$name(_) => $version,)+ Body::Unknown { version, .. } => *version }
            }

            /// The data as JSON text.
            pub fn data_json(&self) -> String {
                match self {
                    $(Body::$name(data) => serde_json::to_string(data).expect("event bodies are plain data"),)+
                    Body::Unknown { data, .. } => data.clone(),
                }
            }

            /// Reads a body of any version ever written. What it does not know becomes `Unknown`.
            pub fn decode(kind: &str, version: u32, data: &str) -> Body {
                let unknown = || Body::Unknown { kind: kind.to_owned(), version, data: data.to_owned() };
                let lifted = match crate::upcast::upcast(kind, version, data) {
                    crate::upcast::Upcast::Current => std::borrow::Cow::Borrowed(data),
                    crate::upcast::Upcast::Lifted(text) => std::borrow::Cow::Owned(text),
                    crate::upcast::Upcast::Newer => return unknown(),
                };
                let body = match kind {
                    $($kind => serde_json::from_str(&lifted).ok().map(Body::$name),)+
                    _ => None,
                };
                body.unwrap_or_else(unknown)
            }
        }

        $(impl From<$name> for Body {
            fn from(data: $name) -> Body { Body::$name(Box::new(data)) }
        })+
    };
}

pub(super) use bodies;
