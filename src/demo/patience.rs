//! Waiting in the embedded account: none, since there is nobody to be gentle with.

use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};

/// A sleep that is over at once: the collector's pace and the SDK's back-off cost no time here.
#[derive(Debug)]
pub(super) struct NoPatience;

impl AsyncSleep for NoPatience {
    fn sleep(&self, _: Duration) -> Sleep {
        Sleep::new(tokio::task::yield_now())
    }
}
