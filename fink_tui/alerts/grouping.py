"""Which objects are one thing on the sky: worked out from where they are and what the user said, nothing else.

The order in which objects come to be known plays no part, so that the same alerts in any order give the same targets.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

# Nobody else may be within this many radii of objects that are joined unasked.
ALONE_RADII = 2.0


@dataclass(frozen=True, slots=True)
class Radii:
    """How far apart objects of two surveys may be and still be one, arcsec; `automatic` joins those that surely are.

    ZTF to LSST is what BOOM takes. ZTF itself puts detections within 1.5 arcsec into one object (Masci et al. 2019),
    so two of its objects within that are one that was split; LSST's positions are good to 0.1 arcsec, and worse for
    the faint sources that it splits. A position of a list of the user's is as good as one of the other survey;
    two that she has names for herself are two.
    """

    ztf_ztf: float = 1.5
    ztf_lsst: float = 2.0
    lsst_lsst: float = 0.5
    automatic: bool = True

    def of(self, one: str, other: str) -> float:
        """The radius for two surveys, arcsec."""
        same = {"ztf": self.ztf_ztf, "lsst": self.lsst_lsst}
        return same.get(one, 0.0) if one == other else self.ztf_lsst

    @property
    def widest(self) -> float:
        """The largest of them, arcsec."""
        return max(self.ztf_ztf, self.ztf_lsst, self.lsst_lsst)


class Sky(Protocol):
    """What is known of objects, by their numbers; each relation holds both ways."""

    automatic: bool

    def near(self, one: int) -> Mapping[int, bool]:
        """The objects within ALONE_RADII radii of one, and whether they are within the radius."""

    def same(self, one: int) -> Collection[int]:
        """The objects that the user said are one with this one."""

    def apart(self, one: int) -> Collection[int]:
        """The objects that the user said are others than this one."""

    def verdict(self, one: int) -> str:
        """What the user decided on an object, or on all those together that she said are one with it."""


def sure_group(sky: Sky, one: int) -> frozenset[int]:
    """The objects that are surely one with this one, itself among them.

    They are where every two of them are within the radius, nobody else is within ALONE_RADII radii of any, and the
    user neither said that two of them are not one nor decided differently on them.
    """
    group = frozenset({one, *sky.near(one)})
    is_sure = (
        sky.automatic
        and len(group) > 1
        and all(sky.near(each).keys() | {each} == group for each in group)
        and all(all(sky.near(each).values()) and group.isdisjoint(sky.apart(each)) for each in group)
        and len({sky.verdict(each) for each in group} - {"new"}) < 2
    )
    return group if is_sure else frozenset({one})


def together(sky: Sky, one: int) -> frozenset[int]:
    """All objects of the target that an object belongs to.

    What the user joined is joined. What is surely one is too, unless it would bring together what she set apart.
    """
    whole = _reached(one, lambda each: {*sky.same(each), *sure_group(sky, each)})
    if any(not whole.isdisjoint(sky.apart(each)) for each in whole):
        return _reached(one, sky.same)
    return whole


def _reached(one: int, next_to: Callable[[int], Collection[int]]) -> frozenset[int]:
    found = {one}
    todo = [one]
    while todo:
        fresh = set(next_to(todo.pop())) - found
        found |= fresh
        todo += fresh
    return frozenset(found)
