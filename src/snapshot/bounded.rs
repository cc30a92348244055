//! Lists that no run writes longer are not read longer either: a file of a few kilobytes may unpack to millions of elements.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};

/// Reads a list of at most `MOST` elements.
///
/// # Errors
/// There are more; the reader adds the place.
pub(super) fn list<'de, const MOST: usize, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Vec<T>, D::Error> {
    from.deserialize_seq(List::<MOST, T>(PhantomData))
}

/// Reads names with numbers, at most `MOST` of them.
///
/// # Errors
/// There are more; the reader adds the place.
pub(super) fn counts<'de, const MOST: usize, D: Deserializer<'de>>(
    from: D,
) -> Result<BTreeMap<String, u64>, D::Error> {
    from.deserialize_map(Counts::<MOST>)
}

fn too_many<E: Error>(most: usize) -> E {
    E::custom(format_args!("more than {most} elements, which no run writes"))
}

struct List<const MOST: usize, T>(PhantomData<T>);

impl<'de, const MOST: usize, T: Deserialize<'de>> Visitor<'de> for List<MOST, T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = from.next_element()? {
            if list.len() == MOST {
                return Err(too_many(MOST));
            }
            list.push(element);
        }
        Ok(list)
    }
}

struct Counts<const MOST: usize>;

impl<'de, const MOST: usize> Visitor<'de> for Counts<MOST> {
    type Value = BTreeMap<String, u64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("names with numbers")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
        let mut counts = BTreeMap::new();
        while let Some((name, count)) = from.next_entry()? {
            if counts.len() == MOST {
                return Err(too_many(MOST));
            }
            counts.insert(name, count);
        }
        Ok(counts)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::sample::{Contents, MAX_DIGESTS, MAX_NAMES};

    fn read(names: usize, digests: usize) -> Result<Contents, String> {
        let names: std::collections::BTreeMap<String, u64> = (0..names).map(|n| (n.to_string(), 1)).collect();
        let sighting = json!({
            "path": "a", "kind": "jwt", "rule": "jwt", "basis": "shaped", "confidence": 1.0, "items": 1,
            "items_with_path": 1, "min_len": 1, "max_len": 1, "preview": "…", "traits": [],
            "digests": vec!["00"; digests],
        });
        let contents = json!({
            "items": 1, "names": names, "encrypted_items": 0, "legacy_encrypted_items": 0, "cut_items": 0,
            "sightings": [sighting], "token_items": 0, "lasting_tokens": 0,
        });
        serde_json::from_str(&contents.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_list_is_read_up_to_what_a_run_writes_and_refused_beyond() {
        let whole = read(MAX_NAMES, MAX_DIGESTS).unwrap();
        assert_eq!((whole.names.len(), whole.sightings[0].digests.len()), (MAX_NAMES, MAX_DIGESTS));
        for (names, digests, most) in
            [(MAX_NAMES + 1, 0, "1000"), (0, MAX_DIGESTS + 1, "8"), (0, 100_000, "8")]
        {
            let refused = read(names, digests).unwrap_err();
            assert!(refused.contains(&format!("more than {most} elements")), "{refused}");
            assert!(refused.contains("line 1 column"), "{refused}");
        }
    }
}
