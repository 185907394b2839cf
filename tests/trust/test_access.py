"""Roles, passwords and tokens."""

import pytest

from core.errors import NotAllowed, NotSignedIn
from core.trust.access import Role, Tokens, hash_password, password_matches, require


@pytest.mark.parametrize("role", ["manager", "admin"])
def test_a_role_may_do_what_the_lower_ones_may(role: str) -> None:
    """No error for a role that reaches the needed one."""
    require(role, Role.MANAGER, "save a planogram")
    assert Role.named(role) >= Role.MANAGER


def test_a_lower_role_is_refused_with_the_action_named() -> None:
    """The message says who may not do what."""
    with pytest.raises(NotAllowed, match="viewer may not save a planogram"):
        require("viewer", Role.MANAGER, "save a planogram")


def test_only_the_right_password_matches_its_hash() -> None:
    """And a damaged hash matches nothing."""
    stored = hash_password("correct horse")
    assert password_matches("correct horse", stored)
    assert not password_matches("wrong", stored)
    assert not password_matches("correct horse", "not a hash")


def test_a_token_is_read_back_only_with_the_secret_that_signed_it() -> None:
    """A forged token is a NotSignedIn."""
    token = Tokens("one").issue(7)
    assert Tokens("one").user_id(token) == 7
    with pytest.raises(NotSignedIn):
        Tokens("two").user_id(token)
