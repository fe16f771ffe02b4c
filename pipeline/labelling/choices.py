"""What a user chooses by name."""

from typing import Literal

Strategy = Literal["uncertainty", "disagreement", "diverse", "random"]
ToolName = Literal["label-studio", "doccano", "csv"]
