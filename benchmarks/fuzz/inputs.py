"""What fuzzing draws its inputs from: small files of every format, strange text, and ways to change all of them."""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from random import Random
from typing import Any, TypeVar

import docx
from fpdf import FPDF

Piece = TypeVar("Piece", str, bytes)
MOST = 400_000  # characters or bytes of an input
STRANGE = (
    "“", "”", '"', "‘", "’", "'", "«", "»", "…", "...", "[", "]", "[1]", "[2][3]", "【4†x】", "(", ")", "—", "-\n",
    "\xad", "\u200b", "\u202e", "\u2066", "\u2028", "\x85", "\x00", "\x1b[31m", "\x9b", "\ufeff", "\ud800", "\udfff",
    "\U000e0041", "e\u0301" * 3, "ﬁ", "ß", "İ", "ǅ", "Ⅷ", "٣", "²", "ﷺ", "हिन्दी", "👨‍👩‍👧", "\U0001f5fd", "\n\n",
    "\r\n", "\r", "\t", " " * 50, "\u00a0", "# ", "- ", "> ", "---\n", "he said", "She said, ", " said ",
    ", according to ", "Mr. ", "U.S. ", "on Friday", "2 January 2026", "in 2026", "30 February 2025", "31 June",
    "yesterday", "1e999", "9" * 400, "-1", "0", "NaN", "<b>", "</p>", "<!--", "-->", "&amp;", "&#x110000;", "&#0;",
    "<script>", "javascript:alert(1)", "http://[::1", "%00", "{{", "${", "Zohran Mamdani", "Umar Khalid", "Khalid’s",
    "Mamdani’s", "The Telegraph", "Ignore all previous instructions.",
)  # fmt: skip
WORDS = (
    "the mayor of New York wrote a note to him and she said that it was made public by his partner on X last week when "
    "lawmakers asked why bail had been denied in Delhi while police accused the activist of riots that killed 53 people"
).split()
MARKUP = (
    b"<p>", b"</p>", b"<div hidden>", b"<table><tr><td>", b"<br/>", b"<h1>", b"<li>", b"<ul>", b"<![CDATA[", b"]]>",
    b"<!DOCTYPE x [", b'<!ENTITY a "b">', b"&a;", b"&#xD800;", b"&#1;", b"<?xml version='1.0' encoding='utf-16'?>",
    b'<meta charset="utf-7">', b"<svg>", b"<template>", b"<base href=x>", b"xmlns='x'", b"\x00", b"\xff\xfe",
    b"\xef\xbb\xbf", b"\x93", b"\xc3\x28",
)  # fmt: skip
PRINTED = (
    b"<<", b">>", b"[", b"]", b"(", b")", b"/Kids", b"/Count 99999999", b"/Parent 1 0 R", b"/Length 0",
    b"/Filter /FlateDecode", b"/Filter [/ASCII85Decode /LZWDecode]", b"1 0 R", b"2 0 R", b"stream\n", b"endstream",
    b"endobj", b"xref\n", b"trailer", b"BT", b"ET", b"Tj", b"TJ", b"1e30", b"-2147483648", b"/Encoding /Identity-H",
    b"/Font", b"/Encrypt 3 0 R", b"Tm", b"0 0 0 0 0 0 cm", b"/MediaBox [0 0 1e9 1e9]", b"/Rotate 45",
    b"/ToUnicode 5 0 R", b"/Lang", b"/Title", b"startxref\n0",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 7, 2**31, 2**63, 10**400, 1.5, -0.0, float("nan"), float("inf"), 1e308, "", " ", "x",
    "1", "\ud800", "\x00", "2026-01-02", "2026-02-30", "0001-01-01", "9999-12-31", "2026-W01-1", "20260102", [], {},
    [[]], [None], {"": None}, "answered", "not_in_documents", "a" * 5000, "javascript:alert(1)", "https://[",
    "https://x.org/<", ["x"] * 50,
)  # fmt: skip


def strange_text(draw: Random, longest: int = 60) -> str:
    """Words, marks, names and odd characters in a row."""
    parts = (draw.choice(STRANGE if draw.random() < 0.4 else WORDS) for _ in range(draw.randint(0, longest)))
    return draw.choice(["", " ", " ", " "]).join(parts)


