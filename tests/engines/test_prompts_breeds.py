"""Short names of breeds are for dogs where the prompt speaks of dogs, and for places and people elsewhere."""

import pytest
from explained import cast
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

BREEDS = st.permutations(["lab", "boxer", "pointer", "setter", "shepherd", "poodle", "beagle"])
DONE = st.permutations([("runs", "run"), ("sleeps", "sleep"), ("sits", "sit"), ("jumps", "jump")])
GROUPS = st.sampled_from(["Two dogs", "My two dogs", "Our two puppies"])


@given(GROUPS, BREEDS, DONE, st.sampled_from([", ", " and "]), st.sampled_from(["beach", "street", "kitchen"]))
def test_breeds_behind_a_word_for_dogs_are_those_dogs(group, breeds, done, between, place):
    deeds = between.join(f"a {breed} {deed[0]}" for breed, deed in zip(breeds[:2], done[:2], strict=True))
    prompt = f"{group}: {deeds} in the {place}"
    assert cast(prompt) == [("dog", done[0][1]), ("dog", done[1][1])]
    assert explain(prompt).spec.scene in {"beach", "city street", "kitchen"}


@given(
    st.sampled_from(["lab", "boxer", "shepherd"]),
    st.sampled_from(["barks", "wags its tail", "is growling", "fetches a ball"]),
)
def test_who_does_what_only_dogs_do_is_one(breed, deed):
    assert [role.name for role in explain(f"the {breed} {deed} in the park").spec.cast] == ["dog"]


@given(DONE, st.sampled_from(["black", "yellow"]), st.sampled_from([("pool", "beach"), ("park", "meadow")]))
def test_a_breed_is_known_again_by_its_short_name(done, colour, place):
    prompt = f"A {colour} lab and a poodle. The lab {done[0][0]} in the {place[0]}, the poodle {done[1][0]}."
    assert cast(prompt) == [("dog", done[0][1]), ("dog", done[1][1])]
    assert explain(prompt).spec.scene == place[1]


@given(
    st.sampled_from(
        ["golden retriever puppy", "border collie pup", "german shepherd dog", "labrador puppy", "french bulldog puppy"]
    ),
    st.sampled_from(["orange tabby kitten", "maine coon kitten", "siamese cat", "persian cat"]),
    DONE,
    st.sampled_from([". ", "; ", ", then "]),
    st.booleans(),
)
def test_the_noun_behind_a_breed_speaks_of_the_same_animal_again(dog, cat, done, between, swap):
    one, other = (("dog", dog), ("cat", cat)) if not swap else (("cat", cat), ("dog", dog))
    again = [name.split()[-1] for _, name in (one, other)]
    last = f"the {again[0]} {done[0][0]} and the {again[1]} {done[1][0]}"
    prompt = f"A {one[1]} and a {other[1]} in a park{between}{last}"
    assert cast(prompt) == [(one[0], done[0][1]), (other[0], done[1][1])]


@given(
    st.sampled_from(["golden retriever puppy", "border collie pup", "labrador puppy"]),
    st.sampled_from(["another {}", "a second {}"]),
    DONE,
)
def test_another_of_the_noun_behind_a_breed_is_one_more(dog, other, done):
    prompt = f"A {dog} {done[0][0]} in a park. Then {other.format(dog.split()[-1])} {done[1][0]}."
    assert cast(prompt) == [("dog", done[0][1]), ("dog", done[1][1])]


@pytest.mark.parametrize(
    ("prompt", "scene", "names"),
    [
        ("Two dogs: a lab and a boxer. The boxer sleeps, the lab runs in a park", "meadow", ["dog", "dog"]),
        ("scientists work in a lab", "office", ["person", "person"]),
        ("a dog in the lab", "office", ["dog"]),
        ("in a white lab, a scientist looks", "office", ["person"]),
        ("a shepherd and his dog in a meadow", "meadow", ["person", "dog"]),
        ("a boxer punches a bag on a beach", "beach", ["person"]),
        ("two dogs play in a park. A boxer trains", "meadow", ["dog", "dog", "person"]),
    ],
)
def test_labs_are_places_and_shepherds_people_elsewhere(prompt, scene, names):
    shot = explain(prompt).spec
    assert (shot.scene, [role.name for role in shot.cast]) == (scene, names)
