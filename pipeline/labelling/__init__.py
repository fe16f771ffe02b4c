"""The loop from a run to labels of people and back: which rows to label, and the tools to label them in."""
