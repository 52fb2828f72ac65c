"""Word alignments: which words of a sentence translate which; read, made by eflomal, compared, spread over tokens.

Knows words and tokens as positions in a sentence; nothing of corpora, batches or models. The words of a sentence are
what stands between its spaces once it is normalised.
"""

import math
import re
import signal
import subprocess
import tempfile
import unicodedata
from collections.abc import Generator, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from nmt_cli.errors import ConfigError, DataError
from nmt_cli.text import read_lines

Link = tuple[int, int]  # a source word and a target word, counted from 0
Links = AbstractSet[Link]

_PHARAOH = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
_NEIGHBOURS = ((-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))
_LONGEST = 1023  # words of a sentence that eflomal takes
_SAMPLERS = 3  # as many as eflomal's own command runs by default


def read_links(path: str | Path) -> Iterator[Links]:
    """The alignments of a file in the Pharaoh format, one a line: `0-0 1-2`, source word first; blank for none.

    Raises:
        DataError: the file cannot be read, or a line is not of that format; the message names the line.
    """
    for number, line in enumerate(read_lines(path), start=1):
        links = set()
        for item in line.split():
            found = _PHARAOH.fullmatch(item)
            if found is None:
                raise DataError(
                    f"{path}, line {number}: '{item[:40]}' is not a link; write source-target word numbers counted "
                    "from 0, such as 0-0 1-2"
                )
            links.add((int(found[1]), int(found[2])))
        yield links


def format_links(links: Links) -> str:
    """The Pharaoh line that `read_links` reads back."""
    return " ".join(f"{src}-{tgt}" for src, tgt in sorted(links))


def check_range(links: Links, pair: tuple[str, str], place: str) -> None:
    """Refuse links between words that a normalised pair does not have; `place` names their line.

    Raises:
        DataError: there is one; the message names it and the number of words.
    """
    for side, name in enumerate(("source", "target")):
        words = len(pair[side].split())
        beyond = min((link for link in links if link[side] >= words), default=None)
        if beyond is not None:
            raise DataError(
                f"{place}: the link {beyond[0]}-{beyond[1]} is out of range: the {name} sentence has {words} words, "
                "counted from 0 between the spaces of the normalised text"
            )


def symmetrize(forward: Links, backward: Links) -> set[Link]:
    """One alignment from two directions: grow-diag-final-and (Koehn et al. 2003, 2005).

    Both hold (source, target) links. What they agree on grows by those neighbours in their union that align a word
    still without a link; then links of either direction come in whose words both have none.
    """
    links = set(forward & backward)
    union = sorted(forward | backward, key=lambda link: (link[1], link[0]))
    src_done, tgt_done = {src for src, _ in links}, {tgt for _, tgt in links}

    def add(src: int, tgt: int) -> None:
        links.add((src, tgt))
        src_done.add(src)
        tgt_done.add(tgt)

    known, size = frozenset(union), -1
    while size != len(links):
        size = len(links)
        for link in union:
            for step in _NEIGHBOURS if link in links else ():
                src, tgt = link[0] + step[0], link[1] + step[1]
                if (src, tgt) in known and (src not in src_done or tgt not in tgt_done):
                    add(src, tgt)
    for direction in (forward, backward):
        for src, tgt in sorted(direction):
            if src not in src_done and tgt not in tgt_done:
                add(src, tgt)
    return links


def alignment_error_rate(found: Iterable[Links], reference: Iterable[Links]) -> float:
    """The share of links that are wrong or missing over a corpus, from 0 (the same) to 1 (none in common).

    AER of Och and Ney (2003) with every link of the reference taken as sure: 1 - 2·|A ∩ S| / (|A| + |S|).
    """
    common = total = 0
    for ours, theirs in zip(found, reference, strict=True):
        common += len(ours & theirs)
        total += len(ours) + len(theirs)
    return 1 - 2 * common / total if total else 0.0


def spread(links: Links, src_starts: Sequence[bool], tgt_starts: Sequence[bool]) -> list[int]:
    """The token links of word links: all tokens of linked words are linked with each other.

    Args:
        links: between words that the sentences have
        src_starts, tgt_starts: of each token, whether a word begins with it; tokens before the first word, such as
            a tag, belong to none

    Returns:
        target position, source position, target, source, …; in ascending order
    """
    src_tokens, tgt_tokens = _tokens_by_word(src_starts), _tokens_by_word(tgt_starts)
    places = sorted((tgt, src) for link in links for tgt in tgt_tokens[link[1]] for src in src_tokens[link[0]])
    return [position for place in places for position in place]


