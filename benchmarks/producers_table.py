"""What became of the baskets of the producers, counted, and the table of it; see ``producers``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

_EXAMPLES = 3
TABLE = Path("build", "producers.tsv")
_COLUMNS = ("kind", "way", "arithmetic", "decimals", "inner", "quantity", "extras", "lines")


class Key(NamedTuple):
    """What the baskets of one count have in common; the empty text where that is mixed."""

    kind: str
    way: str
    arithmetic: str
    decimals: str
    inner: str
    quantity: str
    extras: str
    lines: str = ""


@dataclass
class Count:
    """What became of the baskets of a cell."""

    baskets: int = 0
    kept: int = 0
    refused: int = 0
    changed: int = 0
    silent: int = 0
    impossible: int = 0
    """Of the refused ones, those whose total no document can say: IVA rounded line by line over whole net amounts."""
    contradicting: int = 0
    """Of the issued ones that were looked at, those that contradict themselves."""
    codes: Counter[str] = field(default_factory=Counter)
    """Codes of the refusals, the first of each."""
    examples: list[str] = field(default_factory=list)
    """Of what must not happen."""

    def add(self, other: Count) -> None:
        """Take in another count."""
        self.baskets += other.baskets
        self.kept += other.kept
        self.refused += other.refused
        self.changed += other.changed
        self.silent += other.silent
        self.impossible += other.impossible
        self.contradicting += other.contradicting
        self.codes += other.codes
        self.examples = [*self.examples, *other.examples][:_EXAMPLES]

    def share(self, number: int) -> str:
        """*number* of the baskets in per cent."""
        return f"{100 * number / self.baskets:.1f}" if self.baskets else ""


@dataclass
class Faults:
    """What became of the sales with a fault."""

    tried: Counter[str] = field(default_factory=Counter)
    issued: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def add(self, other: Faults) -> None:
        """Take in what another process found."""
        self.tried += other.tried
        self.issued += other.issued
        self.examples = [*self.examples, *other.examples][: 4 * _EXAMPLES]


class Part(NamedTuple):
    """What became of the baskets of a cell."""

    key: Key
    must_be_kept: bool
    whole_net_prices: bool
    counts: dict[int, Count]
    """By lines."""
    faults: Faults


def gathered(parts: Iterable[Part], key: Callable[[Key], Key]) -> dict[Key, Count]:
    """The counts of *parts*, added up by what *key* leaves of their names."""
    found: dict[Key, Count] = {}
    for part in parts:
        for lines, one in part.counts.items():
            name = key(part.key._replace(lines=str(lines)))
            found.setdefault(name, Count()).add(one)
    return found


def write_table(parts: list[Part], path: Path) -> None:
    """Every cell and number of lines, as TSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = ["\t".join((*_COLUMNS, "baskets", "kept", "refused", "impossible", "changed", "silent", "codes"))]
    for key, one in gathered(parts, lambda key: key).items():
        codes = " ".join(f"{code}:{number}" for code, number in one.codes.most_common())
        figures = (one.baskets, one.kept, one.refused, one.impossible, one.changed, one.silent)
        rows.append("\t".join((*key, *map(str, figures), codes)))
    path.write_text("\n".join([*rows, ""]), "utf-8")


def _show(title: str, counts: dict[Key, Count], names: tuple[str, ...]) -> None:
    print(f"\n{title}")
    print("".join(f"{name:22}" for name in names), " baskets   kept %  refused %  changed  silent  refused with")
    for key, one in counts.items():
        head = "".join(f"{getattr(key, name):22}" for name in names)
        codes = ", ".join(f"{code} {number}" for code, number in one.codes.most_common(3))
        print(
            head, f"{one.baskets:8} {one.share(one.kept):>8} {one.share(one.refused):>10}",
            f"{one.changed:8} {one.silent:7}  {codes}",
        )  # fmt: skip


def show(parts: list[Part]) -> bool:
    """Print the table; True when nothing happened that must not."""
    plain = [part for part in parts if not part.key.extras]
    _show(
        "By kind, way and arithmetic", gathered(plain, lambda key: Key(key.kind, key.way, key.arithmetic, *[""] * 5)),
        ("kind", "way", "arithmetic"),
    )  # fmt: skip
    _show(
        "By way, decimals and what is kept inside",
        gathered(plain, lambda key: key._replace(kind="", arithmetic="", quantity="", lines="")),
        ("way", "decimals", "inner"),
    )
    _show(
        "By way, lines and quantity",
        gathered(plain, lambda key: Key("", key.way, "", "", "", key.quantity, "", key.lines)),
        ("way", "lines", "quantity"),
    )
    rest = [part for part in parts if part.key.extras]
    _show(
        "With more in the basket (2, 4 and 6 decimals)",
        gathered(rest, lambda key: Key(key.kind, key.way, "", "", "", "", key.extras)), ("kind", "way", "extras"),
    )  # fmt: skip
    return _verdict(parts)


def _verdict(parts: list[Part]) -> bool:
    whole, required, whole_net, faults = Count(), Count(), Count(), Faults()
    short: list[tuple[Key, Count]] = []
    below = 0
    for part in parts:
        one = Count()
        for other in part.counts.values():
            one.add(other)
        whole.add(one)
        faults.add(part.faults)
        below += one.kept < one.baskets
        if part.whole_net_prices:
            whole_net.add(one)
        if part.must_be_kept:
            required.add(one)
            if one.kept + one.impossible < one.baskets:
                short.append((part.key, one))
    print(f"\n{len(parts)} cells, {below} of them kept below 100 %; their reasons are in {TABLE}.")
    print(f"All: {_told_count(whole)}")
    print(f"Those that must be kept: {_told_count(required)}")
    print(f"Net prices written whole, of whole shelf prices (33, 39): {_told_count(whole_net)}")
    if short:
        _show("Not kept, though they must be", dict(sorted(short, key=lambda one: one[1].kept)[:60]), Key._fields[:7])
    for text in whole.examples:
        print(f"  not as it must be: {text}")
    print("With a fault that nothing explains:")
    for fault, tried in sorted(faults.tried.items()):
        print(f"  {fault:32}{tried:8} tried {faults.issued[fault]:6} issued")
    for text in faults.examples:
        print(f"  {text}")
    return not (whole.changed or whole.silent or whole.contradicting or short or sum(faults.issued.values()))


def _told_count(one: Count) -> str:
    return (
        f"{one.baskets} baskets, kept {one.share(one.kept)} %, refused {one.share(one.refused)} % "
        f"({one.impossible} that no document can say), "
        f"changed {one.changed}, silent {one.silent}, contradicting {one.contradicting}; "
        f"{dict(one.codes.most_common(8))}"
    )
