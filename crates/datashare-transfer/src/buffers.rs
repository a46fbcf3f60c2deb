//! Buffers that are used again: having the system clear fresh memory for every part costs more than filling it.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// Smaller ones are not worth keeping.
const LEAST: usize = 256 * 1024;
/// Buffers that lie ready; those of all parts in flight.
const MOST_READY: usize = 8;

/// The buffers of one run. They are gone with it.
#[derive(Debug, Default)]
pub(crate) struct Buffers(Mutex<Vec<Vec<u8>>>);

impl Buffers {
    /// An empty one of at least this capacity, bytes.
    pub(crate) fn take(self: &Arc<Self>, capacity: usize) -> Buffer {
        let ready = if capacity < LEAST { None } else { self.ready().pop() };
        let mut bytes = ready.unwrap_or_default();
        bytes.reserve_exact(capacity);
        Buffer { bytes, home: self.clone() }
    }

    fn ready(&self) -> std::sync::MutexGuard<'_, Vec<Vec<u8>>> {
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
        let mut ready = self.home.ready();
        if bytes.capacity() >= LEAST && ready.len() < MOST_READY {
            bytes.clear();
            ready.push(bytes);
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
        assert!(buffers.ready().is_empty());
        assert_eq!(part, "ne");
        drop(part);
        let again = buffers.take(LEAST);
        assert_eq!((again.bytes.as_ptr(), again.bytes.len()), (place, 0));
    }
}