def _tokens_by_word(starts: Sequence[bool]) -> list[range]:
    firsts = [position for position, first in enumerate(starts) if first]
    return [range(first, stop) for first, stop in zip(firsts, [*firsts[1:], len(starts)], strict=False)]


def require_eflomal() -> Path:
    """The eflomal program.

    Raises:
        ConfigError: it is not installed.
    """
    try:
        import eflomal
    except ImportError:
        raise ConfigError("data.aligner: eflomal is not installed; run pip install nmt-cli[align]") from None
    return Path(str(eflomal.__file__)).parent / "bin" / "eflomal"


def align(pairs: Iterable[tuple[str, str]], scratch: Path) -> Generator[set[Link], None, None]:
    """Word alignments of normalised pairs by eflomal (Östling and Tiedemann 2016), both directions symmetrised.

    Words count as the same whatever their case and the punctuation around them. Sentences that are empty, or longer
    than the 1,023 words that eflomal takes, get no links. eflomal takes its seeds from the system and offers no other:
    two runs over the same pairs differ in some links (in one of fifteen on 18,000 pairs). OMP_NUM_THREADS limits its
    threads, six at most.

    Args:
        pairs: read once, as they come, to files
        scratch: folder with room for these files, which are about as large as the text; nothing stays there

    Raises:
        ConfigError: eflomal is not installed.
        DataError: it failed.
    """
    program = require_eflomal()
    with tempfile.TemporaryDirectory(dir=scratch) as name:
        src, tgt, forward, backward = (Path(name) / part for part in ("src", "tgt", "forward", "backward"))
        count = _write_numbers(pairs, src, tgt)
        files = ["-s", str(src), "-t", str(tgt), "-f", str(forward), "-r", str(backward)]
        _run([str(program), "-q", "-m", "3", "-n", str(_SAMPLERS), *_iterations(count), *files])
        both = zip(*map(read_links, (forward, backward)), strict=True)
        try:
            done = 0
            for done, directions in enumerate(both, start=1):  # noqa: B007
                yield symmetrize(*directions)
        except (DataError, ValueError):
            done = -1
        if done != count:  # it does not notice when a disk is full
            raise DataError("eflomal wrote less than it should; is there room on the disk?")


def _iterations(count: int) -> list[str]:
    """Sampling passes for IBM model 1, HMM and HMM with fertilities: as many for the whole as its authors advise."""
    most = max(2, round(5000 / math.sqrt(max(1, count))))
    return ["-1", str(max(2, most // 4)), "-2", str(max(1, most // 4)), "-3", str(most)]


def _run(command: list[str]) -> None:
    try:
        result = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        raise DataError(f"eflomal cannot be run ({error.strerror}): install it again") from None
    if result.returncode:
        code = result.returncode
        ending = f"ended by {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
        why = " ".join(result.stderr.split())[:200] or "it does not say why; is there enough memory?"
        raise DataError(f"eflomal failed ({ending}): {why}")


class _Numbers(dict[str, int]):
    """Words as eflomal is given them: numbers, the same for words that are alike when bare."""

    def __init__(self) -> None:
        super().__init__()
        self.bare: dict[str, int] = {}

    def __missing__(self, word: str) -> int:
        self[word] = number = self.bare.setdefault(_bare(word), len(self.bare))
        return number


def _bare(word: str) -> str:
    """A word in lower case without the punctuation around it, if anything is left then."""
    inner = [place for place, char in enumerate(word) if unicodedata.category(char)[0] in "LMN"]
    return word[inner[0] : inner[-1] + 1].lower() if inner else word


def _write_numbers(pairs: Iterable[tuple[str, str]], *paths: Path) -> int:
    """Write each side as eflomal's program reads it; returns the number of pairs.

    The first line has the number of sentences and of different words; each other line a sentence: how many words,
    then their numbers.
    """
    count, sides = 0, [_Numbers() for _ in paths]
    streams = [path.open("w", encoding="ascii") for path in paths]
    try:
        for stream in streams:
            stream.write(f"{'':40}\n")  # both are known at the end only
        for pair in pairs:
            count += 1
            for sentence, numbers, stream in zip(pair, sides, streams, strict=True):
                words = sentence.split()
                if len(words) > _LONGEST:
                    words = []
                stream.write(" ".join(map(str, [len(words), *(numbers[word] for word in words)])) + "\n")
        for numbers, stream in zip(sides, streams, strict=True):
            stream.seek(0)
            stream.write(f"{count} {len(numbers.bare)}")
    finally:
        for stream in streams:
            stream.close()
    return count
