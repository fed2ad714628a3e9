"""Train a cross-encoder on question-sentence (or evidence-claim) pairs, from the shipped encoder's full-precision weights.

    python -m training.cross_encoder relevance --weights model.safetensors --pairs PAIRS --squad SQUAD_DEV.json --out OUT
    python -m training.cross_encoder entailment --weights model.safetensors --pairs PAIRS --out OUT

Needs the `training` extra (torch). A pair is read as ``[CLS] question [SEP] context [SEP] sentence [SEP]``, the sentence
with token type 1: what stands before it, or its document's title, may help to read it, but only the sentence is judged.
Loss: softmax over one positive and its negatives, and binary cross-entropy on each pair, so that the score is a chance too.
Negatives stand near the positive in its document; a question whose name or number was changed has none.
Data and licences: the lines of `pairs/` name theirs (all allow reuse with credit); SQuAD 2.0 is CC BY-SA 4.0, and of it
only articles of the dev half are used, HELD_OUT ones not at all.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import math
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

from . import HELD_OUT, is_held_out

HIDDEN, HEADS, LAYERS = 384, 12, 6
PIECES = {"relevance": (40, 24, 72), "entailment": (64, 0, 110)}  # kept of each part: asked, context, judged
GROUP, GROUPS = 4, 12  # pairs a question, questions a step
MIX = {"squad_nqg_test": 0.44, "squad2": 0.26, "selqa_dev": 0.10, "qamr": 0.20}
EDITED = 0.3  # share of the entailment pairs that are made by changing a word
Pair = tuple[str, str, str, float]  # question, context, sentence, label
WORD = re.compile(r"[a-z0-9]+")
COMMON = frozenset(
    "the a an of in on at to for and or is are was were be been did do does what who whom whose when where why how which that "
    "this it its by with from as has have had not".split()
)


class CrossEncoder(nn.Module):
    """MiniLM with one output: a linear layer over the first token and the mean of the judged sentence's tokens."""

    def __init__(self, weights: dict[str, torch.Tensor]) -> None:
        super().__init__()
        self.words = nn.Embedding.from_pretrained(weights["embeddings.word_embeddings.weight"], freeze=True)
        self.types = nn.Embedding.from_pretrained(weights["embeddings.token_type_embeddings.weight"], freeze=False)
        self.places = nn.Embedding.from_pretrained(weights["embeddings.position_embeddings.weight"], freeze=True)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(2 * HIDDEN, 1)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        for name, parameter in self.named_parameters():
            if name in (table := names()) and table[name] in weights:
                parameter.data.copy_(weights[table[name]])

    def forward(self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        places = torch.arange(ids.shape[1])
        x = self.drop(self.norm(self.words(ids) + self.types(types) + self.places(places)))
        bias = torch.zeros(mask.shape).masked_fill(~mask, -1e9)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias.to(x.dtype))
        judged = types.float()
        mean = (x.float() * judged[..., None]).sum(1) / judged.sum(1, keepdim=True)
        return self.head(self.drop(torch.cat([x[:, 0].float(), mean], 1)))[:, 0]


