//! The answers that are remembered: in memory, and as a file with one on each line.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};

use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize)]
pub struct Answer {
    pub status: u16,
    pub kind: String,
    pub body: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    key: String,
    #[serde(flatten)]
    answer: Answer,
}

pub struct Store {
    path: String,
    answers: HashMap<String, Answer>,
}

impl Store {
    /// The answers in the file at `path`; none where there is no such file.
    pub fn open(path: &str) -> io::Result<Self> {
        let mut answers = HashMap::new();
        if let Ok(file) = File::open(path) {
            for line in BufReader::new(file).lines() {
                let Line { key, answer } = serde_json::from_str(&line?)?;
                answers.insert(key, answer);
            }
        }
        Ok(Self { path: path.to_owned(), answers })
    }

    pub fn len(&self) -> usize {
        self.answers.len()
    }

    pub fn find(&self, key: &str) -> Option<Answer> {
        self.answers.get(key).cloned()
    }

    pub fn keep(&mut self, key: String, answer: Answer) {
        self.answers.insert(key, answer);
    }

    pub fn save(&self) -> io::Result<()> {
        let mut out = BufWriter::new(File::create(&self.path)?);
        let mut all: Vec<_> = self.answers.iter().collect();
        all.sort_by_key(|(key, _)| *key);
        for (key, answer) in all {
            serde_json::to_writer(&mut out, &Line { key: key.clone(), answer: answer.clone() })?;
            out.write_all(b"\n")?;
        }
        out.flush()
    }
}
