"""The UAI, which names a collège: seven digits and the letter that they give."""

# The alphabet without I, O and Q, so that none is taken for a digit (Ministry of Education).
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def control_letter(digits: str) -> str:
    """The letter that ends a UAI, from its seven digits: a slip of one digit gives another letter.

    >>> schema.control_letter("0592714"), schema.control_letter("0592715")
    ('E', 'F')
    """
    return _LETTERS[int(digits) % len(_LETTERS)]