class Layer(nn.Module):
    """One transformer layer of BERT (post-norm)."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(HIDDEN, HIDDEN) for _ in range(3))
        self.attended = nn.Linear(HIDDEN, HIDDEN)
        self.attended_norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.wide, self.narrow = nn.Linear(HIDDEN, 4 * HIDDEN), nn.Linear(4 * HIDDEN, HIDDEN)
        self.narrow_norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.drop = nn.Dropout(0.1)

    def forward(self, x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        rows, width, _ = x.shape
        q, k, v = (part(x).view(rows, width, HEADS, -1).transpose(1, 2) for part in (self.query, self.key, self.value))
        held = functional.scaled_dot_product_attention(q, k, v, attn_mask=bias.to(q.dtype))
        held = held.transpose(1, 2).reshape(rows, width, HIDDEN)
        x = self.attended_norm(x + self.drop(self.attended(held)))
        return self.narrow_norm(x + self.drop(self.narrow(functional.gelu(self.wide(x)))))


def names() -> dict[str, str]:
    """Our parameters' names, and those of the same weights in BERT's files."""
    table = {"types.weight": "embeddings.token_type_embeddings.weight"}
    parts = {
        "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
        "attended": "attention.output.dense", "attended_norm": "attention.output.LayerNorm",
        "wide": "intermediate.dense", "narrow": "output.dense", "narrow_norm": "output.LayerNorm",
    }  # fmt: skip
    for kind in ("weight", "bias"):
        table[f"norm.{kind}"] = f"embeddings.LayerNorm.{kind}"
        for number in range(LAYERS):
            for ours, theirs in parts.items():
                table[f"layers.{number}.{ours}.{kind}"] = f"encoder.layer.{number}.{theirs}.{kind}"
    return table


def read_pairs(folder: Path, name: str) -> dict[str, list[dict[str, Any]]]:
    """The lines of a file of pairs by source, in their order."""
    found: dict[str, list[dict[str, Any]]] = {}
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row["a"].strip() and row["b"].strip():
                found.setdefault(row["source"], []).append(row)
    return found


def near(rows: list[dict[str, Any]], at: int, reach: int) -> list[str]:
    """The distinct sentences of the rows around one, in order."""
    return list(dict.fromkeys(row["b"] for row in rows[max(0, at - reach) : at + reach + 1]))


def hardest(question: str, sentences: list[str], count: int, rng: random.Random, among: int = 4) -> list[str]:
    """Sentences that share words with a question, `count` of the first `among`; at random where too few do."""
    asked = set(WORD.findall(question.lower())) - COMMON
    ranked = sorted(sentences, key=lambda s: (-len(asked & set(WORD.findall(s.lower()))), rng.random()))
    top = ranked[: max(count, among)]
    rng.shuffle(top)
    return (top + rng.sample(ranked, len(ranked)))[:count] if ranked else []


def altered(question: str, sentence: str, others: list[str], rng: random.Random) -> str | None:
    """The question with a telling word that its sentence has too put for another's: then nothing answers it."""
    held = set(WORD.findall(sentence.lower()))
    asked = [w for w in WORD.findall(question.lower()) if (w in held and w not in COMMON and len(w) > 3) or w.isdigit()]
    spare = [
        w for other in others for w in WORD.findall(other.lower()) if w not in COMMON and len(w) > 3 and w not in held
    ]
    if not asked or not spare:
        return None
    old = rng.choice(asked)
    alike = [w for w in spare if w.isdigit() == old.isdigit() and w not in question.lower()]
    if not alike:
        return None
    return re.sub(rf"\b{re.escape(old)}\b", rng.choice(alike), question, flags=re.IGNORECASE)


class Relevance:
    """Groups of pairs for questions, a positive first where there is one."""

    def __init__(self, folder: Path, squad: Path, stories: Path | None, share: float, rng: random.Random) -> None:
        self.rng = rng
        self.pairs = read_pairs(folder, "qa_relevance")
        self.stories = story_questions(stories) if stories else []
        self.mix = {**MIX, "stories": share / (1 - share) if stories else 0.0}
        self.squad = [q for article in json.loads(squad.read_text("utf-8"))["data"] if article["title"] not in HELD_OUT
                      for q in squad_questions(article)]  # fmt: skip
        self.selqa: dict[str, list[dict[str, Any]]] = {}
        for row in self.pairs["selqa_dev"]:
            self.selqa.setdefault(row["a"], []).append(row)
        self.selqa_keys = [key for key, rows in self.selqa.items() if any(row["label"] for row in rows)]

    def group(self) -> list[Pair]:
        """GROUP pairs of one question."""
        source = self.rng.choices([*self.mix], [*self.mix.values()])[0]
        made = getattr(self, f"_{source}")()
        return made if len(made) == GROUP else self.group()

    def _stories(self) -> list[Pair]:
        question, sentences, before, right = self.rng.choice(self.stories)
        wrong = [sentence for i, sentence in enumerate(sentences) if i not in right]
        picked = hardest(question, wrong, GROUP - bool(right), self.rng, among=8)
        chosen = [self.rng.choice(sorted(right))] if right else []
        chosen += [sentences.index(sentence) for sentence in picked]
        return [
            (question, before[i] if self.rng.random() < 0.85 else "", sentences[i], float(i in right)) for i in chosen
        ]

    def _squad2(self) -> list[Pair]:
        question, title, sentences, right = self.rng.choice(self.squad)
        wrong = [i for i in range(len(sentences)) if i not in right]
        picked = hardest(question, [sentences[i] for i in wrong], GROUP - bool(right), self.rng)
        chosen = [self.rng.choice(sorted(right))] if right else []
        chosen += [sentences.index(sentence) for sentence in picked]
        before = [sentences[i - 1] if i and self.rng.random() < 0.6 else title for i in chosen]
        return [
            (question, self._context(b), sentences[i], float(i in right)) for i, b in zip(chosen, before, strict=True)
        ]

    def _squad_nqg_test(self) -> list[Pair]:
        rows = self.pairs["squad_nqg_test"]
        at = self.rng.randrange(len(rows))
        question, right = rows[at]["a"], rows[at]["b"]
        around = near(rows, at, 14)
        place = around.index(right)
        others = [s for s in around if s != right]
        picked = hardest(question, others, GROUP - 1, self.rng)
        label = 1.0
        if self.rng.random() < 0.25 and (new := altered(question, right, others, self.rng)):
            question, label = new, 0.0
        before = {s: around[i - 1] if i else "" for i, s in enumerate(around)}
        return [
            (question, self._context(around[place - 1] if place else ""), right, label),
            *((question, self._context(before[s]), s, 0.0) for s in picked),
        ]

    def _selqa_dev(self) -> list[Pair]:
        question = self.rng.choice(self.selqa_keys)
        rows = self.selqa[question]
        right = self.rng.choice([row["b"] for row in rows if row["label"]])
        picked = hardest(question, [row["b"] for row in rows if not row["label"]], GROUP - 1, self.rng)
        before = {row["b"]: rows[i - 1]["b"] if i else "" for i, row in enumerate(rows)}
        return [(question, self._context(before[s]), s, float(s == right)) for s in (right, *picked)]

    def _qamr(self) -> list[Pair]:
        rows = self.pairs["qamr"]
        at = self.rng.randrange(len(rows))
        question, right = rows[at]["a"], rows[at]["b"]
        if len(WORD.findall(question)) < 5:
            return []  # "What is it?" fits any sentence
        picked = hardest(question, [s for s in near(rows, at, 150) if s != right], GROUP - 1, self.rng)
        return [(question, "", s, float(s == right)) for s in (right, *picked)]

    def _context(self, words: str) -> str:
        return words if self.rng.random() < 0.6 else ""


