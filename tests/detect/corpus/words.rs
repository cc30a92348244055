//! Words of people: prose in twenty languages, names, passwords as people choose them, lines of logs and chats.

use super::draw::Draw;

const PROSE: &str = include_str!("prose.txt");
const LINES: &str = include_str!("lines.txt");

const FIRST: [&str; 20] = [
    "Anna",
    "Ben",
    "Chloé",
    "Dmitri",
    "Elif",
    "Farid",
    "Grace",
    "Hiroshi",
    "Ines",
    "Jörg",
    "Katarzyna",
    "Luis",
    "Mei",
    "Noah",
    "Olga",
    "Priya",
    "Quentin",
    "Rosa",
    "Sven",
    "Thandi",
];
const LAST: [&str; 20] = [
    "Adeyemi", "Brown", "Castillo", "Dubois", "Eriksen", "Fischer", "García", "Hansen", "Ivanova", "Jones",
    "Kowalska", "Lee", "Müller", "Nakamura", "O'Brien", "Pereira", "Quist", "Rossi", "Singh", "Tanaka",
];

/// The first and the last words of BIP-39's list, with their numbers.
pub const BIP39: [(usize, &str); 72] = [
    (0, "abandon"),
    (1, "ability"),
    (2, "able"),
    (3, "about"),
    (4, "above"),
    (5, "absent"),
    (6, "absorb"),
    (7, "abstract"),
    (8, "absurd"),
    (9, "abuse"),
    (10, "access"),
    (11, "accident"),
    (12, "account"),
    (13, "accuse"),
    (14, "achieve"),
    (15, "acid"),
    (16, "acoustic"),
    (17, "acquire"),
    (18, "across"),
    (19, "act"),
    (20, "action"),
    (21, "actor"),
    (22, "actress"),
    (23, "actual"),
    (24, "adapt"),
    (25, "add"),
    (26, "addict"),
    (27, "address"),
    (28, "adjust"),
    (29, "admit"),
    (30, "adult"),
    (31, "advance"),
    (32, "advice"),
    (33, "aerobic"),
    (34, "affair"),
    (35, "afford"),
    (36, "afraid"),
    (37, "again"),
    (38, "age"),
    (39, "agent"),
    (40, "agree"),
    (41, "ahead"),
    (42, "aim"),
    (43, "air"),
    (44, "airport"),
    (45, "aisle"),
    (46, "alarm"),
    (47, "album"),
    (48, "alcohol"),
    (49, "alert"),
    (50, "alien"),
    (51, "all"),
    (52, "alley"),
    (53, "allow"),
    (54, "almost"),
    (55, "alone"),
    (56, "alpha"),
    (57, "already"),
    (58, "also"),
    (59, "alter"),
    (60, "always"),
    (61, "amateur"),
    (62, "amazing"),
    (63, "among"),
    (2040, "yellow"),
    (2041, "you"),
    (2042, "young"),
    (2043, "youth"),
    (2044, "zebra"),
    (2045, "zero"),
    (2046, "zone"),
    (2047, "zoo"),
];

/// What `maker` makes.
pub fn make(draw: &mut Draw, maker: &str, argument: &str) -> String {
    match maker {
        "human" => human(draw),
        "words" => {
            let (count, between) = argument.split_once(' ').unwrap_or((argument, " "));
            let words: Vec<String> = (0..count.parse().unwrap_or(2)).map(|_| word(draw)).collect();
            words.join(if between.is_empty() { " " } else { between })
        }
        "person" => format!("{} {}", draw.pick(&FIRST), draw.pick(&LAST)),
        "prose" => prose(draw, argument),
        "line" => line(draw, argument),
        other => panic!("no maker {other}"),
    }
}

fn language(code: &str) -> Vec<&'static str> {
    let line = PROSE.lines().find_map(|line| line.strip_prefix(code)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no language {code}")).split(' ').collect()
}

fn word(draw: &mut Draw) -> String {
    let words: Vec<&str> = language("en").into_iter().filter(|word| word.len() > 4).collect();
    (*draw.pick(&words)).to_owned()
}

/// One to four sentences.
fn prose(draw: &mut Draw, code: &str) -> String {
    let words = language(code);
    let sentences: Vec<String> = (0..1 + draw.below(4))
        .map(|_| {
            let count = 5 + draw.below(14);
            let text: Vec<&str> = (0..count).map(|_| *draw.pick(&words)).collect();
            let text = text.join(if code == "zh" { "" } else { " " });
            let mut chars = text.chars();
            chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str() + ".")
        })
        .map(Option::unwrap_or_default)
        .collect();
    sentences.join(" ")
}

/// A password as people choose them.
fn human(draw: &mut Draw) -> String {
    let (a, b) = (word(draw), word(draw));
    let capital = |text: &str| text[..1].to_uppercase() + &text[1..];
    let year = 1960 + draw.below(67);
    match draw.below(6) {
        0 => format!("{}{year}!", capital(&a)),
        1 => format!("{}{}{}", capital(&a), capital(&b), draw.below(1000)),
        2 => format!("{}@{}", capital(&a), draw.chars('d', 3)),
        3 => format!("{a}_{b}#{}", draw.chars('d', 2)),
        4 => format!(
            "{}!{}",
            capital(&a).replace('o', "0").replace('a', "@").replace('e', "3"),
            draw.chars('d', 2)
        ),
        _ => format!("{}{}$", draw.chars('c', 4), year),
    }
}

/// A line of a log, a chat, a ticket, an address.
fn line(draw: &mut Draw, sort: &str) -> String {
    let all: Vec<&str> =
        LINES.lines().filter_map(|line| line.strip_prefix(sort)?.strip_prefix(" : ")).collect();
    let template = *draw.pick(&all);
    draw.text(template)
}
