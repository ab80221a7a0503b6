"""The tables say nothing twice, nothing without a source, and nothing that cannot be read."""

from modelatlas.domain.identity.naming import known, known_ids
from modelatlas.domain.identity.tables import lab_words, owners, tables


def test_every_family_has_its_lab() -> None:
    assert {family.lab for family in tables().families.values()} <= tables().labs.keys()


def test_no_word_stands_for_two_labs() -> None:
    labs = tables().labs
    words = [word for name, lab in labs.items() for word in (name, *lab.words)]
    assert len(words) == len(set(words)) == len(lab_words())
    own = [word for lab in labs.values() for word in lab.own]
    assert len(own) == len(set(own)) == len(owners())


def test_every_alias_has_a_source_and_a_lab() -> None:
    for lab, names in tables().aliases.items():
        assert names.source.startswith("https://"), lab
        assert lab in lab_words(), lab


def test_no_name_means_two_models() -> None:
    seen: dict[tuple[str, ...], str] = {}
    for lab, names in tables().aliases.items():
        said = [(model, (f"{model}-{date}",)) for model, date in names.snapshots.items()]
        for model, others in [*said, *names.models.items()]:
            for name in (model, *others):
                key = next(key for key, entry in known().items() if entry.model == f"{lab}/{model}")
                assert seen.setdefault((lab, name), model) == model
                assert key


def test_whole_ids_lead_to_models_of_their_lab() -> None:
    assert all(entry.model.count("/") == 1 and entry.source for entry in known_ids().values())
