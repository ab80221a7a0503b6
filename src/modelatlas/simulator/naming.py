"""Names of models that do not exist, of labs that do not exist, each number its own.

A number is read like a clock: family, version, size and variant turn at different speeds, so that no two
numbers have the same name. Beyond the first 120,960 names a mark of date or format is added.
"""

from typing import Final

from msgspec import Struct

LABS: Final = (
    "Alder Point", "Baykeeper", "Chalk River AI", "Delfin", "Eastwharf", "Farrow", "Gantry Labs",
    "Harrowgate", "Inlet AI", "Juniper Row", "Kestrel Works", "Lodestar Mills", "Meltwater", "Northfen",
    "Oxbow", "Palisade AI", "Quarry Lane", "Redstart", "Saltmarsh", "Tern Island", "Underwood Labs",
    "Vale Research", "Wickerwork", "Yarrow", "Zephyr Yard", "Amberline", "Brackish", "Coldharbour",
    "Driftless AI", "Elmstead", "Fathom Bay", "Greywacke", "Hollowell", "Ironbark", "Kelpline",
    "Longshore", "Millrace", "Nightjar Labs", "Overstory", "Pinnace",
)  # fmt: skip
FAMILIES: Final = (
    "Accord", "Agate", "Almond", "Anchor", "Antler", "Arbor", "Ardent", "Armada", "Arrow", "Atoll",
    "Auger", "Azimuth", "Badger", "Basalt", "Beacon", "Bellows", "Birch", "Bittern", "Borealis",
    "Bracken", "Brig", "Buoy", "Cairn", "Calyx", "Canopy", "Carob", "Cascade", "Cinder", "Clipper",
    "Cobble", "Compass", "Copse", "Corvid", "Cove", "Crag", "Cutter", "Dahlia", "Dipper", "Dory",
    "Drumlin", "Dunlin", "Eddy", "Egret", "Ember", "Esker", "Fen", "Fennel", "Ferry", "Flint", "Flume",
    "Foxglove", "Frigate", "Gannet", "Garnet", "Glade", "Gneiss", "Gorse", "Grebe", "Gypsum", "Halyard",
    "Harrier", "Hawser", "Hazel", "Heron", "Ibis", "Isthmus", "Jetty", "Keel", "Ketch", "Knoll",
    "Lagoon", "Lantern", "Larch", "Lichen", "Lintel", "Lugger", "Mallow", "Marl", "Marten", "Mesa",
    "Mica", "Moraine", "Nettle", "Nimbus", "Oriel", "Osier", "Osprey", "Otter", "Petrel", "Pewter",
    "Plover", "Quartz", "Quill", "Rampart", "Raven", "Reef", "Ridge", "Rook", "Rudder", "Sable",
    "Schist", "Sedge", "Shoal", "Siskin", "Sloop", "Sorrel", "Spindle", "Spruce", "Stoat", "Tarn",
    "Teal", "Thistle", "Thrush", "Tiller", "Trellis", "Tundra", "Umber", "Weir", "Willow", "Yawl",
)  # fmt: skip
VERSIONS: Final = ("1", "1.5", "2", "2.5", "3", "3.1", "4")
SIZES: Final = ("0.6B", "1B", "3B", "4B", "7B", "8B", "14B", "24B", "32B", "72B", "120B-A12B", "235B-A22B")
VARIANTS: Final = (
    "Instruct", "Base", "Chat", "Thinking", "Coder", "Vision", "Preview", "Turbo", "Math", "Omni",
    "Distill", "Lite",
)  # fmt: skip
MARKS: Final = ("", "2507", "FP8", "0911", "AWQ", "2602", "GGUF", "0418")
HOSTS: Final = (
    "anvil",
    "bluewater",
    "crosswind",
    "deepwell",
    "everfield",
    "forgeline",
    "groundswell",
    "highmoor",
)
"""Invented hosts, for lists in which one entry holds the offers of many."""

NAMES: Final = len(FAMILIES) * len(VERSIONS) * len(SIZES) * len(VARIANTS)
_STRIDE: Final = 48_271  # has no factor in common with NAMES, so that every number is met once


class Name(Struct, frozen=True):
    """An invented model: who makes it, and the words of its name."""

    maker: str
    words: tuple[str, ...]

    @property
    def display(self) -> str:
        """As a person writes it: `Tern Island: Heron 2.5 8B Instruct`."""
        return f"{self.maker}: {' '.join(self.words)}"

    @property
    def lab(self) -> str:
        """As an id writes the maker: `tern-island`."""
        return self.maker.replace(" ", "-").lower()

    @property
    def short(self) -> str:
        """As an id writes the model: `heron-2.5-8b-instruct`."""
        return "-".join(self.words).lower()

    @property
    def repository(self) -> str:
        """As a repository of weights is called: `Tern-Island/Heron-2.5-8B-Instruct`."""
        return f"{self.maker.replace(' ', '-')}/{'-'.join(self.words)}"


def name_of(number: int) -> Name:
    """Return the model of this number."""
    round_, rest = divmod(number, NAMES)
    rest = rest * _STRIDE % NAMES
    rest, family = divmod(rest, len(FAMILIES))
    rest, version = divmod(rest, len(VERSIONS))
    variant, size = divmod(rest, len(SIZES))
    words = (FAMILIES[family], VERSIONS[version], SIZES[size], VARIANTS[variant], *_marks(round_))
    return Name(LABS[family * len(LABS) // len(FAMILIES)], words)


def _marks(round_: int) -> tuple[str, ...]:
    again, mark = divmod(round_, len(MARKS))
    return tuple(word for word in (MARKS[mark], f"r{again + 1}" if again else "") if word)
