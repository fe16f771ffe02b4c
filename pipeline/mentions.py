"""Mentions by the statement that they stand in."""

from collections.abc import Sequence

from pipeline.records import ResolvedMention, ResolvedStatement


def by_statement(
    statements: Sequence[ResolvedStatement], mentions: Sequence[ResolvedMention]
) -> list[list[ResolvedMention]]:
    """The mentions that begin in each statement; both are in text order."""
    groups: list[list[ResolvedMention]] = [[] for _ in statements]
    position = 0
    for mention in mentions:
        while position < len(statements) and statements[position].end <= mention.start:
            position += 1
        if position < len(statements) and statements[position].start <= mention.start:
            groups[position].append(mention)
    return groups
