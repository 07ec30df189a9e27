//! Whether responses are made up: an emulator that plays a scenario says so in a header.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use drs_auth::BoxFuture;
use drs_client::{Transport, TransportError};
use drs_emulator::Scenario;
use http::{Request, Response};

/// The name of the scenario that a response was of, if any.
#[derive(Clone, Debug, Default)]
pub(crate) struct Synthetic(Arc<OnceLock<String>>);

impl Synthetic {
    /// Returns the name of the scenario of the first response that was made up.
    pub(crate) fn scenario(&self) -> Option<String> {
        self.0.get().cloned()
    }

    /// Watches the responses of a transport.
    pub(crate) fn watch<T: Transport + 'static>(&self, transport: T) -> impl Transport + use<T> {
        Watched { transport, found: self.clone() }
    }
}

#[derive(Debug)]
struct Watched<T> {
    transport: T,
    found: Synthetic,
}

impl<T: Transport> Transport for Watched<T> {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(async move {
            let response = self.transport.send(request).await?;
            if let Some(value) = response.headers().get(Scenario::HEADER) {
                let name = value.to_str().ok().and_then(|value| value.strip_prefix("synthetic; "));
                let _ = self.found.0.set(name.unwrap_or("without a name").to_owned());
            }
            Ok(response)
        })
    }
}
