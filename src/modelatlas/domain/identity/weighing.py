"""How two readings of one listing stand to each other: whether one says more, or they contradict."""

from modelatlas.domain.identity.reading import Reading


def contradictions(by_id: Reading, by_repository: Reading) -> tuple[str, ...]:
    """Return what an id and a declared repository say differently of one family: size, version, date."""
    if not by_id.family or by_id.family != by_repository.family:
        return ()
    pairs = (
        ("version", by_id.numbers, by_repository.numbers),
        ("size", by_id.sizes, by_repository.sizes),
        ("date", _one(by_id.date), _one(by_repository.date)),
    )
    return tuple(
        f"{what}: the id says {' '.join(one)}, its repository {' '.join(other)}"
        for what, one, other in pairs
        if not set(one) <= set(other) and not set(other) <= set(one)
    )


def refines(more: Reading, less: Reading) -> bool:
    """Tell whether one reading says all that the other says of a model, and more: a size, a date."""
    return (
        more.family == less.family
        and more.lab == less.lab
        and more.is_base == less.is_base
        and set(less.words) <= set(more.words)
        and set(less.numbers) <= set(more.numbers)
        and set(less.sizes) <= set(more.sizes)
        and less.active in ("", more.active)
        and less.date in ("", more.date)
    )


def _one(text: str) -> tuple[str, ...]:
    return (text,) if text else ()
