//! Tags in bulk: one list for a Region instead of a call for each table, which AWS answers at ten a second.

use std::collections::{BTreeMap, HashMap};

use serde_json::json;

use super::Asker;
use super::value::{list, text};
use crate::collect::calls;
use crate::collect::light::Question;
use crate::collect::run::Run;
use crate::collect::veil::Veiled;

/// Tags by ARN of a table.
pub(in crate::collect) type Tags = HashMap<String, BTreeMap<String, String>>;

/// The tags of the Region's tables, as far as the list goes. It leaves out what has no tags, and may leave out what the
/// caller must not see; so a table that is not in it is asked about by itself, and a refusal of the list costs nothing
/// but time (AWS documentation: "GetResources", Resource Groups Tagging API Reference).
pub(in crate::collect) async fn tags(run: &Run, region: &str) -> Tags {
    let page = |token: Option<String>| {
        Question::Body(json!({ "ResourceTypeFilters": ["dynamodb:table"], "ResourcesPerPage": 100,
            "PaginationToken": token.unwrap_or_default() }))
    };
    let asker = Asker::of(run, region);
    let (found, _) =
        asker.every_page(&calls::GET_RESOURCES, "ResourceTagMappingList", "PaginationToken", page).await;
    let mut tags = Tags::with_capacity(found.len());
    for resource in &found {
        // One that cannot be read is asked about by itself, too.
        let Ok(of) = list(resource, "Tags") else { continue };
        let of: BTreeMap<_, _> = of.iter().map(|tag| (text(tag, "Key"), text(tag, "Value"))).collect();
        let of = of.veiled(&run.detector);
        tags.insert(text(resource, "ResourceARN"), of);
    }
    tags
}
