from hypothesis import given
from hypothesis import strategies as st

from modelatlas.providers.sifting import is_id
from modelatlas.simulator.naming import FAMILIES, LABS, NAMES, name_of

NUMBERS = st.integers(0, 30 * NAMES)


@given(NUMBERS, NUMBERS)
def test_two_numbers_have_two_names(one: int, other: int) -> None:
    assert (name_of(one).short == name_of(other).short) == (one == other)


def test_the_first_names_are_all_different() -> None:
    assert len({name_of(number).short for number in range(2 * NAMES)}) == 2 * NAMES


@given(NUMBERS)
def test_a_name_can_be_an_id(number: int) -> None:
    name = name_of(number)
    assert is_id(name.repository)
    assert f"{name.lab}/{name.short}" == name.repository.lower()


def test_words_are_listed_once() -> None:
    assert len(set(LABS)) == len(LABS)
    assert len(set(FAMILIES)) == len(FAMILIES)
