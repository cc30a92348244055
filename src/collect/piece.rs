//! One piece of a run: done, or taken as a run that was killed left it.

use std::future::Future;
use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};

use super::run::Run;
use crate::snapshot::pieces::Piece;

/// Does the piece called `name`, or takes it from what is kept of an earlier run, with its calls and its gaps. A piece
/// that the end of a run cut short is not kept: it is done anew from its beginning.
pub(super) async fn piece<T, F>(run: &Arc<Run>, name: String, work: impl FnOnce(Arc<Run>) -> F) -> T
where
    T: Serialize + DeserializeOwned,
    F: Future<Output = T>,
{
    // Boxed: the pieces of a Region are awaited side by side, and all of their states together would fill a stack.
    let Some(kept) = &run.kept else { return Box::pin(work(Arc::clone(run))).await };
    if let Some(Piece { value, calls, gaps }) = kept.take(&name) {
        run.desk.enter(calls, gaps);
        return value;
    }
    let apart = Arc::new(run.apart());
    let value = Box::pin(work(Arc::clone(&apart))).await;
    let (calls, gaps) = apart.desk.books();
    let piece = Piece { value, calls, gaps };
    if !run.desk.stopped() {
        kept.keep(&name, &piece);
    }
    let Piece { value, calls, gaps } = piece;
    run.desk.enter(calls, gaps);
    value
}