def story_questions(folder: Path) -> list[tuple[str, list[str], list[str], frozenset[int]]]:
    """Of the invented stories: question, sentences, what stands before each (else the title), numbers of those that answer."""
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines()):
            if is_held_out(number):
                continue
            story = json.loads(line)
            sentences, heads = story["sentences"], set(story["paragraphs"])
            before = [story["title"] if i in heads or not i else sentences[i - 1] for i in range(len(sentences))]
            found += [(asked["q"], sentences, before, frozenset(asked["a"])) for asked in story["questions"]]
    return found


def squad_questions(article: dict[str, Any]) -> list[tuple[str, str, list[str], frozenset[int]]]:
    """Of an article: question, title, sentences of the paragraph, numbers of those that answer."""
    found = []
    for paragraph in article["paragraphs"]:
        text = paragraph["context"]
        cuts = [0, *(m.end() for m in re.finditer(r"(?<=[.!?])[\"”’')\]]*\s+(?=[\"“‘'(\[A-Z0-9])", text)), len(text)]
        spans = list(itertools.pairwise(cuts))
        sentences = [text[a:b].strip() for a, b in spans]
        if len(sentences) <= GROUP or len(set(sentences)) < len(sentences):
            continue
        for qa in paragraph["qas"]:
            starts = [] if qa["is_impossible"] else [answer["answer_start"] for answer in qa["answers"]]
            right = frozenset(i for i, (a, b) in enumerate(spans) if any(a <= s < b for s in starts))
            found.append((qa["question"], article["title"].replace("_", " "), sentences, right))
    return found


class Entailment:
    """Groups of evidence-claim pairs: GROUP of them, unrelated, balanced by label.

    EDITED of them are made here from sentences that stand together in a document: a claim is one of them as it is, or
    with a telling word put for another's. Edits of one word are what claims go wrong by, and are rare in the data.
    """

    def __init__(self, folder: Path, rng: random.Random) -> None:
        self.rng = rng
        self.sources = read_pairs(folder, "entailment")
        self.sentences = [list(dict.fromkeys(row["b"] for row in rows)) for name, rows in
                          read_pairs(folder, "qa_relevance").items() if name in ("squad_nqg_test", "qamr")]  # fmt: skip
        self.weights = {name: math.sqrt(len(rows)) for name, rows in self.sources.items() if not name.startswith("mpe")}
        self.by = {(s, y): [r for r in rows if r["label"] == y] for s, rows in self.sources.items() for y in (0, 1)}

    def group(self) -> list[Pair]:
        """GROUP pairs, claim first, the evidence as what is judged."""
        made = list[Pair]()
        while len(made) < GROUP:
            if self.rng.random() < EDITED:
                made += self._edited()
                continue
            source = self.rng.choices([*self.weights], [*self.weights.values()])[0]
            if rows := self.by[source, self.rng.randrange(2)]:
                row = self.rng.choice(rows)
                made.append((row["b"], "", row["a"], float(row["label"])))
        return made[:GROUP]

    def _edited(self) -> list[Pair]:
        sentences = self.rng.choice(self.sentences)
        at = self.rng.randrange(len(sentences) - 3)
        stretch = sentences[at : at + self.rng.randint(1, 3)]
        claim, label = self.rng.choice(stretch), 1.0
        if self.rng.random() < 0.5:
            others = [*stretch, *sentences[max(0, at - 6) : at + 6]]
            changed = altered(claim, claim, [s for s in others if s != claim], self.rng)
            if changed is None or changed == claim:
                return []
            claim, label = changed, 0.0
        return [(claim, "", " ".join(stretch), label)]


