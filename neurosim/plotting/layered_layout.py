"""Places for the nodes of a graph without cycles, in layers from its root down."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

_SWEEPS = 12


class LayeredLayout:
    """Nodes in layers, each below all that lead to it, with few crossings and short edges.

    After Sugiyama, Tagawa & Toda (1981), doi:10.1109/TSMC.1981.4308636: edges that jump over layers get a
    place in each, and each layer is ordered, again and again, by the mean place of its neighbours.

    Parameters
    ----------
    n_nodes : int
        Node 0 is the root.
    edges : list of pairs of int
        From a node to one below it.

    Attributes
    ----------
    x, y : list of float
        Place of each node; the root lies highest, and layers and neighbours are 1 apart.
    paths : list of list of tuple
        For each edge, the places it passes, from its first node to its last.
    """

    def __init__(self, n_nodes: int, edges: list[tuple[int, int]]) -> None:
        layer = _find_layers(n_nodes, edges)
        chains = []
        for upper, lower in edges:
            between = range(len(layer), len(layer) + layer[lower] - layer[upper] - 1)
            chains.append([upper, *between, lower])
            layer.extend(range(layer[upper] + 1, layer[lower]))
        above: list[list[int]] = [[] for _ in layer]
        below: list[list[int]] = [[] for _ in layer]
        for chain in chains:
            for a, b in pairwise(chain):
                below[a].append(b)
                above[b].append(a)
        layers: list[list[int]] = [[] for _ in range(max(layer) + 1)]
        for node, depth in enumerate(layer):
            layers[depth].append(node)
        place = _place(layers, above, below)
        self.x = [place[node] for node in range(n_nodes)]
        self.y = [-float(layer[node]) for node in range(n_nodes)]
        self.paths = [[(place[node], -float(layer[node])) for node in chain] for chain in chains]


def _find_layers(n_nodes: int, edges: list[tuple[int, int]]) -> list[int]:
    """Return the length of the longest way from the root to each node."""
    below: list[list[int]] = [[] for _ in range(n_nodes)]
    missing = [0] * n_nodes
    for upper, lower in edges:
        below[upper].append(lower)
        missing[lower] += 1
    layer, ready = [0] * n_nodes, [0]
    while ready:
        upper = ready.pop()
        for lower in below[upper]:
            layer[lower] = max(layer[lower], layer[upper] + 1)
            missing[lower] -= 1
            if missing[lower] == 0:
                ready.append(lower)
    return layer


def _place(layers: list[list[int]], above: list[list[int]], below: list[list[int]]) -> dict[int, float]:
    """Order each layer by the one above, then by the one below, and so on; keep what crosses least."""
    place = {node: float(i) for nodes in layers for i, node in enumerate(nodes)}
    best, fewest = place, np.inf
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for nodes in layers if down else layers[::-1]:
            leading = above if down else below
            wanted = {
                node: float(np.mean([place[n] for n in leading[node]] or [place[node]])) for node in nodes
            }
            nodes.sort(key=lambda node: wanted[node])
            place.update(_spread(nodes, wanted))
        crossings = sum(_count_crossings(nodes, below, place) for nodes in layers[:-1])
        if crossings <= fewest:
            best, fewest = dict(place), crossings
    return best


def _count_crossings(nodes: list[int], below: list[list[int]], place: dict[int, float]) -> int:
    """Count the crossings of the lines from a layer to the next."""
    ends = np.array([(place[a], place[b]) for a in nodes for b in below[a]])
    between = ends[:, np.newaxis] - ends
    return int((between[..., 0] * between[..., 1] < 0.0).sum()) // 2


def _spread(nodes: list[int], wanted: dict[int, float]) -> dict[int, float]:
    """Return places at least 1 apart, in order, that are on average where they were wanted."""
    places: list[float] = []
    for node in nodes:
        places.append(max(wanted[node], places[-1] + 1.0) if places else wanted[node])
    shift = float(np.mean([wanted[node] - at for node, at in zip(nodes, places, strict=True)]))
    return {node: at + shift for node, at in zip(nodes, places, strict=True)}
