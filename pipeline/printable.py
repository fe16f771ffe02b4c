"""Text from outside made safe: without the characters that are no text, and no formula to a spreadsheet."""

import re
import unicodedata

# Excel and its like run a cell that begins so as a formula (CWE-1236).
_FORMULA = re.compile(r"[\s'\"]*[=+\-@＝＋－＠]|[\t\r\n]")


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


def inert(cell: str) -> str:
    """The cell of a CSV with an apostrophe in front where a spreadsheet would take it for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell
