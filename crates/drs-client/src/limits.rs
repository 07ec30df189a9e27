//! The limits of the client, each with its reason.

use std::time::Duration;

/// The limits of the client.
#[cfg_attr(not(feature = "reqwest"), expect(dead_code, reason = "some are of the transport"))]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The longest call, unless the user sets another timeout. A call without a limit could wait for ever.
    pub(crate) timeout: Duration,
    /// The largest body, unless the user sets another limit. Documented responses have a few kilobytes.
    pub(crate) response_bytes: usize,
    /// The largest `Content-Length` for which memory is taken before the body arrives.
    pub(crate) trusted_length: usize,
    /// The most headers of a response. Proxies may add many.
    pub(crate) response_headers: usize,
    /// The largest head of a response over HTTP/2, in bytes; that of HTTP/1.1 has a similar limit in hyper. A token has
    /// several kilobytes.
    pub(crate) response_head_bytes: u32,
    /// The time after the timeout for the connector to report that it was not connected yet.
    pub(crate) connector_grace: Duration,
    /// The longest wait for a proxy that is asked why it refused a connection.
    pub(crate) proxy_wait: Duration,
    /// The longest first line of a proxy's response, in bytes.
    pub(crate) proxy_line: u64,
    /// The longest status of a proxy that is quoted, in characters.
    pub(crate) proxy_status: usize,
    /// The longest id, code, time or address of the service that is quoted, in characters.
    pub(crate) quoted: usize,
    /// The size of a page where neither the call nor the documentation has one.
    pub(crate) page_size: i64,
    /// The most items of one chunk of a batch, unless the user sets another number. The service documents no limit; a
    /// report on a task has some kilobytes.
    pub(crate) chunk_items: usize,
    /// The most chunks that are sent at a time, unless the user sets another number. The service throttles.
    pub(crate) concurrency: usize,
    /// The time between two queries of a wait, where no source has one.
    pub(crate) wait_interval: Duration,
    /// The longest wait, where no source has one and the user sets none.
    pub(crate) wait_timeout: Duration,
    /// The longest pause of a wait after failures, unless the service tells a longer one.
    pub(crate) wait_pause: Duration,
    /// The number of misfits in the message of an error. The error itself has all of them.
    pub(crate) misfits: usize,
}

/// The limits of the product.
pub(crate) const LIMITS: Limits = Limits {
    timeout: Duration::from_mins(1),
    response_bytes: 64 << 20,
    trusted_length: 1 << 20,
    response_headers: 1000,
    response_head_bytes: 400 << 10,
    connector_grace: Duration::from_millis(100),
    proxy_wait: Duration::from_secs(5),
    proxy_line: 4 << 10,
    proxy_status: 100,
    quoted: 500,
    page_size: 100,
    chunk_items: 50,
    concurrency: 4,
    wait_interval: Duration::from_secs(10),
    wait_timeout: Duration::from_mins(30),
    wait_pause: Duration::from_mins(1),
    misfits: 3,
};
