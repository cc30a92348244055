//! Whether letters read like language: pairs of letters, as they follow each other in words and in chance.
//!
//! The table is counted by `tests/detect/bigrams.py` over word lists of nine languages, English four times. It tells words from
//! chance far better than entropy does; it cannot tell a token from an id or a digest, for which name and shape must speak.

/// For each letter its followers from a to z: how much likelier than chance, in half bits, `i` for not at all, capped at
/// four bits below and two and a half above.
const PAIRS: [&[u8; 26]; 26] = [
    b"ehjjafhcicekjmbhamllghcadd",
    b"miabnabalcalablaalhdkaaaha",
    b"mahalaanlajhaamaaieiiaaaef",
    b"lcbgnaebmbagcelbaijbiccaed",
    b"hfhjgfgcicejimdganmjefdebf",
    b"lbadmkdamaakablaalgikaaaea",
    b"mbacnaiikaajdikaalkfjaaada",
    b"ncaanbcalaahfgmaaiijjaeaga",
    b"kfkhlgiaaeejinkfbhlkchaaah",
    b"nbehnfcahaiffilcafiemeaaaf",
    b"mdabnccelcgjcildajkkieeafa",
    b"medgmdeembeleekdaaiiidaaia",
    b"njbcnbaamaadjemkacidiaaaea",
    b"lcjllfldlbfcbhjaaclmfeaadd",
    b"fgihgfhcfbekjnhiamkijgibcd",
    b"maaamdailaakabljamihiaaaca",
    b"aaaaaaaacaabaaaaaabanaaaaa",
    b"nffhndgcmaffhildahkihebafe",
    b"kekbmddhkahgheijcbmniddadd",
    b"mccanabhmbafbdkaaljiibcagc",
    b"iiiijghcjeekjldiallkbddbad",
    b"naabnabanaafadlaagfbeeaaaa",
    b"nddenaahmadfbhkcagjcgaaaja",
    b"lakalcagmabfbbimaaimhgbiga",
    b"jhkhjegchegikjhiainieaiaaf",
    b"ndednadbmaeeehkcabefkagaij",
];

/// Bits by which the letters of `text` are likelier in words than in chance, for each of its letters and digits.
///
/// Words in any style give 0.25 and more, chance over letters and digits less than 0.1, nearly always below zero.
pub(crate) fn reading(text: &[u8]) -> f64 {
    let mut half_bits = 0_i32;
    let mut size = 0_u32;
    let mut before: Option<u8> = None;
    for (i, &b) in text.iter().enumerate() {
        size += u32::from(b.is_ascii_alphanumeric());
        // A capital begins a word, unless the letters before and after it are capitals too.
        let next_small = text.get(i + 1).is_some_and(u8::is_ascii_lowercase);
        let begins = b.is_ascii_uppercase() && before.is_none_or(|p| p.is_ascii_lowercase() || next_small);
        if let Some(p) = before
            && b.is_ascii_alphabetic()
            && !begins
        {
            half_bits += pair(p, b);
        }
        before = b.is_ascii_alphabetic().then_some(b);
    }
    f64::from(half_bits) / 2.0 / f64::from(size.max(1))
}

/// Half bits of one letter after another, in either case.
fn pair(a: u8, b: u8) -> i32 {
    let place = |c: u8| usize::from(c.to_ascii_lowercase() - b'a');
    PAIRS.get(place(a)).and_then(|row| row.get(place(b))).map_or(0, |cell| i32::from(*cell) - i32::from(b'i'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_any_style_read_and_chance_does_not() {
        for text in [
            "customer-production-default",
            "eu-west-1_production_users_v2",
            "AWSElasticBlockStoreID2",
            "JohnSmith1984London",
            "Benutzerverwaltung",
            "utilisateur_principal",
            "configuracion_avanzada",
            "THIS_IS_A_CONSTANT",
        ] {
            assert!(reading(text.as_bytes()) >= 0.25, "{text}: {}", reading(text.as_bytes()));
        }
        let mut rng = fastrand::Rng::with_seed(7);
        let mut chance = |len: usize| -> Vec<u8> { (0..len).map(|_| rng.alphanumeric() as u8).collect() };
        let read = (0..1000).filter(|_| reading(&chance(24)) >= 0.1).count();
        assert!(read <= 20, "{read} of 1000");
    }
}
