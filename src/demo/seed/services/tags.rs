//! Tags in bulk, for the tables that have some; the list leaves out all others.

use serde_json::{Value, json};

use super::Laying;
use crate::demo::ACCOUNT;
use crate::demo::seed::{AWAY, HOME, tables};

pub(super) fn plant(shelf: &Laying<'_>) {
    for region in [HOME, AWAY] {
        let tagged: Vec<Value> = tables::tags(region)
            .into_iter()
            .map(|(name, tags)| {
                json!({ "ResourceARN": format!("arn:aws:dynamodb:{region}:{ACCOUNT}:table/{name}"), "Tags": tags })
            })
            .collect();
        shelf.lay(region, "tag:GetResources", "", json!({ "ResourceTagMappingList": tagged }));
    }
}
