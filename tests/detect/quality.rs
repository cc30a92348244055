//! The detector against labelled items of seven hundred kinds of secret and three hundred hard negatives.

use std::collections::BTreeSet;

use crate::{
    corpus::{Corpus, base58check, bech32, crc32, draw::Draw, ordinary},
    judge::{Scores, detector, item, of_line},
};

/// Two draws: the second shares no value with the first.
const SEEDS: [u64; 2] = [1, 20_261_126];

/// What holds whatever the draw; `cargo bench --bench quality` prints the figures that these stay below.
const PRECISION: f64 = 0.985;
const RECALL: f64 = 0.97;
const F1_BY_COLUMN: f64 = 0.98;

fn singles(seed: u64) -> Scores {
    let all = Corpus::new(seed).singles(2, 5);
    Scores::of(&all.into_iter().map(|one| vec![one]).collect::<Vec<_>>())
}

#[test]
fn value_by_value() {
    for seed in SEEDS {
        let scores = singles(seed);
        let (precision, recall) = (scores.all.precision(), scores.all.recall());
        let worst = &scores.wrong("kind");
        assert!(precision >= PRECISION && recall >= RECALL, "{seed}: {precision:.4} {recall:.4} {worst:?}");
    }
}

#[test]
fn by_column() {
    for seed in SEEDS {
        let scores = Scores::of(&Corpus::new(seed).tables(1, 1, 50));
        assert!(scores.all.f1() >= F1_BY_COLUMN, "{seed}: {:.4} {:?}", scores.all.f1(), scores.wrong("kind"));
    }
}

#[test]
fn ordinary_items_are_left_alone() {
    for seed in SEEDS {
        let (mut draw, mut inspector) = (Draw::new(seed), detector().inspector());
        let items = (0..4000).map(|_| ordinary(&mut draw));
        let flagged: Vec<String> = items
            .flat_map(|item| of_line(&mut inspector, &item))
            .map(|one| one.path + ": " + &one.rule)
            .collect();
        assert!(flagged.is_empty(), "{seed}: {} {flagged:?}", flagged.len());
    }
}

#[test]
fn the_corpus_is_what_it_says() {
    let (secret, benign) = Corpus::new(1).sizes();
    assert!(secret >= 340 && benign >= 60, "{secret} {benign}");
    let (first, second) = (Corpus::new(1).singles(1, 1), Corpus::new(2).singles(1, 1));
    let kinds: BTreeSet<&str> = first.iter().map(|one| one.kind).collect();
    assert_eq!(kinds.len(), secret + benign, "a kind is on both sides, or missing");
    for one in first.iter().chain(&second) {
        assert!(one.item.get(&one.attribute).is_some(), "{}: {}", one.kind, one.item);
        drop(item(&one.item));
    }
    let again = Corpus::new(1).singles(1, 1);
    assert!(first.iter().zip(&again).all(|(a, b)| a.item == b.item), "the same seed gives the same items");
    assert!(first.iter().zip(&second).all(|(a, b)| a.item != b.item), "another seed gives others");
}

/// The published vectors of the formats.
#[test]
fn checksums_are_those_of_the_standards() {
    assert_eq!(bech32("a", &[]), "a12uel5l");
    assert_eq!(base58check(&[0; 21]), "1111111111111111111114oLvT2");
    assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
}
