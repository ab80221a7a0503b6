"""Clauses in an order: the first that holds is found, however it is found."""

from itertools import permutations

from modelatlas.references.matching import Clause, Clauses

SOME = (
    Clause("equals", "Rocket"),
    Clause("starts_with", "ROCK"),
    Clause("or", parts=(Clause("contains", "sled"), Clause("or", parts=(Clause("equals", "rocket"),)))),
    Clause("and", parts=(Clause("starts_with", "r"), Clause("ends_with", "t"))),
    Clause("or"),
    Clause("regex", "^[rs].*"),
    None,
)
IDS = ("rocket", "rock", "root", "sled", "rocket-sled", "anvil", "ruin", "")


def test_the_first_clause_that_holds_is_found() -> None:
    for clauses in permutations(SOME, 5):
        asked = Clauses(clauses)
        for id_ in IDS:
            holding = (at for at, each in enumerate(clauses) if each is not None and each.matches(id_))
            assert asked.first(id_) == next(holding, None)
