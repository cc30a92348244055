"""Everything that may go wrong with a run, by name: what the proxy does, and which calls it does it to."""

import itertools

from plan import REGIONS
from proxy import EVERY, Fault

LISTS = "dynamodb:ListTables"
BOUND = 240  # seconds that any run may take

# Each makes the faults anew, for they count. A share that fails passes when it is asked again, most of the time.
STORMS = {
    "throttling 50 %": lambda seed: {EVERY: Fault("throttle", share=0.5, seed=seed)},
    "5xx 10 %": lambda seed: {EVERY: Fault("error", share=0.1, seed=seed)},
    "latency 2 s": lambda seed: {EVERY: Fault("slow", seconds=2)},
    "reset 10 %": lambda seed: {EVERY: Fault("reset", share=0.1, seed=seed)},
    "truncated 10 %": lambda seed: {EVERY: Fault("truncate", share=0.1, seed=seed)},
    "empty 10 %": lambda seed: {EVERY: Fault("empty", share=0.1, seed=seed)},
    "garbage 10 %": lambda seed: {EVERY: Fault("garbage", share=0.1, seed=seed)},
    "clock an hour off": lambda seed: {EVERY: Fault("skew", seconds=-3600)},
    "credentials expire midway": lambda seed: {EVERY: Fault("expire", after=80)},
    "a Region times out": lambda seed: {EVERY: Fault("hang", seconds=BOUND, region=REGIONS[1])},
    "a call denied": lambda seed: {"dynamodb:DescribeContinuousBackups": Fault("deny")},
    "any call denied, 10 %": lambda seed: {EVERY: Fault("deny", share=0.1, seed=seed)},
    "a table denied": lambda seed: {EVERY: Fault("deny", about='"oauth"')},
    "a table deleted meanwhile": lambda seed: {LISTS: Fault("phantom", region=REGIONS[0])},
    "pages repeat their tokens": lambda seed: {EVERY: Fault("repeat")},
}
# What is mended by asking again, or by setting the clock right: nothing may be missing then.
MENDED = {"latency 2 s", "clock an hour off"}
SLOW = {"latency 2 s", "a Region times out"}  # two of these at a time pass any bound that is of use


def together(names):
    """The faults of several storms: on each call those of the first named come first."""
    faults = {}
    for seed, name in enumerate(names, start=1):
        for call, fault in STORMS[name](seed).items():
            faults.setdefault(call, []).append(fault)
    return faults


def threes(every):
    """Three at a time: all, or as few as it takes for any two that can meet to meet."""
    found = [three for three in itertools.combinations(STORMS, 3) if len(SLOW & set(three)) < 2]
    if every:
        return found
    left, chosen = {two for three in found for two in pairs(three)}, []
    while left:
        chosen.append(max(found, key=lambda three: len(left & pairs(three))))
        left -= pairs(chosen[-1])
    return chosen


def pairs(names):
    return set(itertools.combinations(names, 2))
