//! The seats of a Region's tables: how many are in work at one time, and how many wait beside them for capacity alone.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Tables of a Region that wait for their share of capacity beside those in work. Each keeps some tens of kilobytes meanwhile.
const WAITING: usize = 1_000;

/// Seats for the tables of one Region, for each has rates of its own.
#[derive(Debug, Clone)]
pub(super) struct Seats {
    work: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

/// The seat of one table; it is free for another when this is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    held: Mutex<Option<OwnedSemaphorePermit>>,
    waiting: Arc<Semaphore>,
}

impl Seats {
    pub(super) fn new(tables: usize) -> Self {
        Self { work: Arc::new(Semaphore::new(tables)), waiting: Arc::new(Semaphore::new(WAITING)) }
    }

    /// Waits for a seat.
    pub(super) async fn take(&self) -> Seat {
        // Never refused: the semaphore is not closed.
        let held = Arc::clone(&self.work).acquire_owned().await.ok();
        Seat { held: Mutex::new(held), waiting: Arc::clone(&self.waiting) }
    }
}

impl Seat {
    /// Leaves the seat to another table, unless too many wait already.
    pub(super) fn leave(&self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(place) = Arc::clone(&self.waiting).try_acquire_owned() {
            *held = Some(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waits_leaves_the_seat_while_there_is_room_to_wait() {
        let mut seats = Seats::new(2);
        seats.waiting = Arc::new(Semaphore::new(2));
        let mut all = Vec::new();
        for _ in 0..4 {
            let seat = seats.take().await;
            seat.leave();
            seat.leave();
            all.push(seat);
        }
        assert_eq!((seats.work.available_permits(), seats.waiting.available_permits()), (0, 0));
        all.clear();
        assert_eq!((seats.work.available_permits(), seats.waiting.available_permits()), (2, 2));
    }
}
