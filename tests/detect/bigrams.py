#!/usr/bin/env python3
"""Counts the letter pairs of src/detect/language.rs over the word lists of Debian's packages
wamerican wdutch wfrench witalian wngerman wpolish wportuguese wspanish wswedish, and prints the table."""

import math
import random
import unicodedata

LISTS = {"american-english": 4, "ngerman": 1, "french": 1, "spanish": 1, "portuguese": 1,
         "italian": 1, "dutch": 1, "polish": 0.5, "swedish": 1}

total = [[0.0] * 26 for _ in range(26)]
for name, weight in LISTS.items():
    with open("/usr/share/dict/" + name, encoding="utf8", errors="ignore") as lines:
        words = lines.read().split("\n")
    random.seed(1)
    random.shuffle(words)
    seen, pairs = [[0] * 26 for _ in range(26)], 0
    for word in words[:60000]:
        word = unicodedata.normalize("NFKD", word.lower().replace("ß", "ss").replace("ł", "l"))
        word = [ord(c) - 97 for c in word if "a" <= c <= "z"]
        for a, b in zip(word, word[1:]):
            seen[a][b] += 1
            pairs += 1
    for a in range(26):
        for b in range(26):
            total[a][b] += weight * seen[a][b] / pairs

least = sum(map(sum, total)) * 2e-6
for row in total:
    all_of = sum(row) + 26 * least
    half_bits = [round(2 * math.log2(26 * (cell + least) / all_of)) for cell in row]
    print('    b"' + "".join(chr(ord("i") + max(-8, min(5, n))) for n in half_bits) + '",')
