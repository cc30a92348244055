//! Whether a table's capacity grows with its load.

use super::Fact;
use crate::snapshot::{self, Services};

/// Whether Application Auto Scaling has both ways of `table` among its targets; `services` are those of its Region.
pub fn autoscaled(table: &snapshot::Table, services: &Services) -> Fact<bool> {
    let (targets, resource) = (&services.scalable_targets, format!("table/{}", table.name));
    let scales = |way: &str| {
        let dimension = format!("dynamodb:table:{way}CapacityUnits");
        targets.items.iter().any(|target| target.resource == resource && target.dimension == dimension)
    };
    Fact::Known(scales("Read") && scales("Write")).or_hidden(&targets.gap)
}
