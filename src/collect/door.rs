//! One endpoint: how many calls may be under way there at a time. It opens while answers come as quickly as before,
//! and closes by half when the service throttles.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Calls under way at the start, at the least and at the most.
const FIRST: usize = 8;
const LEAST: usize = 2;
const MOST: usize = 64;

/// The way in to one service of one Region.
#[derive(Debug)]
pub(super) struct Door {
    places: Arc<Semaphore>,
    width: Mutex<Width>,
}

#[derive(Debug)]
struct Width {
    open: usize,
    /// Places to take away as soon as they are free.
    owed: usize,
    /// Answers to come to what was under way when the door was last made narrower: they do not make it narrower again.
    rest: usize,
}

impl Default for Door {
    fn default() -> Self {
        let width = Width { open: FIRST, owed: 0, rest: 0 };
        Self { places: Arc::new(Semaphore::new(FIRST)), width: Mutex::new(width) }
    }
}

impl Door {
    /// Waits for a place.
    pub(super) async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        // Never refused: the semaphore is not closed.
        Arc::clone(&self.places).acquire_owned().await.ok()
    }

    /// Gives a place back after an answer; one that came quickly opens the door wider.
    pub(super) fn answered(&self, place: Option<OwnedSemaphorePermit>, quickly: bool) {
        self.change(place, |width, places| {
            width.rest = width.rest.saturating_sub(1);
            if quickly && width.open < MOST {
                width.open += 1;
                match width.owed {
                    0 => places.add_permits(1),
                    _ => width.owed -= 1,
                }
            }
        });
    }

    /// Gives a place back after a refusal for its rate, which halves the door.
    pub(super) fn throttled(&self, place: Option<OwnedSemaphorePermit>) {
        self.change(place, |width, _| {
            if width.rest > 0 {
                width.rest -= 1;
                return;
            }
            let half = (width.open / 2).max(LEAST);
            width.rest = width.open;
            width.owed += width.open - half;
            width.open = half;
        });
    }

    fn change(&self, place: Option<OwnedSemaphorePermit>, how: impl FnOnce(&mut Width, &Semaphore)) {
        let mut width = self.width.lock().unwrap_or_else(PoisonError::into_inner);
        how(&mut width, &self.places);
        if width.owed > 0
            && let Some(place) = place
        {
            width.owed -= 1;
            place.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_door_opens_while_answers_are_quick_and_halves_once_a_burst() {
        let door = Door::default();
        for _ in 0..200 {
            door.answered(door.enter().await, true);
        }
        assert_eq!(door.places.available_permits(), MOST);
        let mut inside = Vec::new();
        for _ in 0..MOST {
            inside.push(door.enter().await);
        }
        inside.into_iter().for_each(|place| door.throttled(place));
        assert_eq!(door.places.available_permits(), MOST / 2);
        for _ in 0..1000 {
            door.throttled(door.enter().await);
        }
        assert_eq!(door.places.available_permits(), LEAST);
        door.answered(door.enter().await, false);
        assert_eq!(door.places.available_permits(), LEAST);
        door.answered(door.enter().await, true);
        assert_eq!(door.places.available_permits(), LEAST + 1);
    }
}
