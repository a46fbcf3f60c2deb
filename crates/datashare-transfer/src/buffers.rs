//! Buffers that are used again: having the system clear fresh memory for every part costs more than filling it.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// Smaller ones are not worth keeping.
const LEAST: usize = 256 * 1024;
/// Bytes of the buffers that lie ready: about what is in flight at first.
const MOST_READY: usize = 32 << 20;

/// The buffers of one run. They are gone with it.
#[derive(Debug, Default)]
pub(crate) struct Buffers(Mutex<Ready>);

#[derive(Debug, Default)]
struct Ready {
    buffers: Vec<Vec<u8>>,
    /// Of all of them together.
    capacity: usize,
}

impl Ready {
    fn pop(&mut self) -> Option<Vec<u8>> {
        let buffer = self.buffers.pop()?;
        self.capacity -= buffer.capacity();
        Some(buffer)
    }

    fn push(&mut self, buffer: Vec<u8>) {
        if self.capacity + buffer.capacity() <= MOST_READY {
            self.capacity += buffer.capacity();
            self.buffers.push(buffer);
        }
    }
}

impl Buffers {
    /// An empty one of at least this capacity, bytes.
    pub(crate) fn take(self: &Arc<Self>, capacity: usize) -> Buffer {
        let ready = if capacity < LEAST { None } else { self.ready().pop() };
        let mut bytes = ready.unwrap_or_default();
        bytes.reserve_exact(capacity);
        Buffer { bytes, home: self.clone() }
    }

    fn ready(&self) -> std::sync::MutexGuard<'_, Ready> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A buffer that goes back when the last of its bytes is let go.
#[derive(Debug)]
pub(crate) struct Buffer {
    pub(crate) bytes: Vec<u8>,
    home: Arc<Buffers>,
}

impl Buffer {
    pub(crate) fn freeze(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.bytes);
        if bytes.capacity() >= LEAST {
            bytes.clear();
            self.home.ready().push(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_empty_when_nobody_reads_it_any_more() {
        let buffers = Arc::new(Buffers::default());
        let mut buffer = buffers.take(LEAST);
        buffer.bytes.extend_from_slice(b"one");
        let place = buffer.bytes.as_ptr();
        let read = buffer.freeze();
        let part = read.slice(1..);
        drop(read);
        assert!(buffers.ready().buffers.is_empty());
        assert_eq!(part, "ne");
        drop(part);
        let again = buffers.take(LEAST);
        assert_eq!((again.bytes.as_ptr(), again.bytes.len()), (place, 0));
    }

    #[test]
    fn no_more_lie_ready_than_were_in_flight_at_first() {
        let buffers = Arc::new(Buffers::default());
        drop((0..5).map(|_| buffers.take(MOST_READY / 4)).collect::<Vec<_>>());
        let held = |ready: &Ready| (ready.buffers.len(), ready.capacity);
        assert_eq!(held(&buffers.ready()), (4, MOST_READY));
        let taken: Vec<_> = (0..5).map(|_| buffers.take(LEAST)).collect();
        assert_eq!(held(&buffers.ready()), (0, 0));
        drop(taken);
    }
}
