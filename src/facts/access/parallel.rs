//! Work spread over the cores, with the results in the order of the input.

use std::num::NonZero;

/// `work` done on every item, as `items.iter().map(work)` would, on all cores.
pub(super) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    // Small parts, dealt out in turn: the work differs from item to item.
    let part = items.len().div_ceil(cores * 8).max(16);
    if cores < 2 || items.len() <= part {
        return items.iter().map(work).collect();
    }
    let parts: Vec<&[T]> = items.chunks(part).collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let Some(part) = parts.get(at) else { return done };
            done.push((at, part.iter().map(&work).collect::<Vec<R>>()));
        }
    };
    let mut done: Vec<(usize, Vec<R>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(join).collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().flat_map(|(_, results)| results).collect()
}

/// What a worker did; its panic, if it had one, goes on here.
fn join<R>(worker: std::thread::ScopedJoinHandle<'_, Vec<R>>) -> Vec<R> {
    worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
