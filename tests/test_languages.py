"""What is known of languages and countries."""

from itertools import product
from string import ascii_uppercase

from resolvers.languages import is_country
from schema.codes import CountryCode


def test_countries_are_those_of_the_api() -> None:
    every = {"".join(pair) for pair in product(ascii_uppercase, repeat=2)}
    assert {code for code in every if is_country(code)} == {code.value for code in CountryCode} - {"ZZ"}
    assert not is_country("de")
    assert not is_country("GBR")