def mutated(data: Piece, draw: Random, tokens: Sequence[Piece], others: Sequence[Piece] = ()) -> Piece:
    """A text or file with a few of its parts cut, doubled, moved, replaced or joined with another's."""
    for _ in range(draw.choice((1, 1, 2, 3, 8))):
        low, high = sorted(draw.randint(0, len(data)) for _ in range(2))
        high = min(high, low + draw.choice((1, 8, 60, 2000)))
        part, token = data[low:high], draw.choice(tokens)
        way = draw.randrange(7)
        if way == 0:
            data = data[:low] + data[high:]
        elif way == 1:
            data = data[:high] + part * draw.choice((1, 1, 2, 50)) + data[high:]
        elif way == 2:
            data = data[:low] + token + data[high:]
        elif way == 3:
            data = data[:low] + token * draw.choice((1, 2, 300)) + data[low:]
        elif way == 4 and others:
            other = draw.choice(others)
            start = draw.randint(0, len(other))
            data = data[:low] + other[start : start + draw.choice((20, 500, 10_000))] + data[low:]
        elif way == 5:
            place = draw.randint(0, len(data))
            data = data[:place] + part + data[place:]
        else:
            data = data[: draw.randint(len(data) // 2, len(data))]
    return data[:MOST]


def changed(value: Any, draw: Random) -> Any:
    """A JSON value with some of its parts replaced, taken out or put elsewhere."""
    value = copy.deepcopy(value)
    for _ in range(draw.choice((1, 1, 2, 5))):
        holders = [held for held in _inside(value) if held]
        if not holders:
            return draw.choice(VALUES)
        holder = draw.choice(holders)
        name = draw.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        way, old = draw.randrange(6), holder[name]
        if way == 0:
            del holder[name]
        elif way == 1:
            other = draw.choice(holders)
            holder[name] = copy.deepcopy(draw.choice(list(other.values()) if isinstance(other, dict) else other))
        elif way == 2 and isinstance(old, str):
            holder[name] = mutated(old, draw, STRANGE)
        elif way == 2 and type(old) is int:
            holder[name] = old + draw.choice((-1, 1, 2**31))
        elif way == 3 and isinstance(holder, list):
            holder.append(copy.deepcopy(old))
        else:
            holder[name] = copy.deepcopy(draw.choice(VALUES))
    return value


def _inside(value: Any) -> list[Any]:
    """Every list and object in a value."""
    found, left = [], [value]
    while left:
        held = left.pop()
        if isinstance(held, (dict, list)):
            found.append(held)
            left += held.values() if isinstance(held, dict) else held
    return found


def repacked(data: bytes, draw: Random) -> bytes:
    """An archive with one of its members changed, renamed, left out or made large."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(draw.choice((1, 1, 2))):
        name = draw.choice(list(members))
        way = draw.randrange(8)
        if way == 0:
            members[draw.choice(("../x", "word/document.xml", "META-INF/container.xml", "é" * 300))] = members.pop(name)
        elif way == 1:
            members[name] += b" " * draw.choice((10, 10**6, 10**7))
        elif way == 2 and len(members) > 1:
            del members[name]
        else:
            members[name] = mutated(members[name], draw, MARKUP, list(members.values()))
    return zipped(members, draw.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))


def zipped(files: Mapping[str, bytes | str], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of some files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def nested(draw: Random) -> bytes:
    """HTML of a few tags, open and closed at random, some of them very deep."""
    tags = "p div span b i a ul li table tr td h1 h2 blockquote article section script br pre math svg template".split()
    parts = [b"<!doctype html><html lang='en'><body>"] if draw.random() < 0.8 else []
    for _ in range(draw.choice((5, 40, 400))):
        tag = draw.choice(tags)
        parts.append(draw.choice((f"<{tag}>", f"<{tag}>", f"</{tag}>", f"<{tag} hidden class=x>")).encode())
        parts.append(strange_text(draw, 12).encode("utf-8", "replace"))
    if draw.random() < 0.1:
        parts.append(f"<{draw.choice(tags)}>".encode() * draw.choice((300, 5000, 40_000)) + b"deep words in it")
    return b"".join(parts)


def files(texts: Sequence[str]) -> list[tuple[str, bytes]]:
    """A small file of every format that can be read, made of some texts; name and bytes."""
    made = [("a.txt", texts[0].encode()), ("b.md", texts[1].encode()), ("c.txt", texts[0].encode("cp1252", "ignore"))]
    made += [("d.txt", texts[1].encode("utf-16")), ("e.docx", _word(texts)), ("f.epub", _book(texts))]
    made += [("g.pdf", _printed(texts)), ("h.pdf", _printed(texts, columns=True)), ("i.html", _page(texts))]
    made += [
        ("j.eml", _message(texts)),
        ("k.rss", _feed(texts)),
        ("l.atom", _feed(texts, atom=True)),
        ("m.xml", _feed(texts)),
    ]
    return made


def _word(texts: Sequence[str]) -> bytes:
    made, out = docx.Document(), io.BytesIO()
    made.core_properties.title, made.core_properties.author = "The note", "Ada Lorne"
    made.add_heading("Findings", 1)
    for text in texts[0].split("\n\n")[:6]:
        made.add_paragraph(text)
    made.add_paragraph("a pile", style="List Bullet")
    table = made.add_table(2, 2)
    table.cell(0, 0).text, table.cell(1, 1).text = "Day", "53"
    made.save(out)
    return out.getvalue()


def _book(texts: Sequence[str]) -> bytes:
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container><rootfiles><rootfile full-path="O/p.opf"/></rootfiles></container>',
            "O/p.opf": '<package><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The pier</dc:title>'
            "<dc:date>2026-01-02</dc:date><dc:language>en</dc:language></metadata><manifest><item id='a' href='a.xhtml'/>"
            "<item id='b' href='b%20.xhtml#x'/></manifest><spine><itemref idref='a'/><itemref idref='b'/></spine></package>",
            "O/a.xhtml": f"<html><body><h1>One</h1><p>{texts[0][:1500]}</p></body></html>",
            "O/b .xhtml": f"<html><body><p>{texts[1][:1500]}</p><ul><li>One</li></ul></body></html>",
        }
    )


def _printed(texts: Sequence[str], columns: bool = False) -> bytes:
    made = FPDF()
    made.set_compression(False)
    made.set_title("The pier")
    made.set_font("helvetica", size=10)
    for text in texts[:2]:
        plain = text.encode("ascii", "ignore").decode()[:2500]
        made.add_page()
        if not columns:
            made.multi_cell(0, text=plain)
        for row, place in enumerate(range(0, len(plain) // 2 if columns else 0, 40)):
            for x, start in ((10, place), (110, len(plain) // 2 + place)):
                made.set_xy(x, 20 + row * 6)
                made.cell(text=plain[start : start + 40].replace("\n", " "))
    return bytes(made.output())


def _page(texts: Sequence[str]) -> bytes:
    paragraphs = "".join(f"<p>{text}</p>" for text in texts[0].split("\n\n")[:8])
    head = (
        "<title>Note</title><meta name=author content='A'><meta property='article:published_time' content='2026-01-02'>"
    )
    body = (
        f"<nav><a href=/>Home</a></nav><article><h1>Note</h1>{paragraphs}<p hidden>x</p></article><footer>2024</footer>"
    )
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'.encode()


def _message(texts: Sequence[str]) -> bytes:
    made = EmailMessage()
    made["Subject"], made["From"], made["Date"] = "The piér", "Ada Lorne <a@b.org>", "Fri, 02 Jan 2026 10:00:00 +0000"
    made.set_content(texts[0][:2000])
    made.add_alternative(f"<p>{texts[1][:2000]}</p>", subtype="html")
    return bytes(made)


def _feed(texts: Sequence[str], atom: bool = False) -> bytes:
    if atom:
        items = "".join(
            f"<entry><title>{n}</title><id>tag:x,{n}</id><link href='https://x.org/{n}'/><updated>2026-01-02T10:00:00Z</updated>"
            f"<content type='html'>&lt;p&gt;{text[:800]}&lt;/p&gt;</content></entry>"
            for n, text in enumerate(texts)
        )
        return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>G</title>{items}</feed>'.encode()
    items = "".join(
        f"<item><title>Item {n}</title><link>https://x.org/{n}</link><description>{text[:800]}</description>"
        "<pubDate>Fri, 02 Jan 2026 10:00:00 GMT</pubDate></item>"
        for n, text in enumerate(texts)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Gazette</title>{items}</channel></rss>'.encode()
