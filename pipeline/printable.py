"""Text from outside without the characters that are no text."""

import unicodedata


def printable(text: str) -> str:
    """``text`` without control, format and unassigned characters; each white space becomes one space.

    Escape sequences start with a control character, bidirectional overrides are format characters, and no
    XML file may hold what Unicode calls a non-character (categories Cc, Cf and Cn).
    """
    return "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or not unicodedata.category(character).startswith("C")
    )