def encoded(
    tokenizer: Tokenizer, pairs: list[Pair], kept: tuple[int, int, int]
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Token ids, types and mask of a batch, padded to its longest."""
    rows = []
    for question, context, sentence, _ in pairs:
        asked, held = pieces(tokenizer, question)[: kept[0]], pieces(tokenizer, sentence)[: kept[2]]
        before = pieces(tokenizer, context)[-kept[1] :] if context else []
        head = [101, *asked, 102, *before, 102]
        rows.append((head + held + [102], len(head)))
    width = max(len(ids) for ids, _ in rows)
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    types, mask = torch.zeros_like(ids), torch.zeros_like(ids, dtype=torch.bool)
    for i, (row, start) in enumerate(rows):
        ids[i, : len(row)], types[i, start : len(row)], mask[i, : len(row)] = torch.tensor(row), 1, True
    return ids, types, mask


_PIECES: dict[str, list[int]] = {}


def pieces(tokenizer: Tokenizer, text: str) -> list[int]:
    """Word pieces of a text, without marks at its ends."""
    if text not in _PIECES:
        _PIECES[text] = tokenizer.encode(text, add_special_tokens=False).ids
    return _PIECES[text]


def batches(data: Relevance | Entailment, steps: int) -> Iterator[list[Pair]]:
    """For each step GROUPS groups; drawn in tens of steps and sorted by length, so that little is padding."""
    for _ in range(0, steps, 10):
        drawn = [data.group() for _ in range(10 * GROUPS)]
        drawn.sort(key=lambda g: max(len(c[-150:]) + len(s) + len(q) for q, c, s, _ in g))
        packs = [drawn[i : i + GROUPS] for i in range(0, len(drawn), GROUPS)]
        data.rng.shuffle(packs)
        for pack in packs:
            yield [pair for group in pack for pair in group]


def loss_of(scores: torch.Tensor, labels: torch.Tensor, listwise: bool) -> torch.Tensor:
    """Binary cross-entropy on each pair, and over groups with a positive (first) the softmax's."""
    loss = functional.binary_cross_entropy_with_logits(scores, labels * 0.98 + 0.01)
    if listwise:
        grouped, right = scores.view(-1, GROUP), labels.view(-1, GROUP)[:, 0] > 0
        if right.any():
            loss = loss + functional.cross_entropy(grouped[right], torch.zeros(int(right.sum()), dtype=torch.long))
    return loss


def main() -> None:
    """Train, and save the weights after the last step (and every 250)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=("relevance", "entailment"))
    for name in ("weights", "tokenizer", "pairs", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--squad", type=Path)
    parser.add_argument("--stories", type=Path, help="the folder training/stories: take its questions in")
    parser.add_argument("--share", type=float, default=0.35, help="of the questions that are drawn from --stories")
    parser.add_argument("--steps", type=int, default=2500)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--stop", type=int, help="end after this step, the rate still that of --steps")
    parser.add_argument("--resume", type=Path, help="weights that an earlier run saved, to train on from")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    rng = random.Random(options.seed)
    tokenizer = Tokenizer.from_file(str(options.tokenizer))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    relevance = options.task == "relevance"
    data = (
        Relevance(options.pairs, options.squad, options.stories, options.share, rng)
        if relevance
        else Entailment(options.pairs, rng)
    )
    model = CrossEncoder(load_file(options.weights))
    if options.resume:
        model.load_state_dict(load_file(options.resume))
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=options.rate, weight_decay=0.01)
    warm = options.steps // 20
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min(1, (s + 1) / warm) * max(0.02, 1 - s / options.steps)
    )
    mean, began = 0.0, time.monotonic()
    for step, pairs in enumerate(batches(data, options.steps), 1):
        ids, types, mask = encoded(tokenizer, pairs, PIECES[options.task])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            scores = model(ids, types, mask)
        loss = loss_of(scores.float(), torch.tensor([label for *_, label in pairs]), relevance)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        schedule.step()
        mean = 0.98 * mean + 0.02 * loss.item() if step > 1 else loss.item()
        if step % 25 == 0:
            rate = step / (time.monotonic() - began)
            print(f"step {step}: loss {mean:.3f}, {rate:.2f} steps/s, {ids.shape[1]} wide", flush=True)
        if step % 250 == 0 or step in (options.steps, options.stop):
            save_file({name: value.contiguous() for name, value in model.state_dict().items()}, options.out)
        if step == options.stop:
            break


if __name__ == "__main__":
    main()
