//! A form of the settings that may bring a file.

use crate::error::PageError;
use crate::form::Fields;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, header};

/// A form that may bring a file.
pub(crate) struct Filled {
    /// Its other fields.
    pub(crate) fields: Fields,
    /// The file's bytes, if one was chosen.
    pub(crate) file: Option<Vec<u8>>,
}

impl<S: Send + Sync> FromRequest<S> for Filled {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        if !brings_files(request.headers()) {
            return Ok(Filled { fields: Fields::from_request(request, state).await?, file: None });
        }
        let torn = |error: axum::extract::multipart::MultipartError| {
            PageError::Status(error.status(), error.body_text())
        };
        let mut parts = Multipart::from_request(request, state)
            .await
            .map_err(|error| PageError::Status(error.status(), error.body_text()))?;
        let (mut pairs, mut file) = (Vec::new(), None);
        while let Some(part) = parts.next_field().await.map_err(torn)? {
            let name = part.name().unwrap_or_default().to_owned();
            match part.file_name().map(str::is_empty) {
                // Browsers send an empty part where no file was chosen.
                Some(true) => {}
                Some(false) => file = Some(part.bytes().await.map_err(torn)?.to_vec()),
                None => pairs.push((name, part.text().await.map_err(torn)?)),
            }
        }
        Ok(Filled { fields: Fields::of(pairs), file })
    }
}

fn brings_files(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}
