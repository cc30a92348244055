//! Lists that come page by page, and work that goes out side by side and comes back in order.

use std::collections::HashSet;
use std::future::Future;

use tokio::task::JoinSet;

use super::fault::Fault;
use crate::snapshot::Why;

/// Most pages that are read of one list. The longest list that AWS allows has fewer: 50,000 grants of a key come in
/// 500 pages (AWS documentation: "AWS KMS resource quotas"), 10,000 tables of a Region in 100.
pub(super) const MOST_PAGES: usize = 2_000;

/// One page, and what to ask for to get the next.
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) next: Option<String>,
}

/// Reads pages until there is no next. A list that repeats a token, or does not end, is broken off with what it
/// gave so far; so is one that fails midway.
pub(super) async fn pages<T, F>(mut fetch: impl FnMut(Option<String>) -> F) -> (Vec<T>, Option<Fault>)
where
    F: Future<Output = Result<Page<T>, Fault>>,
{
    let (mut items, mut seen, mut token) = (Vec::new(), HashSet::new(), None);
    for _ in 0..MOST_PAGES {
        match fetch(token).await {
            Err(fault) => return (items, Some(fault)),
            Ok(page) => {
                items.extend(page.items);
                match page.next.filter(|next| !next.is_empty()) {
                    None => return (items, None),
                    Some(next) if !seen.insert(next.clone()) => {
                        return (items, Some(Fault::own(Why::Endless, "a page's token came twice")));
                    }
                    next => token = next,
                }
            }
        }
    }
    (items, Some(Fault::own(Why::Endless, "the list did not end within 2000 pages")))
}

/// Does the same to each, side by side, and gives the results in the order of the questions.
pub(super) async fn side_by_side<I, T, F>(
    questions: impl IntoIterator<Item = I>,
    ask: impl Fn(I) -> F,
) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut running = JoinSet::new();
    for (place, question) in questions.into_iter().enumerate() {
        let answer = ask(question);
        running.spawn(async move { (place, answer.await) });
    }
    let mut answers = Vec::with_capacity(running.len());
    while let Some(done) = running.join_next().await {
        match done {
            Ok(answer) => answers.push(answer),
            // A fault of our own: an answer must not vanish, so it goes on upward.
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => {}
        }
    }
    answers.sort_by_key(|(place, _)| *place);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(next: impl Fn(u32) -> Option<String>) -> (Vec<u32>, Option<Why>) {
        let mut page = 0;
        let (items, fault) = pages(|_| {
            page += 1;
            let answer = Page { items: vec![page], next: next(page) };
            async move { Ok(answer) }
        })
        .await;
        (items, fault.map(|f| f.why))
    }

    #[tokio::test]
    async fn a_list_ends_repeats_or_never_ends() {
        assert_eq!(read(|n| (n < 3).then(|| n.to_string())).await, (vec![1, 2, 3], None));
        assert_eq!(read(|_| Some(String::new())).await, (vec![1], None));
        assert_eq!(read(|_| Some("again".into())).await, (vec![1, 2], Some(Why::Endless)));
        let (items, why) = read(|n| Some(n.to_string())).await;
        assert_eq!((items.len(), why), (MOST_PAGES, Some(Why::Endless)));
    }
}
