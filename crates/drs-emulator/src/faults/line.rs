//! The connection of a client, which a fault breaks or slows down.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// The end of the head of a response.
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// How much of the head or the body is sent before a connection breaks.
const SENT: usize = 12;

/// A part of a response.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum Part {
    /// Before the first byte.
    BeforeHead,
    /// After the first bytes of the head.
    Head,
    /// After the head and the first bytes of the body.
    Body,
}

/// What happens to the current response of a connection. The service orders it, and the stream carries it out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line(Arc<Mutex<Order>>);

#[derive(Debug, Default)]
struct Order {
    breaks: Option<Break>,
    pace: Option<Pace>,
}

#[derive(Clone, Copy, Debug)]
struct Break {
    at: Part,
    /// Whether the client gets a reset (RST). Otherwise the connection is closed.
    reset: bool,
    /// What is sent in the place of the rest.
    instead: &'static [u8],
    /// How many bytes are still sent; `None` before the first byte.
    left: Option<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Pace {
    bytes: usize,
    pause: Duration,
}

impl Line {
    /// Breaks the connection within the current response, and sends something else in the place of the rest.
    pub(crate) fn break_at(&self, at: Part, reset: bool, instead: &'static [u8]) {
        self.order().breaks = Some(Break { at, reset, instead, left: None });
    }

    /// Sends the current response in small pieces.
    pub(crate) fn slow(&self, bytes: usize, pause: Duration) {
        self.order().pace = Some(Pace { bytes, pause });
    }

    /// Begins another response, without a fault.
    pub(crate) fn clear(&self) {
        *self.order() = Order::default();
    }

    fn order(&self) -> MutexGuard<'_, Order> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Break {
    /// Returns how many bytes of a response are sent that begins with `bytes`. They have the whole head.
    fn sent(&self, bytes: &[u8]) -> usize {
        let head = || bytes.windows(END_OF_HEAD.len()).position(|window| window == END_OF_HEAD);
        match self.at {
            Part::BeforeHead => 0,
            Part::Head => SENT,
            Part::Body => {
                let head = head().map_or(bytes.len(), |at| at + END_OF_HEAD.len());
                if self.instead.is_empty() { head + SENT } else { head }
            }
        }
    }
}

/// The stream of a connection. It does what the line orders.
#[derive(Debug)]
pub(crate) struct FaultyStream {
    stream: TcpStream,
    line: Line,
    /// The pause after a small piece.
    pause: Option<Pin<Box<Sleep>>>,
}

impl FaultyStream {
    pub(crate) fn new(stream: TcpStream, line: Line) -> Self {
        Self { stream, line, pause: None }
    }

    /// Sends what comes in the place of the rest, and breaks the connection: the caller drops it after the error.
    fn poll_break(&mut self, cx: &mut Context<'_>, order: Break) -> Poll<io::Result<usize>> {
        let mut instead = order.instead;
        while !instead.is_empty() {
            let count = ready!(Pin::new(&mut self.stream).poll_write(cx, instead))?;
            instead = &instead[count..];
            self.line.order().breaks = Some(Break { instead, ..order });
        }
        if order.reset {
            self.stream.set_zero_linger()?;
        }
        Poll::Ready(Err(io::Error::other("the scenario breaks the connection")))
    }
}

impl AsyncRead for FaultyStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for FaultyStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let (breaks, pace) = {
            let order = self.line.order();
            (order.breaks, order.pace)
        };
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(cx));
            self.pause = None;
        }
        let mut most = pace.map_or(bytes.len(), |pace| pace.bytes.min(bytes.len()));
        let left = breaks.map(|order| order.left.unwrap_or_else(|| order.sent(bytes)));
        if let (Some(order), Some(left)) = (breaks, left) {
            if left == 0 {
                return self.poll_break(cx, order);
            }
            most = most.min(left);
        }
        let count = ready!(Pin::new(&mut self.stream).poll_write(cx, &bytes[..most]))?;
        if let (Some(order), Some(left)) = (breaks, left) {
            self.line.order().breaks = Some(Break { left: Some(left - count), ..order });
        }
        self.pause = pace.map(|pace| Box::pin(sleep(pace.pause)));
        Poll::Ready(Ok(count))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let is_ordered = {
            let order = self.line.order();
            order.breaks.is_some() || order.pace.is_some()
        };
        if !is_ordered && self.pause.is_none() {
            return Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        }
        // The first piece has the whole head.
        let first = pieces.iter().find(|piece| !piece.is_empty()).map_or(&[][..], |piece| piece);
        self.poll_write(cx, first)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
